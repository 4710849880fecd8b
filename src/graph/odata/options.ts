import { badRequest } from '../protocol/refusal.ts'

/** The query options of a request, as they were written. */
export type Options = { readonly [Name in OptionName]?: string }

export const optionNames = ['filter', 'select', 'expand', 'orderby', 'top', 'skip', 'skiptoken', 'count', 'search', 'format'] as const
export type OptionName = (typeof optionNames)[number]

/** Names are read in any case, with or without the dollar; what begins with one and is unknown is refused. */
export function readOptions(query: Iterable<readonly [string, string]>, allowed: readonly OptionName[] = optionNames): Options {
  const options: { [Name in OptionName]?: string } = {}
  for (const [written, value] of query) {
    const name = optionNames.find((one) => one === written.toLowerCase().replace(/^\$/, ''))
    if (name === undefined) {
      if (written.startsWith('$')) throw badRequest(`The query parameter '${written.slice(0, 60)}' is not supported. There are ${allowed.map((one) => `$${one}`).join(', ')}.`)
      continue
    }
    if (!allowed.includes(name)) throw badRequest(`The query option '$${name}' is not supported here. There are ${allowed.map((one) => `$${one}`).join(', ')}.`)
    if (options[name] !== undefined) throw badRequest(`The query option '$${name}' is given twice. Give it once.`)
    options[name] = value
  }

  return options
}

/** `a,b(c;d),e` at its commas, brackets and quotes kept whole. */
export function splitOutside(text: string, separator: ',' | ';'): readonly string[] {
  const parts: string[] = []
  let [depth, isQuoted, from] = [0, false, 0]
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character === '\'') isQuoted = !isQuoted
    else if (isQuoted) continue
    else if (character === '(') depth += 1
    else if (character === ')') depth -= 1
    else if (character === separator && depth === 0) {
      parts.push(text.slice(from, at))
      from = at + 1
    }
  }

  return [...parts, text.slice(from)].map((part) => part.trim()).filter((part) => part !== '')
}

/** A whole number from an option. */
export function wholeOption(name: OptionName, written: string | undefined, least: number): number | null {
  if (written === undefined) return null
  const number = Number(written)
  if (!/^\d{1,9}$/.test(written.trim()) || number < least) throw badRequest(`Invalid value '${written.slice(0, 40)}' for $${name} query option found. It wants a whole number, ${least} or more.`)

  return number
}

/** `$count=true` */
export function truthOption(name: OptionName, written: string | undefined): boolean {
  if (written === undefined) return false
  if (!/^(?:true|false)$/i.test(written)) throw badRequest(`Invalid value '${written.slice(0, 40)}' for $${name} query option found. It wants true or false.`)

  return written.toLowerCase() === 'true'
}

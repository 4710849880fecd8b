import { parseArgs } from 'node:util'
import { BadUse } from './command.ts'
import type { Command, Flags, Given } from './command.ts'
import { didYouMean } from './nearest.ts'

/** The words after the command's name, read by the command's own table. Whatever it does not know is refused by name. */
export function readArguments<F extends Flags>(
  name: string,
  command: Command<F>,
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Given<F> {
  const flags: Flags = command.flags
  const { tokens } = parseArgs({ args: [...words], options: optionsOf(flags), strict: false, tokens: true })
  const values: Record<string, string | boolean | readonly string[] | null> = fromEnvironment(flags, environment)
  const operands: string[] = []

  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value)
    if (token.kind !== 'option') continue

    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined
    if (!flag) throw unknownFlag(name, token.rawName, Object.keys(flags))
    const value = valueOf(flag, token)
    const before = values[token.name]
    values[token.name] = Array.isArray(before) ? [...before, value] : value
  }

  const surplus = command.operands.at(-1)?.isRepeatable ? undefined : operands[command.operands.length]
  if (surplus !== undefined) throw new BadUse(`\`portcullis ${name}\` does not know what to do with "${surplus}". ${helpOf(name)}`)

  return { flags: values as Given<F>['flags'], operands }
}

export const helpOf = (name: string): string => `\`portcullis ${name} --help\` lists what it takes.`

function optionsOf(flags: Flags) {
  return Object.fromEntries(Object.entries(flags).map(([name, { value }]) =>
    [name, { type: value === undefined ? 'boolean' as const : 'string' as const }]))
}

function fromEnvironment(flags: Flags, environment: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(Object.entries(flags).map(([name, flag]) => {
    if (flag.value === undefined) return [name, false]
    if (flag.isRepeatable) return [name, []]

    return [name, (flag.environment && environment[flag.environment]) || null]
  }))
}

type OptionToken = { readonly rawName: string; readonly value?: string | undefined; readonly inlineValue?: boolean | undefined }

function valueOf(flag: Flags[string], { rawName, value, inlineValue }: OptionToken): string | boolean {
  if (flag.value === undefined) {
    if (value !== undefined) throw new BadUse(`${rawName} is a switch and takes no value. Leave out "=${value}".`)

    return true
  }
  // `--port --json` forgot the port; a value that starts with a dash is written `--port=-1`.
  if (value === undefined || value === '' || (!inlineValue && value.startsWith('-'))) {
    throw new BadUse(`${rawName} wants a value: ${rawName} ${flag.value}.`)
  }

  return value
}

function unknownFlag(name: string, rawName: string, known: readonly string[]): BadUse {
  const all = [...known, 'help'].map((flag) => `--${flag}`)

  return new BadUse(`\`portcullis ${name}\` has no flag ${rawName}. ${didYouMean(rawName, all) ?? helpOf(name)}`)
}

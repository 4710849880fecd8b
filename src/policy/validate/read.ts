import { didYouMean } from './nearest.ts'
import { schemaProblem, type Note, type Problem } from './problem.ts'

/** Where a value was found, and where to say what is wrong with it. */
export type At = { readonly path: string; readonly problems: Problem[]; readonly notes: Note[] }

/** Reads a value that somebody wrote, telling problems instead of throwing. Null and missing are the same. */
export type Read<T> = (value: unknown, at: At) => T

export const optionalText: Read<string | null> = (value, at) => {
  if (isMissing(value) || typeof value === 'string') return value ?? null
  refuse(at, `expected text, found ${kindOf(value)}`)

  return null
}

export const optionalFlag: Read<boolean | null> = (value, at) => {
  if (isMissing(value) || typeof value === 'boolean') return value ?? null
  refuse(at, `expected true or false, found ${kindOf(value)}`)

  return null
}

export const optionalInteger: Read<number | null> = (value, at) => {
  if (isMissing(value)) return null
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31) return value
  refuse(at, `expected a whole number, found ${kindOf(value)}`)

  return null
}

/** One of a few words, in any case. */
export function oneOf<Word extends string>(...words: readonly Word[]): Read<Word | null> {
  return (value, at) => {
    if (isMissing(value)) return null
    const word = typeof value === 'string' ? wordIn(words, value) : undefined
    if (word === undefined) refuse(at, `${shown(value)} is not one of ${words.join(', ')}${typeof value === 'string' ? didYouMean(value, words) : ''}`)

    return word ?? null
  }
}

/** A list; an element that is wrong is told and left out. */
export function listOf<T>(read: Read<T | null>): Read<T[]> {
  return (value, at) => {
    if (isMissing(value)) return []
    if (!Array.isArray(value)) {
      refuse(at, `expected a list, found ${kindOf(value)}`)

      return []
    }

    return value.flatMap((element, index) => {
      const inside = { ...at, path: `${at.path}[${index}]` }
      if (isMissing(element)) refuse(inside, 'a list has no empty element')

      return read(element, inside) ?? []
    })
  }
}

/** A set of words: Graph joins them with commas, exports hold lists too. The word for "none" adds nothing. */
export function wordsOf<Word extends string>(words: readonly Word[], none: string): Read<Word[]> {
  const read = listOf(oneOf<Word | 'none'>(...words, none as 'none'))

  return (value, at) => {
    const list = Array.isArray(value) ? value.flatMap(wordsIn) : wordsIn(value)

    return [...new Set(read(list, at).filter((word): word is Word => word !== none))]
  }
}

function wordsIn(value: unknown): unknown {
  return typeof value === 'string' ? value.split(',').map((word) => word.trim()).filter((word) => word !== '') : value
}

/** Ids, or keywords that are read in any case. GUIDs are written in small letters. */
export function idsOr(...keywords: readonly string[]): Read<string[]> {
  const read = listOf<string>((value, at) => {
    if (typeof value === 'string' && value.trim() !== '') return wordIn(keywords, value) ?? normalId(value)
    refuse(at, `expected an id, found ${kindOf(value)}`)

    return null
  })

  return (value, at) => [...new Set(read(value, at))]
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export function normalId(id: string): string {
  return guid.test(id.trim()) ? id.trim().toLowerCase() : id
}

/** What an object may hold beside what is read. */
export type Beside = {
  /** Members Graph knows and we drop: read-only, or saying nothing. */
  readonly dropped?: readonly string[]
  /** Members Graph knows and we do not model: refused unless they say nothing. */
  readonly unmodelled?: readonly string[]
}

type Shape = Readonly<Record<string, Read<unknown>>>
type Shaped<S extends Shape> = { [K in keyof S]: ReturnType<S[K]> }

/**
 * An object with these members, their names read in any case. Annotations are dropped with a note; any other member
 * that says something is a problem that names it. Null where there is no object.
 */
export function objectOf<S extends Shape>(shape: S, beside: Beside = {}): Read<Shaped<S> | null> {
  const names = Object.keys(shape)

  return (value, at) => {
    // An empty list stands for "nothing" in exports where an object belongs.
    if (isMissing(value) || (Array.isArray(value) && value.length === 0)) return null
    if (!isObject(value)) {
      refuse(at, `expected an object, found ${kindOf(value)}`)

      return null
    }
    const given = new Map<string, { value: unknown; written: string }>()
    for (const [written, member] of Object.entries(value)) {
      const name = wordIn(names, written)
      const inside = { ...at, path: pathTo(at.path, written) }
      if (name === undefined) judgeUnread(written, member, inside, names, beside)
      else if (given.has(name) && !isMissing(member) && !isMissing(given.get(name)!.value)) refuse(inside, `the member ${name} is there twice`)
      else if (!isMissing(member) || !given.has(name)) given.set(name, { value: member, written })
    }

    return Object.fromEntries(names.map((name) => [name, shape[name]!(given.get(name)?.value, { ...at, path: pathTo(at.path, given.get(name)?.written ?? name) })])) as Shaped<S>
  }
}

function judgeUnread(written: string, member: unknown, at: At, names: readonly string[], { dropped = [], unmodelled = [] }: Beside): void {
  if (written.includes('@odata.') || written.startsWith('#')) at.notes.push({ path: at.path, message: 'an annotation, left out' })
  else if (wordIn(dropped, written) !== undefined) {
    if (!isMissing(member)) at.notes.push({ path: at.path, message: 'read-only or without effect, left out' })
  } else if (isNothing(member)) {
    at.notes.push({ path: at.path, message: 'says nothing, left out' })
  } else if (wordIn(unmodelled, written) !== undefined) refuse(at, 'this member is not supported here; remove it, or the policy would not do what it says')
  else refuse(at, `there is no member ${written}${didYouMean(written, names)}`)
}

export function refuse(at: At, detail: string): void {
  at.problems.push(schemaProblem(at.path, detail))
}

export function isMissing(value: unknown): value is null | undefined {
  return value === null || value === undefined
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function wordIn<Word extends string>(words: readonly Word[], written: string): Word | undefined {
  const lower = written.toLowerCase()

  return words.find((word) => word.toLowerCase() === lower)
}

export function pathTo(path: string, member: string): string {
  return path === '' ? member : `${path}.${member}`
}

function isNothing(value: unknown): boolean {
  return isMissing(value) || (Array.isArray(value) && value.length === 0)
}

function kindOf(value: unknown): string {
  return value === null ? 'nothing' : Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : shown(value)
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? `"${value}"` : typeof value === 'object' ? kindOf(value) : String(value)

  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

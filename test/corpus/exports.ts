import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** The folder of real exports that `PORTCULLIS_CORPUS` names; undefined = none, and whoever reads it says that it skips. */
export const corpus = process.env['PORTCULLIS_CORPUS']

/** What is said where a part of the corpus is not there. */
export function skipping(what: string, part: string): { readonly title: string; readonly isSkipped: boolean } {
  const isThere = corpus !== undefined && existsSync(join(corpus, part))

  return { isSkipped: !isThere, title: isThere ? what : `${what} (skipped: ${corpus === undefined ? 'PORTCULLIS_CORPUS is not set' : `the corpus has no ${part}`})` }
}

/** Every policy of the corpus, by where it is: files hold one, a list of them, or Graph's answer with a list. */
export function policiesOfCorpus(): readonly (readonly [place: string, policy: Readonly<Record<string, unknown>>])[] {
  return filesIn('policies').flatMap(([file, json]) => {
    const listed = Array.isArray(json) ? json : isObject(json) && Array.isArray(json['value']) ? json['value'] : [json]

    return listed.flatMap((policy: unknown, at) => (isObject(policy) && 'conditions' in policy ? [[listed.length > 1 ? `${file}[${at}]` : file, policy] as const] : []))
  })
}

/** The JSON files of a part of the corpus. */
export function filesIn(part: string): readonly (readonly [file: string, json: unknown])[] {
  if (corpus === undefined || !existsSync(join(corpus, part))) return []

  return readdirSync(join(corpus, part), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.toLowerCase().endsWith('.json'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted()
    .map((file) => [relative(join(corpus, part), file), readJson(file)] as const)
}

/** Exports come in UTF-8 and UTF-16, with and without a byte order mark. */
export function readJson(file: string): unknown {
  const bytes = readFileSync(file)
  const text = bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.toString('utf16le') : bytes.toString('utf8')

  return JSON.parse(text.replace(/^\uFEFF/, ''))
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

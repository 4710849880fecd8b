import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkPolicy, compile, readWhatIf, toGraph, validatePolicy, type Policy } from '../../src/policy/index.ts'
import { signIn, source } from './contoso.ts'

const corpus = process.env['PORTCULLIS_CORPUS']

/** Real exports: they load, or the member that cannot be understood is named. Placeholders and names are no errors here. */
describe.skipIf(corpus === undefined)(corpus === undefined ? 'real exports (skipped: PORTCULLIS_CORPUS is not set)' : 'real exports', () => {
  const exports = corpus === undefined ? [] : policiesIn(join(corpus, 'policies'))

  it('each loads, or is refused with the member named', () => {
    const refused = exports.flatMap(([file, json]) => {
      const { policy, problems } = checkPolicy(json)
      for (const { path, detail, message } of problems) expect([path, detail, message].every((text) => text !== '')).toBe(true)

      return policy === null ? `${file}: ${problems.map(({ path, detail }) => `${path}: ${detail}`).join('; ')}` : []
    })
    console.log(`corpus: ${exports.length - refused.length} of ${exports.length} policies load; refused:\n${refused.join('\n')}`)

    expect(exports.length).toBeGreaterThan(0)
    expect(refused.length / exports.length).toBeLessThan(0.05)
  })

  it('what loads can be shown by Graph and written again, and be asked', () => {
    const loaded = exports.map(([, json]) => checkPolicy(json).policy).filter((policy): policy is Policy => policy !== null)
    for (const policy of loaded) expect(validatePolicy(toGraph(policy))).toEqual({ ...policy, description: undefined })

    expect(compile(source(loaded)).evaluate(signIn()).policies).toHaveLength(loaded.length)
  })

  it('the What If requests of public scripts are read', () => {
    const { requests } = readJson(join(corpus!, 'whatif-requests.json')) as { requests: { body: unknown }[] }

    for (const { body } of requests) expect(readWhatIf(body).identity.kind).toBe('user')
  })
})

function policiesIn(folder: string): [string, unknown][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(({ name }) => name.endsWith('.json'))
    .map(({ parentPath, name }): [string, unknown] => [name, readJson(join(parentPath, name))])
    .filter(([, json]) => typeof json === 'object' && json !== null && 'conditions' in json)
}

/** Exports come in UTF-8 and UTF-16, with and without a byte order mark. */
function readJson(file: string): unknown {
  const bytes = readFileSync(file)
  const text = bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.toString('utf16le') : bytes.toString('utf8')

  return JSON.parse(text.replace(/^\uFEFF/, ''))
}

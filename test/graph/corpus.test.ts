import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { people, useMock } from '../support/mock.ts'
import { graphOf } from './ask.ts'
import type { Json } from './ask.ts'
import { meaningOf } from './meaning.ts'

const corpus = process.env['PORTCULLIS_CORPUS']
const server = useMock()

/** What administrators really have: every export is written, read, changed and removed, or refused with its member named. */
describe.skipIf(corpus === undefined)(corpus === undefined ? 'real exports over Graph (skipped: PORTCULLIS_CORPUS is not set)' : 'real exports over Graph', () => {
  const kinds: Record<string, { path: string; written: () => [string, Json][]; refusedAtMost: number }> = {
    'policies': { path: '/identity/conditionalAccess/policies', written: () => filesIn('policies').filter(([, json]) => 'conditions' in json), refusedAtMost: 0.07 },
    'named locations': { path: '/identity/conditionalAccess/namedLocations', written: () => [...filesIn('policies'), ...filesIn('ip')].flatMap(locationsIn), refusedAtMost: 0 },
    'named locations that do not say their type': { path: '/identity/conditionalAccess/namedLocations', written: () => filesIn('policies').filter(([, json]) => 'locationType' in json), refusedAtMost: 1 },
  }

  test.each(Object.entries(kinds))('%s come back as what was said, or are refused with the member named', async (_, { path, written, refusedAtMost }) => {
    const { graph } = await graphOf(server.mock, { settings: { limits: { policies: 1000, namedLocations: 1000 } } })
    const all = written()
    const refused: string[] = []
    for (const [file, json] of all) {
      const made = await graph.post(path, json)
      if (made.status !== 201) {
        expect(made, file).toMatchObject({ status: 400, body: { error: { code: 'BadRequest', target: expect.stringMatching(/\w/), details: expect.any(Array) } } })
        expect(made.body.error.message, file).toContain(made.body.error.target)
        refused.push(`${file}: ${made.body.error.details.map(({ target, message }: Json) => `${target}: ${message}`).join('; ')}`)
        continue
      }
      const address = `${path}/${made.body.id}`
      const read = (await graph.get(address)).body
      expect(read, file).toEqual(made.body)
      expect(meaningOf(read), file).toEqual(meaningOf(json))

      expect(await graph.patch(address, { ...read, displayName: `${read.displayName} (seen)` }), file).toMatchObject({ status: 204, text: '' })
      const after = (await graph.get(address)).body
      expect({ ...after, displayName: read.displayName, modifiedDateTime: read.modifiedDateTime }, file).toEqual(read)

      if (after.isTrusted === true) await graph.patch(address, { '@odata.type': after['@odata.type'], 'isTrusted': false })
      expect((await graph.delete(address)).status, file).toBe(204)
      expect((await graph.get(address)).status, file).toBe(404)
    }
    console.log(`corpus over Graph: ${all.length - refused.length} of ${all.length} come back; refused:\n${refused.join('\n')}`)

    expect(all.length).toBeGreaterThan(2)
    expect(refused.length).toBeLessThanOrEqual(all.length * refusedAtMost)
  }, 120_000)

  test('the What If requests of public scripts are answered, on v1.0 and beta', async () => {
    const { graph } = await graphOf(server.mock)
    const { requests } = JSON.parse(readFileSync(join(corpus!, 'whatif-requests.json'), 'utf8'))
    for (const { name, body } of requests) {
      for (const version of ['/v1.0', '/beta']) {
        const said = await graph.post(`${version}/identity/conditionalAccess/evaluate`, { ...body, signInIdentity: { ...body.signInIdentity, userId: people.dave } })
        expect(said, name).toMatchObject({ status: 200, body: { value: expect.any(Array) } })
        for (const policy of said.body.value) expect(policy, name).toMatchObject({ id: expect.any(String), policyApplies: expect.any(Boolean), analysisReasons: expect.any(String) })
        if (body.AppliedPoliciesOnly) expect(said.body.value.every(({ policyApplies }: Json) => policyApplies)).toBe(true)
      }
    }
    expect(requests.length).toBeGreaterThan(5)
  })
})

/** The named locations of a file, in Graph's words where the file has words of its own. */
function locationsIn([file, json]: [string, Json]): [string, Json][] {
  if ('body' in json) return json.overEntraLimit2000 ? [] : [[file, json.body]]
  if ('locationType' in json) {
    const { locationType, note: _note, isTrusted, ...members } = json

    return [[file, { '@odata.type': `#microsoft.graph.${locationType}`, ...members, ...(locationType === 'ipNamedLocation' ? { isTrusted } : {}) }]]
  }
  const ip = (json.ipLocations ?? []).map(({ name, isTrusted, ipRanges }: Json) => ({ '@odata.type': '#microsoft.graph.ipNamedLocation', 'displayName': name, isTrusted, 'ipRanges': ipRanges.map((cidrAddress: string) => ({ cidrAddress })) }))
  const countries = (json.geoLocations ?? []).map(({ name, countries: list, ...more }: Json) => ({ '@odata.type': '#microsoft.graph.countryNamedLocation', 'displayName': name, 'countriesAndRegions': list, ...more }))

  return [...ip, ...countries].map((location) => [file, location])
}

function filesIn(part: string): [string, Json][] {
  const folder = join(corpus!, part)

  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(({ name }) => name.endsWith('.json'))
    .map(({ parentPath, name }): [string, Json] => [relative(folder, join(parentPath, name)), readJson(join(parentPath, name))])
    .filter(([, json]) => typeof json === 'object' && json !== null)
}

/** Exports come in UTF-8 and UTF-16, with and without a byte order mark. */
function readJson(file: string): Json {
  const bytes = readFileSync(file)
  const text = bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.toString('utf16le') : bytes.toString('utf8')

  return JSON.parse(text.replace(/^\uFEFF/, ''))
}

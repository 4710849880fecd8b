import { readFile } from 'node:fs/promises'
import { toJsonSchema } from '@valibot/to-json-schema'
import { describe, expect, test } from 'vitest'
import { scenarioFileSchema } from '../../src/scenarios/schema.ts'

type JsonSchema = { readonly properties?: Readonly<Record<string, JsonSchema>>; readonly items?: JsonSchema; readonly description?: string }

const generated = {
  ...toJsonSchema(scenarioFileSchema, { errorMode: 'ignore' }),
  title: 'Portcullis scenario file',
  description: 'Sign-ins, and what must come of them: `portcullis test FILE`.',
}

describe('data/scenarios.schema.json', () => {
  // To write it anew: npx vitest run test/scenario-files/schema.test.ts -u
  test('says what the reader reads', async () => {
    await expect(`${JSON.stringify(generated, null, 2)}\n`).toMatchFileSnapshot('../../data/scenarios.schema.json')
  })

  test('explains every member of a file, a case, a step and an expectation', () => {
    const file = generated as JsonSchema
    const one = file.properties?.cases?.items
    const places = [file, one, one?.properties?.table, one?.properties?.then?.items, one?.properties?.expect, one?.properties?.session]
    const silent = places.flatMap((place) => Object.entries(place?.properties ?? { missing: {} })).filter(([, { description }]) => !description).map(([name]) => name)

    expect(silent).toEqual([])
  })

  test('is named in the example, where editors look', async () => {
    const [first] = (await readFile(new URL('../../examples/scenarios/contoso.scenarios.yaml', import.meta.url), 'utf8')).split('\n')

    expect(first).toBe('# yaml-language-server: $schema=../../data/scenarios.schema.json')
  })
})

import { readFile } from 'node:fs/promises'
import { toJsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { policyForEditors } from '../../src/directory/file/schema-policy.ts'
import { tenantFileSchema } from '../../src/directory/file/schema.ts'
import { checkPolicy, toGraph } from '../../src/policy/index.ts'
import { contoso } from '../support/contoso.ts'

type JsonSchema = { readonly properties?: Readonly<Record<string, JsonSchema>>; readonly anyOf?: readonly JsonSchema[]; readonly items?: JsonSchema; readonly description?: string }

const forEditors = tenantFileSchema(v.pipe(policyForEditors, v.description('A Conditional Access policy, as Graph spells it; names are accepted where Graph wants ids.')))
const title = 'Portcullis tenant file'
const generated = { ...toJsonSchema(forEditors, { errorMode: 'ignore' }), title, description: 'The tenants that Portcullis starts from.' }

describe('data/tenant.schema.json', () => {
  // To write it anew: npx vitest run test/directory/tenant-schema.test.ts -u
  test('says what the loader reads', async () => {
    await expect(`${JSON.stringify(generated, null, 2)}\n`).toMatchFileSnapshot('../../data/tenant.schema.json')
  })

  test('takes the shipped tenant file', async () => {
    const file = JSON.parse(await readFile(new URL('../../data/contoso.json', import.meta.url), 'utf8')) as unknown

    expect(v.safeParse(forEditors, file).issues).toBeUndefined()
  })

  test('explains every member', () => {
    const silent = membersOf(generated as JsonSchema).filter(([, schema]) => description(schema) === undefined).map(([path]) => path)

    expect(silent.filter((path) => !/\/(mode|rule|membershipKind|members|cloudAppSecurityType|value|type|authenticationType|frequencyInterval|guestOrExternalUserTypes)$/.test(path))).toEqual([])
  })
})

describe('what an editor knows of a policy', () => {
  test('is all that the policy room shows', async () => {
    const known = new Set(membersOf(toJsonSchema(policyForEditors, { errorMode: 'ignore' }) as JsonSchema).map(([path]) => path))
    const { conditionalAccessPolicies } = await contoso()
    const shown = conditionalAccessPolicies.flatMap((policy) => pathsIn(toGraph(policy)))
    const unknown = shown.filter((path) => !known.has(path) && !readOnly.has(path))

    expect(unknown).toEqual([])
  })

  test('is nothing that the policy room would not take', () => {
    const members = membersOf(toJsonSchema(policyForEditors, { errorMode: 'ignore' }) as JsonSchema).map(([path]) => path)
    const everything = members.reduce<Record<string, unknown>>((whole, path) => withMember(whole, path.split('/')), {})
    const { problems } = checkPolicy(everything)

    expect(problems.filter(({ detail }) => /there is no|unknown/i.test(detail))).toEqual([])
  })
})

const readOnly = new Set(['templateId', 'createdDateTime', 'modifiedDateTime', 'deletedDateTime', 'partialEnablementStrategy', 'conditions/times', 'conditions/deviceStates'])

/** Every member that a schema describes, with its path. */
function membersOf(schema: JsonSchema, path = ''): readonly (readonly [string, JsonSchema])[] {
  const inside = [schema, ...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])]
  const own = inside.flatMap(({ properties = {} }) => Object.entries(properties)).map(([name, member]) => [path === '' ? name : `${path}/${name}`, member] as const)
  const deeper = inside.slice(1).flatMap((other) => membersOf({ ...other, properties: {} }, path))

  return [...own, ...deeper, ...own.flatMap(([at, member]) => membersOf(member, at))]
}

function description(schema: JsonSchema): string | undefined {
  return schema.description ?? schema.anyOf?.map(description).find((text) => text !== undefined)
}

function pathsIn(value: object, path = ''): readonly string[] {
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = path === '' ? name : `${path}/${name}`

    return [at, ...(typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? pathsIn(inner as object, at) : [])]
  })
}

function withMember(whole: Record<string, unknown>, [name = '', ...rest]: readonly string[]): Record<string, unknown> {
  return { ...whole, [name]: rest.length === 0 ? (whole[name] ?? null) : withMember((whole[name] ?? {}) as Record<string, unknown>, rest) }
}

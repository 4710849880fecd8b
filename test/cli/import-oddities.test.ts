import * as fc from 'fast-check'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { graphFiles } from '../../src/cli/export/graph-files.ts'
import { loadTenantFile } from '../../src/directory/index.ts'
import { groupId, policy, useImports } from './importing.ts'

const imports = useImports()
const { typed, write } = imports

/** Imports one file. It ends with a code and, where that is not 0, a sentence; what it has written loads. */
async function ends(content: unknown, ...flags: string[]): Promise<number> {
  await write({ 'in.json': content })
  const { code, printed, complaints } = await typed('import', 'in.json', '--out', 'tenant.json', '--force', ...flags)
  expect([0, 1, 2]).toContain(code)
  expect(`${printed}${complaints}`).not.toMatch(/ at .*\.ts:\d+|undefined|\[object Object\]/)
  if (code === 2) expect(complaints).toMatch(/[.?]$/)
  const text = await readFile(join(imports.folder, 'tenant.json'), 'utf8').catch(() => null)
  if (text !== null) await loadTenantFile(text, 'tenant.json')

  return code
}

const other = '7c96716b-b32b-40b8-9009-49748bb6fcd5'
const conditions = (users: unknown, applications: unknown = { includeApplications: ['All'] }, more: object = {}) => policy({ conditions: { users, applications, ...more } })

/** Whatever people have in their folders; the code where it matters. */
const oddities: Record<string, readonly [content: unknown, code?: number]> = {
  'nothing': ['', 1],
  'null': ['null', 1],
  'a number': ['7', 1],
  'lists in lists': [[[[policy()]]], 0],
  'a page that is no list': [{ value: policy() }, 1],
  'a policy without conditions': [policy({ conditions: null }), 1],
  'a policy without a name': [policy({ displayName: undefined }), 1],
  'a policy whose name is a number': [policy({ displayName: 7 }), 1],
  'a policy whose id is a number': [policy({ id: 7 }), 0],
  'a policy about an empty list of users': [conditions([]), 1],
  'one name where a list belongs': [conditions({ includeUsers: 'All' }), 1],
  'a hole in a list': [conditions({ includeUsers: [null, 'All'] }), 1],
  'a number in a list': [conditions({ includeUsers: [7] }), 1],
  'locations as an empty list': [conditions({ includeUsers: ['All'] }, undefined, { locations: [] }), 0],
  'a member that nobody models': [conditions({ includeUsers: ['All'] }, undefined, { agentIdRiskLevels: 'high' }), 1],
  'grant controls with a capital': [{ ...policy({ grantControls: undefined }), GrantControls: { operator: 'OR', builtInControls: ['mfa'] } }, 0],
  'a strength that is a number': [policy({ grantControls: { operator: 'OR', authenticationStrength: 7 } }), 1],
  'members of every object': [JSON.stringify(policy()).replace('{', '{"__proto__":{"x":1},"constructor":{"y":1},'), 1],
  'a user and a group of one id': [[{ id: groupId, userPrincipalName: 'a@x.example' }, { id: groupId, displayName: 'G', groupTypes: [] }], 1],
  'a user without a domain': [{ userPrincipalName: 'alice' }, 1],
  'a user whose name is a number': [{ userPrincipalName: 5 }, 1],
  'groups in a circle': [[{ id: groupId, displayName: 'A', groupTypes: [], members: [{ id: other }] }, { id: other, displayName: 'B', groupTypes: [], members: [groupId] }], 0],
  'two groups of one name, and a policy about either': [[{ id: groupId, displayName: 'Same', groupTypes: [] }, { id: other, displayName: 'Same', groupTypes: [] }, conditions({ includeGroups: ['Same'] })], 1],
  'a range that is none': [{ displayName: 'L', ipRanges: [{ cidrAddress: '1.2.3.4/99' }] }, 1],
  'a location without ranges': [{ displayName: 'L', ipRanges: [] }, 1],
  'a strength that allows nothing': [{ displayName: 'S', allowedCombinations: [] }, 1],
  'a strength that allows what is none': [{ displayName: 'S', allowedCombinations: ['carrierPigeon'] }, 1],
  'two applications of one identifier': [[{ displayName: 'A', appId: groupId, identifierUris: ['api://x'] }, { displayName: 'B', appId: other, identifierUris: ['api://x'] }], 1],
  'an organization whose id is none': [{ verifiedDomains: [{ name: 'x.example' }], id: 'x' }, 2],
  'two default domains': [{ verifiedDomains: [{ name: 'x.example', isDefault: true }, { name: 'y.example', isDefault: true }] }, 2],
  'a domain that is none': [{ '@odata.type': '#microsoft.graph.domain', 'id': 'not a domain', 'authenticationType': 'Managed' }, 1],
  'a role of nobody': [{ principalId: groupId, roleDefinitionId: '62e90394-69f5-4237-9190-012177145e10', directoryScopeId: '/' }, 0],
  'a role in a part of the tenant': [{ principalId: groupId, roleDefinitionId: '62e90394-69f5-4237-9190-012177145e10', directoryScopeId: '/administrativeUnits/1' }, 1],
  'a tenant file with a mistake': [{ tenants: [{ domains: [{ id: 'x.example' }], licence: 'P3' }] }, 2],
  'a tenant file without tenants': [{ tenants: [] }, 1],
  'a device of an unknown trust': [{ deviceId: groupId, displayName: 'D', trustType: 'Odd', registeredOwners: [{ id: other, userPrincipalName: 'o@x.example' }] }, 0],
  'brackets without end': ['['.repeat(100_000), 1],
}

describe('import ends with a sentence, and what it writes loads, where it meets', () => {
  for (const [what, [content, code]] of Object.entries(oddities)) {
    test(what, async () => {
      expect(await ends(content)).toBe(code)
      await ends(content, '--create-missing')
      await ends(content, '--strict')
    })
  }
})

describe('whatever is changed in an export', () => {
  let exported: string
  beforeAll(async () => {
    const shipped = fileURLToPath(new URL('../../data/contoso.json', import.meta.url))
    exported = JSON.stringify(graphFiles((await loadTenantFile(await readFile(shipped, 'utf8'), shipped)).tenants[0]!))
  })
  const odd = fc.constantFrom<unknown>(null, 7, -1, '', 'x', '<Placeholder>', groupId, [], {}, true, false, ['x'], [null], { id: 'x' }, [{ id: groupId }])

  test('at any place, it is imported, or told', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.nat(), odd), { minLength: 1, maxLength: 4 }), async (changes) => {
      const files = JSON.parse(exported) as object
      for (const [seed, value] of changes) changeSomewhere(files, seed, structuredClone(value))
      expect(await ends(files)).toBeLessThan(3)
    }), { numRuns: 120 })
  }, 60_000)
})

/** Puts a value in the place of another, somewhere in what is nested: the number says where. */
function changeSomewhere(holder: object, seed: number, value: unknown): void {
  const keys = Object.keys(holder)
  const key = keys[seed % Math.max(1, keys.length)]
  if (key === undefined) return
  const inside = (holder as Record<string, unknown>)[key]
  if (typeof inside === 'object' && inside !== null && seed % 11 !== 0) changeSomewhere(inside, Math.floor(seed / Math.max(1, keys.length)) + 1, value)
  else (holder as Record<string, unknown>)[key] = value
}

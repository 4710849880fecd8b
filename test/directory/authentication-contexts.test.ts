import { describe, expect, test } from 'vitest'
import { createDirectory, DirectoryRefusal, exportTenantFile, loadTenantFile } from '../../src/directory/index.ts'
import type { Directory, TenantData } from '../../src/directory/types.ts'

/** A tenant with one context of its own, and a policy about the contexts given. */
const tenantWith = (contexts: readonly string[], change: object = {}) => ({
  displayName: 'Fabrikam',
  domains: [{ id: 'fabrikam.example' }],
  authenticationContextClassReferences: [{ id: 'C1', displayName: 'Payments', description: 'Moving money', isAvailable: true }],
  conditionalAccessPolicies: [{
    displayName: 'Step up',
    state: 'enabled',
    conditions: { users: { includeUsers: ['All'] }, applications: { includeAuthenticationContextClassReferences: contexts } },
    grantControls: { builtInControls: ['mfa'] },
  }],
  ...change,
})

describe('authentication contexts of a tenant file', () => {
  test('are kept as Graph has them, what is left out filled in', async () => {
    const { authenticationContextClassReferences: contexts } = await loaded(tenantWith(['c1'], { authenticationContextClassReferences: [
      { id: 'C1', displayName: 'Payments', description: 'Moving money', isAvailable: true }, { id: 'c99' },
    ] }))

    expect(contexts).toEqual([
      { id: 'c1', displayName: 'Payments', description: 'Moving money', isAvailable: true },
      { id: 'c99', displayName: 'c99', description: null, isAvailable: false },
    ])
  })

  test('may be named by a policy with their name', async () => {
    const { conditionalAccessPolicies: [policy] } = await loaded(tenantWith(['payments']))

    expect(policy?.conditions.applications.includeAuthenticationContextClassReferences).toEqual(['c1'])
  })

  test('are there without being listed where a policy names them', async () => {
    const { authenticationContextClassReferences: contexts } = await loaded(tenantWith(['C7', 'c1']))

    expect(contexts.map(({ id, isAvailable }) => [id, isAvailable])).toEqual([['c1', true], ['c7', true]])
  })

  test('are written as they load', async () => {
    const tenant = await loaded(tenantWith(['c1', 'c7']))

    expect(await loaded(exportTenantFile(tenant).tenants[0]!)).toEqual(tenant)
  })

  const refused: Record<string, [object, string]> = {
    'past c99': [tenantWith(['c1'], { authenticationContextClassReferences: [{ id: 'c100' }] }), 'tenants[0].authenticationContextClassReferences[0].id: '],
    'without an id': [tenantWith(['c1'], { authenticationContextClassReferences: [{ displayName: 'Payments' }] }), 'tenants[0].authenticationContextClassReferences[0].id: "id" is missing.'],
    'twice': [tenantWith(['c1'], { authenticationContextClassReferences: [{ id: 'c1' }, { id: 'C1' }] }), 'is the id of tenants[0].authenticationContextClassReferences[0] already'],
    'named by a policy, and nowhere': [tenantWith(['Paymnets']), 'tenants[0].conditionalAccessPolicies[0].conditions.applications.includeAuthenticationContextClassReferences[0]: there is no authentication context "Paymnets". Did you mean "Payments"?'],
    'named by a policy, past c99': [tenantWith(['c100']), 'there is no authentication context "c100"'],
  }
  test.each(Object.entries(refused))('are refused %s', async (_, [file, says]) => {
    await expect(loaded(file)).rejects.toThrow(says)
  })
})

describe('authentication contexts of a running tenant', () => {
  test('are made, changed and, once neither published nor asked about, taken away', async () => {
    const directory = createDirectory(await loaded(tenantWith(['c1'])))
    await directory.put('authenticationContextClassReferences', { id: 'C2', displayName: 'Exports', description: null, isAvailable: true })
    await directory.put('authenticationContextClassReferences', { id: 'c2', displayName: 'Exports', description: null, isAvailable: false })

    expect(directory.named('authenticationContextClassReferences', 'exports')).toEqual({ id: 'c2', displayName: 'Exports', description: null, isAvailable: false })
    await directory.remove('authenticationContextClassReferences', 'c2')
    expect(directory.get('authenticationContextClassReferences', 'c2')).toBeUndefined()
  })

  const refused: Record<string, [(directory: Directory, policy: TenantData['conditionalAccessPolicies'][number]) => Promise<void>, string, string?]> = {
    'of an id that is none': [(directory) => directory.put('authenticationContextClassReferences', { id: 'c0', displayName: 'Zero', description: null, isAvailable: false }), '"c0" is no authentication context', 'id'],
    'taken away while it is published': [(directory) => directory.remove('authenticationContextClassReferences', 'c1'), 'AuthenticationContextInUse'],
    'taken away while a policy is about it': [async (directory) => {
      await directory.put('authenticationContextClassReferences', { id: 'c1', displayName: 'Payments', description: null, isAvailable: false })
      await directory.remove('authenticationContextClassReferences', 'c1')
    }, 'The policy "Step up" is about "Payments"'],
    'that a policy names before it is made': [(directory, policy) => directory.put('conditionalAccessPolicies', {
      ...policy, conditions: { ...policy.conditions, applications: { ...policy.conditions.applications, includeAuthenticationContextClassReferences: ['c2'] } },
    }), '1032: ConditionalActionPolicy validation failed due to InvalidAuthenticationContext.', 'conditions.applications.includeAuthenticationContextClassReferences[0]'],
  }
  test.each(Object.entries(refused))('are refused %s', async (_, [change, says, at = '']) => {
    const tenant = await loaded(tenantWith(['c1']))
    const refusal = await change(createDirectory(tenant), tenant.conditionalAccessPolicies[0]!).then(() => null, (error: unknown) => error)

    expect(refusal).toBeInstanceOf(DirectoryRefusal)
    expect((refusal as DirectoryRefusal).message).toContain(says)
    expect((refusal as DirectoryRefusal).problems.map(({ path }) => path)).toContain(at)
  })
})

async function loaded(tenant: object): Promise<TenantData> {
  const { tenants: [data] } = await loadTenantFile(JSON.stringify({ tenants: [tenant] }), 'tenant.json')

  return data!
}

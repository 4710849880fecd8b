import { describe, expect, test } from 'vitest'
import { DirectoryRefusal, exportTenantFile, loadTenantFile } from '../../src/directory/index.ts'

const tenant = {
  domains: [{ id: 'contoso.example' }, { id: 'new.example', isVerified: false }],
  settings: { activatedRoles: ['Helpdesk Administrator'] },
  users: [{ userPrincipalName: 'alice@contoso.example', displayName: 'Alice Adams' }],
  applications: [{
    displayName: 'Sales Hub',
    owners: ['alice@contoso.example'],
    roles: ['Directory Readers'],
    userConsents: [{ principal: 'alice@contoso.example', resource: 'Microsoft Graph', scopes: ['Mail.Read'] }],
    hasServicePrincipal: false,
  }],
}

const load = async (...tenants: readonly object[]) => (await loadTenantFile(JSON.stringify({ tenants }), 'tenant.json')).tenants

describe('a tenant file', () => {
  test("says what users consented to, who looks after an application, and which domains are not the tenant's yet", async () => {
    const [data] = await load(tenant)
    const [alice] = data?.users ?? []

    expect(data?.applications[0]).toMatchObject({
      owners: [alice?.id],
      roles: ['88d8e3e3-8f55-4a1e-953a-9b9898b8876b'],
      userConsents: [{ principal: alice?.id, resource: '00000003-0000-0000-c000-000000000000', scopes: ['Mail.Read'] }],
      hasServicePrincipal: false,
    })
    expect(data?.domains[1]).toMatchObject({ id: 'new.example', isVerified: false })
    expect(data?.settings.activatedRoles).toEqual(['729827e3-9c14-49f7-bb1b-9608f156bbb8'])
  })

  test('says it in names again when it is exported', async () => {
    const [data] = await load(tenant)
    if (!data) throw new Error('nothing loaded')
    const [exported] = exportTenantFile(data).tenants

    expect(exported).toMatchObject({ settings: tenant.settings, applications: tenant.applications })
    expect(await load(exported ?? {})).toEqual([data])
  })

  const refused: Record<string, [change: object, message: RegExp]> = {
    'a consent of nobody': [{ applications: [{ displayName: 'Hub', userConsents: [{ principal: 'zoe', resource: 'Microsoft Graph', scopes: [] }] }] }, /there is no user "zoe"/],
    'a consent to nothing': [{ applications: [{ displayName: 'Hub', userConsents: [{ principal: 'Alice Adams', resource: 'api://nothing', scopes: [] }] }] }, /there is no application "api:\/\/nothing"/],
    'a role that is none': [{ settings: { activatedRoles: ['Helpdesk Adminstrator'] } }, /Did you mean "Helpdesk Administrator"/],
    'a user named after a domain that is not verified': [{ users: [{ userPrincipalName: 'alice@new.example' }] }, /"new.example" is not a domain of this tenant/],
    'a default domain that is not verified': [{ domains: [{ id: 'contoso.example', isDefault: true, isVerified: false }], users: [] }, /"contoso.example" is not verified/],
  }
  test.each(Object.entries(refused))('is refused for %s', async (_, [change, message]) => {
    const refusal = await load({ ...tenant, applications: [], ...change }).catch((error: unknown) => error)

    expect(refusal).toBeInstanceOf(DirectoryRefusal)
    expect((refusal as DirectoryRefusal).message).toMatch(message)
  })
})

import { describe, expect, test } from 'vitest'
import { about, groupId, policy, useImports } from './importing.ts'

const { imported } = useImports()

describe('an export is read', () => {
  const text = JSON.stringify(policy({ displayName: 'Für alle' }))
  const swapped = Buffer.from(text, 'utf16le').swap16()
  const files: Record<string, unknown> = {
    'in UTF-8': text,
    'in UTF-8 with a byte order mark': `\uFEFF${text}`,
    'in UTF-16, little end first, with a mark': Buffer.from(`\uFEFF${text}`, 'utf16le'),
    'in UTF-16, big end first, with a mark': Buffer.concat([Buffer.from([0xfe, 0xff]), swapped]),
    'in UTF-16, little end first, without a mark': Buffer.from(text, 'utf16le'),
    'in UTF-16, big end first, without a mark': swapped,
  }
  for (const [how, content] of Object.entries(files)) {
    test(how, async () => expect((await imported({ 'policy.json': content })).data?.conditionalAccessPolicies[0]?.displayName).toBe('Für alle'))
  }

  const forms: Record<string, unknown> = {
    'one object a file': policy(),
    'a list': [policy()],
    'a page of Graph\'s answer': { '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#identity/conditionalAccess/policies', value: [policy()] },
    'a page of one': { '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#x', '@odata.nextLink': 'https://graph.microsoft.com/v1.0/x?$skiptoken=1', value: [policy()] },
    'a collection of a script': { policies: [policy()], exportedBy: 'a script' },
    'with every annotation': policy({ 'id': groupId, 'createdDateTime': '2024-01-01T00:00:00Z', 'templateId': null, '@odata.context': 'x', 'sessionControls@odata.type': '#x', '#microsoft.graph.restore': { target: 'x' } }),
    'in PowerShell\'s spelling': {
      Id: groupId, DisplayName: 'MFA for everybody', State: 'Enabled', AdditionalProperties: {}, SessionControls: { SignInFrequency: { IsEnabled: null, Value: null } },
      Conditions: { Users: { IncludeUsers: ['All'], ExcludeUsers: null }, Applications: { IncludeApplications: ['All'] }, Locations: { IncludeLocations: null, ExcludeLocations: null }, ClientAppTypes: ['All'] },
      GrantControls: { Operator: 'OR', BuiltInControls: ['Mfa'], AuthenticationStrength: { Id: null, AllowedCombinations: null } },
    },
    'with an empty list of client types': policy({ conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] }, clientAppTypes: [] } }),
  }
  for (const [form, content] of Object.entries(forms)) {
    test(form, async () => {
      const { code, data, report } = await imported({ 'policy.json': content })

      expect({ code, leftOut: report.leftOut }).toEqual({ code: 0, leftOut: [] })
      expect(data?.conditionalAccessPolicies).toMatchObject([{ displayName: 'MFA for everybody', state: 'enabled', conditions: { clientAppTypes: ['all'] }, grantControls: { builtInControls: ['mfa'] } }])
    })
  }

  test('named locations, as Graph and as PowerShell write them', async () => {
    const { data } = await imported({
      'locations/hq.json': { '@odata.type': '#microsoft.graph.ipNamedLocation', 'id': groupId, 'displayName': 'HQ', 'isTrusted': true, 'ipRanges': [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', 'cidrAddress': '203.0.113.0/24' }] },
      'locations/branch.json': { Id: '7c96716b-b32b-40b8-9009-49748bb6fcd5', DisplayName: 'Branch', AdditionalProperties: { '@odata.type': '#microsoft.graph.ipNamedLocation', 'isTrusted': false, 'ipRanges': [{ cidrAddress: '198.51.100.0/24' }] } },
      'locations/more.json': { ipLocations: [{ name: 'VPN', isTrusted: true, ipRanges: ['192.0.2.0/24'] }], geoLocations: [{ name: 'Far away', countries: ['KP'], isTrusted: false }] },
    })

    expect(data?.namedLocations.map(({ displayName }) => displayName).toSorted()).toEqual(['Branch', 'Far away', 'HQ', 'VPN'])
  })

  test('groups with their members, users, roles, applications and strengths', async () => {
    const [alice, admins, appId] = ['aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000002', 'aaaaaaaa-0000-4000-8000-000000000003']
    const strength = { id: 'aaaaaaaa-0000-4000-8000-000000000004', displayName: 'Keys only', policyType: 'custom', requirementsSatisfied: 'mfa', allowedCombinations: ['fido2'], combinationConfigurations: [] }
    const { code, data, report } = await imported({
      'organization.json': { value: [{ id: 'aaaaaaaa-0000-4000-8000-0000000000ff', displayName: 'Fabrikam', verifiedDomains: [{ name: 'fabrikam.example', isDefault: true }] }] },
      'groups.json': { value: [{ id: admins, displayName: 'Admins', securityEnabled: true, mailEnabled: false, groupTypes: [], members: [{ '@odata.type': '#microsoft.graph.user', 'id': alice, 'displayName': 'Alice', 'userPrincipalName': 'alice@fabrikam.example' }] }] },
      'role-assignments.json': { value: [{ '@odata.type': '#microsoft.graph.unifiedRoleAssignment', 'principalId': alice, 'roleDefinitionId': '62e90394-69f5-4237-9190-012177145e10', 'directoryScopeId': '/' }] },
      'applications.json': { value: [{ id: 'aaaaaaaa-0000-4000-8000-000000000005', appId, displayName: 'Portal', signInAudience: 'AzureADMyOrg', web: { redirectUris: ['https://portal.example/cb'], implicitGrantSettings: {} } }] },
      'service-principals.json': { value: [{ id: 'aaaaaaaa-0000-4000-8000-000000000006', appId, displayName: 'Portal', servicePrincipalType: 'Application', servicePrincipalNames: [appId, 'api://portal'] }, { id: 'aaaaaaaa-0000-4000-8000-000000000007', appId: '00000003-0000-0000-c000-000000000000', displayName: 'Microsoft Graph', servicePrincipalType: 'Application' }] },
      'policy.json': about({ includeGroups: [admins] }, { grantControls: { operator: 'OR', builtInControls: [], authenticationStrength: strength } }),
    })

    expect({ code, unresolved: report.unresolved, leftOut: report.leftOut, notes: report.notes }).toEqual({
      code: 0, unresolved: [], leftOut: [], notes: ['authenticationStrengths[*].requirementsSatisfied: read-only in Graph, left out.'],
    })
    expect(data).toMatchObject({ id: 'aaaaaaaa-0000-4000-8000-0000000000ff', displayName: 'Fabrikam', domains: [{ id: 'fabrikam.example' }] })
    expect(data?.users).toMatchObject([{ id: alice, roles: ['62e90394-69f5-4237-9190-012177145e10'] }])
    expect(data?.groups).toMatchObject([{ id: admins, members: [alice] }])
    expect(data?.applications).toMatchObject([{ appId, servicePrincipalId: 'aaaaaaaa-0000-4000-8000-000000000006', identifierUris: ['api://portal'], web: { redirectUris: ['https://portal.example/cb'] } }])
    expect(data?.authenticationStrengths.find(({ displayName }) => displayName === 'Keys only')).toMatchObject({ id: strength.id, allowedCombinations: ['fido2'] })
  })

  const plan = (name: string, provisioningStatus = 'Success') => ({ servicePlanName: name, provisioningStatus })
  const sku = (...servicePlans: object[]) => ({ skuPartNumber: 'X', capabilityStatus: 'Enabled', servicePlans })
  const licences: Record<string, [skus: object[], licence: string]> = {
    'of the best subscription': [[sku(plan('AAD_PREMIUM')), sku(plan('AAD_PREMIUM'), plan('AAD_PREMIUM_P2'))], 'P2'],
    'beside one that has none of it': [[sku(plan('AAD_PREMIUM')), sku(plan('EXCHANGE_S_STANDARD'))], 'P1'],
    'of a plan in a product': [[sku(plan('EXCHANGE_S_STANDARD'), plan('AAD_PREMIUM'))], 'P1'],
    'but not of a plan that is switched off': [[sku(plan('AAD_PREMIUM', 'Disabled'))], 'none'],
    'nor of a subscription that has lapsed': [[{ ...sku(plan('AAD_PREMIUM_P2')), capabilityStatus: 'Suspended' }], 'none'],
  }
  test.each(Object.entries(licences))('the licence %s', async (_, [value, licence]) => {
    expect((await imported({ 'skus.json': { '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#subscribedSkus', value }, 'policy.json': policy() })).data?.licence).toBe(licence)
  })

  test('security defaults, which say what they are in their context alone', async () => {
    const { data, report } = await imported({ 'defaults.json': { '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#policies/identitySecurityDefaultsEnforcementPolicy/$entity', 'id': '00000000-0000-0000-0000-000000000005', 'displayName': 'Security Defaults', 'isEnabled': true } })

    expect([data?.securityDefaults, report.skipped]).toEqual([true, []])
  })

  test('consents and assignments, by the ids of service principals', async () => {
    const [alice, portal, api, graph, nobody] = ['01', '02', '03', '04', '05'].map((end) => `aaaaaaaa-0000-4000-8000-0000000000${end}`)
    const files = {
      'alice.json': { id: alice, userPrincipalName: 'alice@fabrikam.example' },
      'sps.json': { value: [
        { id: portal, appId: 'bbbbbbbb-0000-4000-8000-000000000002', displayName: 'Portal', servicePrincipalType: 'Application' },
        { id: api, appId: 'bbbbbbbb-0000-4000-8000-000000000003', displayName: 'API', servicePrincipalType: 'Application' },
        { id: graph, appId: '00000003-0000-0000-c000-000000000000', displayName: 'Microsoft Graph', servicePrincipalType: 'Application' },
      ] },
      'grants.json': { value: [
        { clientId: portal, resourceId: graph, consentType: 'AllPrincipals', principalId: null, scope: ' User.Read openid' },
        { clientId: portal, resourceId: api, consentType: 'Principal', principalId: alice, scope: 'Read' },
        { clientId: portal, resourceId: nobody, consentType: 'AllPrincipals', scope: 'Read' },
        { clientId: graph, resourceId: api, consentType: 'AllPrincipals', scope: 'Read' },
      ] },
      'assignments.json': { value: [
        { principalId: alice, resourceId: api, appRoleId: '00000000-0000-0000-0000-000000000000' },
        { principalId: nobody, resourceId: api, appRoleId: '00000000-0000-0000-0000-000000000000' },
      ] },
    }
    const { code, data, report } = await imported(files)
    const application = (displayName: string) => data?.applications.find((one) => one.displayName === displayName)

    expect(code).toBe(0)
    expect(application('Portal')).toMatchObject({
      consents: [{ resource: '00000003-0000-0000-c000-000000000000', scopes: ['User.Read', 'openid'] }],
      userConsents: [{ principal: alice, resource: 'bbbbbbbb-0000-4000-8000-000000000003', scopes: ['Read'] }],
    })
    expect(application('API')?.assignments).toEqual([{ principal: alice, role: null }])
    expect(report.unresolved).toMatchObject([
      { noun: 'member', name: nobody, namedBy: ['an assignment'] },
      { noun: 'service principal', name: nobody, namedBy: ['a consent'], advice: 'It was left out. Import the export of service principals too.' },
    ])
  })

  test('a guest is one by the name, where the export says no more', async () => {
    const { data } = await imported({ 'users.json': { value: [{ userPrincipalName: 'bob_contoso.example#EXT#@fabrikam.example' }, { userPrincipalName: 'eve_contoso.example#EXT#@fabrikam.example', userType: 'Member' }] } })

    expect(data?.users.map(({ userType }) => userType)).toEqual(['Guest', 'Member'])
  })

  test('what somebody is shown as in a group does not outrank their own export', async () => {
    const id = 'aaaaaaaa-0000-4000-8000-000000000001'
    const { data } = await imported({
      'alice.json': { id, userPrincipalName: 'alice@fabrikam.example', displayName: 'Alice Adams' },
      'group.json': { displayName: 'Team', groupTypes: [], members: [{ id, userPrincipalName: 'alice@fabrikam.example', displayName: 'Alice (shown)', jobTitle: 'Clerk' }] },
    })

    expect(data?.users).toMatchObject([{ displayName: 'Alice Adams', jobTitle: 'Clerk' }])
  })

  test('references by address, as they are written to Graph', async () => {
    const { data } = await imported({
      'group.json': { 'id': groupId, 'displayName': 'Team', 'groupTypes': [], 'members@odata.bind': ['https://graph.microsoft.com/v1.0/users/aaaaaaaa-0000-4000-8000-000000000001'] },
      'user.json': { id: 'aaaaaaaa-0000-4000-8000-000000000001', userPrincipalName: 'alice@fabrikam.example' },
      'policy.json': policy({ grantControls: { 'operator': 'OR', 'authenticationStrength@odata.bind': 'https://graph.microsoft.com/v1.0/policies/authenticationStrengthPolicies(\'00000000-0000-0000-0000-000000000004\')' } }),
    })

    expect(data?.groups[0]?.members).toEqual(['aaaaaaaa-0000-4000-8000-000000000001'])
    expect(data?.conditionalAccessPolicies[0]?.grantControls?.authenticationStrength).toEqual({ id: '00000000-0000-0000-0000-000000000004' })
  })
})

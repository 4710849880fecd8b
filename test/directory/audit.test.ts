import { beforeAll, describe, expect, test } from 'vitest'
import { auditsOf, type DirectoryAudit } from '../../src/directory/audit/audit.ts'
import { himself } from '../../src/directory/himself.ts'
import { completeApplication, completeDevice, completeGroup, completeUser, createDirectory } from '../../src/directory/index.ts'
import type { Application, Directory, Group, TenantData, User } from '../../src/directory/types.ts'
import { contoso } from '../support/contoso.ts'

let seed: TenantData
beforeAll(async () => {
  seed = await contoso()
})

const at = Date.parse('2026-01-09T02:02:12.345Z')
const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10'

function audited(): { readonly directory: Directory; readonly audits: DirectoryAudit[] } {
  const directory = createDirectory(seed)
  const audits: DirectoryAudit[] = []
  directory.onMade((made) => audits.push(...auditsOf(made, at, directory)))

  return { directory, audits }
}

const user = (directory: Directory, name: string) => directory.named('users', name) as User
const group = (directory: Directory, name: string) => directory.named('groups', name) as Group
const application = (directory: Directory, name: string) => directory.named('applications', name) as Application
const first = <T>(list: readonly T[]) => list[0] as T

type Case = [change: (directory: Directory) => Promise<void>, ...said: readonly string[]]

const cases: Record<string, Case> = {
  'a policy that is added': [(d) => d.put('conditionalAccessPolicies', { ...first(d.list('conditionalAccessPolicies')), id: crypto.randomUUID(), displayName: 'New' }), 'Add conditional access policy: New'],
  'a policy that is changed': [(d) => d.put('conditionalAccessPolicies', { ...first(d.list('conditionalAccessPolicies')), state: 'disabled' }), 'Update conditional access policy: Sales Hub only from trusted locations'],
  'a policy that is deleted': [(d) => d.remove('conditionalAccessPolicies', first(d.list('conditionalAccessPolicies')).id), 'Delete conditional access policy: Sales Hub only from trusted locations'],
  'a policy that is deleted, restored, deleted again and forgotten': [async (d) => {
    const policy = first(d.list('conditionalAccessPolicies'))
    await d.remove('conditionalAccessPolicies', policy.id, { deletedDateTime: '2026-01-01T00:00:00Z' })
    await d.put('conditionalAccessPolicies', policy)
    await d.remove('conditionalAccessPolicies', policy.id, { deletedDateTime: '2026-01-01T00:00:00Z' })
    await d.remove('deletedItems', policy.id)
  }, ...['Delete', 'Restore', 'Delete', 'Hard Delete'].map((verb) => `${verb} conditional access policy: Sales Hub only from trusted locations`)],
  'per-user MFA that is switched on': [(d) => d.put('users', { ...user(d, 'alice'), perUserMfaState: 'enabled' }), 'Enable Strong Authentication: Alice Adams'],
  'a location that is changed': [(d) => d.put('namedLocations', { ...d.named('namedLocations', 'Branch')!, displayName: 'Old branch' }), 'Update named location: Old branch'],
  'an authentication context that is added': [(d) => d.put('authenticationContextClassReferences', { id: 'c7', displayName: 'Payments', description: null, isAvailable: true }), 'Add AuthenticationContextClassReference: Payments'],
  'an authentication strength that is added': [(d) => d.put('authenticationStrengths', { id: crypto.randomUUID(), displayName: 'Keys', allowedCombinations: ['fido2'] } as never), 'Authentication Strength Policy Create: Keys'],
  'terms of use that are added': [
    (d) => d.put('agreements', { id: crypto.randomUUID(), displayName: 'House rules', isViewingBeforeAcceptanceRequired: false, isPerDeviceAcceptanceRequired: false, termsExpiration: null, userReacceptRequiredFrequency: null }),
    'Create Terms Of Use: House rules',
  ],
  'a token lifetime policy that is added': [(d) => d.put('tokenLifetimePolicies', { id: crypto.randomUUID(), displayName: 'Short', definition: ['{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"00:10:00"}}'], isOrganizationDefault: false }), 'Add policy: Short'],
  'security defaults that are switched': [async (d) => {
    await d.patchSettings({ licence: 'none' })
    await d.patchSettings({ securityDefaults: true })
  }, 'Update company settings: Contoso', 'Update security defaults: Security Defaults'],
  'another name of the company': [(d) => d.patchSettings({ displayName: 'Contoso Ltd' }), 'Set Company Information: Contoso Ltd'],

  'a user who is added, with a role': [(d) => d.put('users', completeUser(seed.id, { userPrincipalName: 'zoe@contoso.example', displayName: 'Zoe', roles: [globalAdministrator] })), 'Add user: Zoe', 'Add member to role: Zoe, Global Administrator'],
  'a user who is changed': [(d) => d.put('users', { ...user(d, 'alice'), department: 'Sales' }), 'Update user: Alice Adams'],
  'a user who is disabled': [(d) => d.put('users', { ...user(d, 'alice'), accountEnabled: false }), 'Disable account: Alice Adams'],
  'a user whose simulated signals change': [(d) => d.put('users', { ...user(d, 'alice'), signals: { country: 'FR' } })],
  'a user whose sessions end': [(d) => d.put('users', { ...user(d, 'alice'), signInSessionsValidFromDateTime: '2026-01-01T00:00:00Z' }), 'Update StsRefreshTokenValidFrom Timestamp: Alice Adams'],
  'a password that an administrator sets': [(d) => d.put('users', { ...user(d, 'alice'), passwordHash: 'scrypt$other', lastPasswordChangeDateTime: '2026-01-01T00:00:00Z' }), 'Reset user password: Alice Adams'],
  'a password that a user changes': [(d) => d.by(himself(user(d, 'alice'))).put('users', { ...user(d, 'alice'), passwordHash: 'scrypt$other' }), 'Change user password: Alice Adams'],
  'a method that a user registers': [(d) => d.by(himself(user(d, 'bob'))).put('users', { ...user(d, 'bob'), authenticationMethods: [{ id: 'one', type: 'softwareOath', secret: 'GEZDGNBVGY3TQOJQ', createdDateTime: null }] }), 'User registered security info: Bob Baker'],
  'a method that an administrator deletes': [(d) => d.put('users', { ...user(d, 'alice'), authenticationMethods: [] }), 'Admin deleted security info: Alice Adams'],
  'a role that is given': [(d) => d.put('users', { ...user(d, 'alice'), roles: [globalAdministrator] }), 'Add member to role: Alice Adams, Global Administrator'],
  'a role that is taken': [(d) => d.put('users', { ...user(d, 'carol'), roles: [] }), 'Remove member from role: Carol Clark, Global Administrator'],
  'terms that are accepted': [async (d) => {
    await d.put('agreements', { id: 'c0ffee00-0000-4000-8000-0000000000aa', displayName: 'House rules', isViewingBeforeAcceptanceRequired: false, isPerDeviceAcceptanceRequired: false, termsExpiration: null, userReacceptRequiredFrequency: null })
    await d.put('users', { ...user(d, 'alice'), agreementAcceptances: [{ agreementId: 'c0ffee00-0000-4000-8000-0000000000aa', recordedDateTime: '2026-01-01T00:00:00Z', state: 'accepted' }] })
  }, 'Create Terms Of Use: House rules', 'Accept Terms Of Use: Alice Adams, House rules'],
  'a user who is deleted': [(d) => d.remove('users', user(d, 'alice').id), 'Delete user: Alice Adams'],
  'a user who is deleted, restored, deleted again and forgotten': [async (d) => {
    const alice = user(d, 'alice')
    await d.remove('users', alice.id, { deletedDateTime: '2026-01-01T00:00:00Z' })
    await d.put('users', alice)
    await d.remove('users', alice.id, { deletedDateTime: '2026-01-01T00:00:00Z' })
    await d.remove('deletedItems', alice.id)
  }, 'Delete user: Alice Adams', 'Restore user: Alice Adams', 'Delete user: Alice Adams', 'Hard Delete user: Alice Adams'],

  'a group with a member': [(d) => d.put('groups', completeGroup(seed.id, { displayName: 'Night shift', members: [user(d, 'bob').id] })), 'Add group: Night shift', 'Add member to group: Bob Baker, Night shift'],
  'who comes and who goes': [(d) => d.put('groups', { ...group(d, 'Sales'), members: [user(d, 'alice').id, user(d, 'dave').id] }), 'Remove member from group: Bob Baker, Sales', 'Remove member from group: Fiona Frey, Sales', 'Add member to group: Dave Doyle, Sales'],
  'an owner': [(d) => d.put('groups', { ...group(d, 'Sales'), owners: [user(d, 'carol').id] }), 'Add owner to group: Carol Clark, Sales'],
  'a group that is renamed': [(d) => d.put('groups', { ...group(d, 'Sales'), displayName: 'Selling' }), 'Update group: Selling'],
  'a group that is deleted': [(d) => d.remove('groups', group(d, 'Finance').id), 'Delete group: Finance'],

  'an application that is added': [(d) => d.put('applications', completeApplication(seed.id, { displayName: 'New app' })), 'Add application: New app', 'Add service principal: New app'],
  'an application that is changed': [(d) => d.put('applications', { ...application(d, 'Sales Hub'), sessionTimeoutInMinutes: 60 }), 'Update application: Sales Hub'],
  'a secret that is added': [(d) => d.put('applications', { ...application(d, 'Sales Hub'), secrets: ['one', 'two'] }), 'Update application – Certificates and secrets management: Sales Hub'],
  'an app role that is given': [
    (d) => d.put('applications', { ...application(d, 'Sales API'), assignments: [...application(d, 'Sales API').assignments, { principal: user(d, 'alice').id, role: null }] }),
    'Add app role assignment grant to user: Sales API, Alice Adams',
  ],
  'a consent that is withdrawn': [(d) => d.put('applications', { ...application(d, 'Sales SPA'), consents: application(d, 'Sales SPA').consents.slice(1) }), 'Remove delegated permission grant: Sales API, Sales SPA'],
  'an application that is deleted': [(d) => d.remove('applications', application(d, 'Sales Mobile').id), 'Delete application: Sales Mobile', 'Remove service principal: Sales Mobile'],

  'a device and its owner': [(d) => d.put('devices', completeDevice(seed.id, { displayName: 'Laptop', registeredOwners: [user(d, 'alice').id] })), 'Add device: Laptop', 'Add registered owner to device: Alice Adams, Laptop'],
  'a domain': [async (d) => {
    await d.put('domains', { id: 'new.example', isDefault: false, authenticationType: 'Managed', isVerified: false, federation: null })
    await d.put('domains', { id: 'new.example', isDefault: false, authenticationType: 'Managed', isVerified: true, federation: null })
    await d.remove('domains', 'new.example')
  }, 'Add unverified domain: new.example', 'Verify domain: new.example', 'Remove verified domain: new.example'],

  'a tenant that is replaced by itself': [(d) => d.replace(structuredClone(d.snapshot()))],
  'a tenant that is replaced by another': [
    (d) => d.replace({ ...d.snapshot(), users: d.snapshot().users.slice(1), namedLocations: [], licence: 'P1' }),
    'Update company settings: Contoso', 'Delete user: Alice Adams', 'Delete named location: Head office', 'Delete named location: Branch', 'Delete named location: Sanctioned countries',
  ],
}

describe('the directory audit tells', () => {
  test.each(Object.entries(cases))('%s', async (_, [change, ...said]) => {
    const { directory, audits } = audited()
    await change(directory)

    expect(audits.map(({ activityDisplayName, targetResources }) => `${activityDisplayName}: ${targetResources.map(({ displayName }) => displayName).join(', ')}`)).toEqual(said)
  })
})

test('a row has Graph\'s members, and one of a policy has the whole policy before and after', async () => {
  const { directory, audits } = audited()
  const policy = first(directory.list('conditionalAccessPolicies'))
  const by = { user: { id: user(directory, 'carol').id, displayName: 'Carol Clark', userPrincipalName: 'carol@contoso.example', ipAddress: '198.51.100.7' }, correlationId: '2396ba0b-e224-42cb-96ab-9c4e6bfd155c' }
  await directory.by(by).put('conditionalAccessPolicies', { ...policy, state: 'enabledForReportingButNotEnforced' })
  const [row] = audits
  const [changed] = row?.targetResources[0]?.modifiedProperties ?? []

  expect(row).toEqual({
    id: expect.stringMatching(/^Directory_[\da-f-]{36}$/),
    category: 'Policy',
    correlationId: by.correlationId,
    result: 'success',
    resultReason: null,
    activityDisplayName: 'Update conditional access policy',
    activityDateTime: '2026-01-09T02:02:12.3450000Z',
    loggedByService: 'Conditional Access',
    operationType: 'Update',
    initiatedBy: { user: by.user, app: null },
    targetResources: [{ id: policy.id, displayName: policy.displayName, type: 'Policy', userPrincipalName: null, groupType: null, modifiedProperties: [{ displayName: 'ConditionalAccessPolicy', oldValue: expect.any(String), newValue: expect.any(String) }] }],
    additionalDetails: [],
  })
  expect(JSON.parse(changed?.oldValue ?? '')).toMatchObject({ id: policy.id, state: 'enabled', conditions: { locations: { excludeLocations: ['AllTrusted'] } } })
  expect(JSON.parse(changed?.newValue ?? '')).toMatchObject({ state: 'enabledForReportingButNotEnforced' })
})

test('what nobody says to have done was done by the app named Portcullis', async () => {
  const { directory, audits } = audited()
  await directory.patchSettings({ displayName: 'Contoso Ltd' })

  expect(audits[0]?.initiatedBy).toEqual({ user: null, app: { appId: null, displayName: 'Portcullis', servicePrincipalId: null, servicePrincipalName: null } })

  await directory.by({ correlationId: 'a-request' }).patchSettings({ displayName: 'Contoso' })
  expect(audits[1]).toMatchObject({ correlationId: 'a-request', initiatedBy: { user: null, app: { displayName: 'Portcullis' } } })
})

test('properties are told before and after, each in a list', async () => {
  const { directory, audits } = audited()
  await directory.put('users', { ...user(directory, 'alice'), displayName: 'Alice Young', department: 'Sales' })

  expect(audits[0]?.targetResources[0]?.modifiedProperties).toEqual([
    { displayName: 'DisplayName', oldValue: '["Alice Adams"]', newValue: '["Alice Young"]' },
    { displayName: 'Department', oldValue: '[]', newValue: '["Sales"]' },
    { displayName: 'Included Updated Properties', oldValue: null, newValue: '"DisplayName, Department"' },
  ])
})

test('no audit tells a password, a hash or a secret', async () => {
  const { directory, audits } = audited()
  const secrets = ['scrypt$new', 'GEZDGNBVGY3TQOJQ', 'a-client-secret', 'in-a-profile', 'deep-inside']
  const zoe = completeUser(seed.id, { userPrincipalName: 'zoe@contoso.example' })
  await directory.put('users', { ...zoe, passwordHash: 'scrypt$new', passwordProfile: { password: 'in-a-profile' }, authenticationMethods: [{ id: 'one', type: 'softwareOath', secret: 'GEZDGNBVGY3TQOJQ', createdDateTime: null }] })
  await directory.put('users', { ...user(directory, 'zoe'), passwordHash: 'scrypt$new2', extension: { password: 'deep-inside', kept: 'yes' } })
  await directory.put('users', { ...user(directory, 'zoe'), authenticationMethods: [] })
  await directory.put('applications', { ...completeApplication(seed.id, { displayName: 'New app' }), secrets: ['a-client-secret'] })
  await directory.put('applications', { ...application(directory, 'New app'), secrets: [] })
  const told = JSON.stringify(audits)

  expect(secrets.filter((secret) => told.includes(secret))).toEqual([])
  expect(told).toContain('kept')
  expect(audits.length).toBeGreaterThanOrEqual(7)
})

import { describe as suite, expect, test } from 'vitest'
import type { SignIn } from '../../src/policy/sign-in.ts'
import type { Attempt } from '../../src/sign-in/attempt.ts'
import { describe } from '../../src/sign-in/describe.ts'
import { newSession, withMethod } from '../../src/sign-in/session.ts'
import type { Signals } from '../../src/sign-in/signals.ts'
import { application, authenticator, authorize, cafe, emptyTenant, from, idOf, morning, office, tenantOf, user } from './tenant.ts'

const alice = user('alice', { authenticationMethods: [authenticator], signals: {} })
const fiona = user('fiona', { userPrincipalName: 'fiona@fed.contoso.example' })
const gina = user('gina', { userType: 'Guest', externalType: 'b2bCollaborationGuest', homeTenantId: 'fabrikam', passwordHash: null })
const hub = application('Sales Hub', { secrets: ['secret'] })
const spa = application('Sales SPA', { spa: { redirectUris: ['https://localhost/'] } })
const mobile = application('Sales Mobile', { publicClient: { redirectUris: ['http://localhost'] } })
const api = application('Sales API')
const laptop = { id: idOf('laptop object'), displayName: 'Alice\'s laptop', deviceId: idOf('laptop'), registeredOwners: [], isCompliant: true, trustType: 'AzureAD' as const }

const data = {
  ...emptyTenant,
  users: [alice, fiona, gina],
  groups: [
    { id: idOf('Sales'), displayName: 'Sales', members: [idOf('Inner')], owners: [], membershipRule: null, isAssignableToRole: false },
    { id: idOf('Inner'), displayName: 'Inner', members: [alice.id], owners: [], membershipRule: null, isAssignableToRole: false },
  ],
  applications: [hub, spa, mobile, api],
  devices: [laptop],
}
const tenant = tenantOf(data)
const described = (change: Partial<Attempt> = {}, who = alice, client = hub): SignIn => describe(authorize(who, client, change), tenant)

suite('who signs in', () => {
  test('is told with the groups around the group too', () => {
    const { identity } = described()
    expect(identity).toMatchObject({ kind: 'user', id: alice.id, registeredMethods: ['password', 'softwareOath'], federation: null })
    expect(identity.kind === 'user' && identity.groupIds.toSorted()).toEqual([idOf('Inner'), idOf('Sales')].toSorted())
  })

  test('of a federated domain comes with what its provider may vouch for', () => {
    expect(described({}, fiona).identity).toMatchObject({
      registeredMethods: ['federatedSingleFactor'],
      federation: { mfaEnabled: true, federatedIdpMfaBehavior: 'acceptIfMfaDoneByFederatedIdp' },
    })
  })

  test('from another tenant comes with its home', () => {
    expect(described({}, gina).identity).toMatchObject({ userType: 'Guest', externalUserType: 'b2bCollaborationGuest', homeTenantId: 'fabrikam', registeredMethods: [] })
  })

  test('without a user is the client itself', () => {
    expect(described({ event: 'clientCredentials', user: null, session: null }).identity).toEqual({
      kind: 'servicePrincipal', id: hub.servicePrincipalId, appId: hub.appId, isManagedIdentity: false, isOwnedByTenant: true,
    })
  })

  test('as another tenant\'s application is told to be', () => {
    const foreign = { ...hub, appOwnerOrganizationId: 'fabrikam' }
    expect(described({ event: 'clientCredentials', user: null, client: foreign }).identity).toMatchObject({ isOwnedByTenant: false })
  })
})

suite('what is signed in to', () => {
  const cases: Record<string, { client: typeof hub; change?: Partial<Attempt>; resources: string[] }> = {
    'a confidential client that asks who the user is, too': { client: hub, change: { resources: [api], scopes: ['openid', 'Orders.Read'] }, resources: [api.appId, hub.appId] },
    'not where it asks for an API alone': { client: hub, change: { resources: [api], scopes: ['Orders.Read'] }, resources: [api.appId] },
    'on redeeming a grant without naming scopes, too': { client: hub, change: { event: 'refreshToken', grantIssuedAt: morning, resources: [api], scopes: [] }, resources: [api.appId, hub.appId] },
    'not on redeeming it for an API alone': { client: hub, change: { event: 'refreshToken', grantIssuedAt: morning, resources: [api], scopes: ['Orders.Read'] }, resources: [api.appId] },
    'not where it is public': { client: mobile, change: { resources: [api] }, resources: [api.appId] },
    'not where it runs in a page': { client: spa, change: { resources: [api] }, resources: [api.appId] },
    'nor where its page asks, though it keeps a secret elsewhere': { client: hub, change: { resources: [api], redirectKind: 'spa' }, resources: [api.appId] },
    'not without a user': { client: hub, change: { event: 'clientCredentials', user: null, resources: [api] }, resources: [api.appId] },
    'not where security information is registered': { client: hub, change: { resources: [], userAction: 'urn:user:registersecurityinfo' }, resources: [] },
    'once, however it is named': { client: hub, change: { resources: [hub, hub] }, resources: [hub.appId] },
  }
  test.each(Object.entries(cases))('%s', (_fact, { client, change, resources }) => {
    expect(described(change, alice, client).target.resources).toEqual(resources)
  })

  test('a resource brings the attributes that a filter asks for', () => {
    const secret = { ...api, customSecurityAttributes: { Engineering: { Project: 'Baker' } } }
    expect(described({ resources: [secret] }).target.resourceAttributes).toEqual({ [api.appId]: { Engineering: { Project: 'Baker' } } })
  })
})

suite('the kind of client', () => {
  const cases: Record<string, { client: typeof hub; change?: Partial<Attempt>; type: string }> = {
    'with a secret is a browser\'s': { client: hub, type: 'browser' },
    'in a page is a browser\'s': { client: spa, type: 'browser' },
    'installed is an app': { client: mobile, type: 'mobileAppsAndDesktopClients' },
    'asking through its installed face is an app': { client: hub, change: { redirectKind: 'publicClient' }, type: 'mobileAppsAndDesktopClients' },
    'is what a signal says': { client: hub, change: { observation: { ...from(office), header: { clientAppType: 'exchangeActiveSync' } } }, type: 'exchangeActiveSync' },
  }
  test.each(Object.entries(cases))('%s', (_fact, { client, change, type }) => {
    expect(described(change, alice, client).conditions.clientAppType).toBe(type)
  })
})

suite('where it comes from', () => {
  const seen = (header: Signals = {}, browser: Signals = {}) => described({ observation: { ...from(office), header, browser } }).conditions

  test('is what is real where nothing is simulated', () => {
    expect(seen()).toMatchObject({ ipAddress: office, country: 'US', platform: 'windows', device: null, signInRiskLevel: 'none', insideCorporateNetwork: false })
  })

  test('the country follows a simulated address', () => {
    expect(seen({ ipAddress: cafe })).toMatchObject({ ipAddress: cafe, country: 'DE' })
  })

  test('a simulated country outweighs the table', () => {
    expect(seen({ ipAddress: cafe, country: 'FR' }).country).toBe('FR')
  })

  test('an address that is in no table has no country', () => {
    expect(seen({ ipAddress: '100.64.0.1' }).country).toBeNull()
  })

  test('nearest wins, member by member', () => {
    const near = tenantOf({ ...data, users: [{ ...alice, signals: { ipAddress: '192.0.2.2', platform: 'android', country: 'IT' } }, fiona] })
    near.signals.tenant = { ipAddress: '192.0.2.1', platform: 'linux', country: 'ES', signInRiskLevel: 'low', userRiskLevel: 'low' }
    near.signals.setUser(alice.id, { ipAddress: '192.0.2.3', platform: 'iOS', signInRiskLevel: 'medium' })
    const who = near.directory.get('users', alice.id) ?? alice
    const observation = { ...from(office), browser: { ipAddress: '192.0.2.4', platform: 'macOS' as const }, header: { ipAddress: '192.0.2.5' } }

    expect(describe(authorize(who, hub, { observation }), near).conditions).toMatchObject({
      ipAddress: '192.0.2.5', platform: 'macOS', signInRiskLevel: 'medium', country: 'IT', userRiskLevel: 'low',
    })
    expect(describe(authorize(fiona, hub, {}), near).conditions).toMatchObject({ ipAddress: '192.0.2.1', platform: 'linux', country: 'ES' })
  })

  test('without simulation only what is real counts', () => {
    const real = tenantOf({ ...data, users: [{ ...alice, signals: { ipAddress: cafe } }] }, { simulation: false })
    real.signals.tenant = { platform: 'iOS' }
    real.signals.setUser(alice.id, { country: 'FR' })
    const who = real.directory.get('users', alice.id) ?? alice
    expect(describe(authorize(who, hub), real).conditions).toMatchObject({ ipAddress: office, platform: 'windows', country: 'US' })
  })

  test('what a tenant file says wrongly of a user is left out', () => {
    const odd = tenantOf({ ...data, users: [{ ...alice, signals: { ipAddress: 'nowhere', country: 'DE' } }] })
    const who = odd.directory.get('users', alice.id) ?? alice
    expect(describe(authorize(who, hub), odd).conditions).toMatchObject({ ipAddress: office, country: 'DE' })
  })

  const devices: Record<string, [device: Signals['device'], seen: string | null]> = {
    'a device by name': [laptop.displayName, laptop.deviceId],
    'a device by object id': [laptop.id, laptop.deviceId],
    'a device described on the spot': [{ deviceId: 'lent', isCompliant: false }, 'lent'],
    'an unregistered device': [null, null],
    'a device that has left': ['Old laptop', null],
  }
  test.each(Object.entries(devices))('%s', (_fact, [device, expected]) => {
    expect(seen({ device }).device?.deviceId ?? null).toBe(expected)
  })
})

suite('what was proved before', () => {
  const session = withMethod(newSession(alice.id, { method: 'password', at: morning - 5000 }, morning - 5000), { method: 'softwareOath', at: morning - 4000 })
  const methodsOf = (who: typeof alice, change: Partial<Attempt> = {}) => describe(authorize(who, hub, { session, ...change }), tenant).session.methods.map(({ method }) => method)
  const iso = (instant: number) => new Date(instant).toISOString()

  test('counts', () => {
    expect(methodsOf(alice)).toEqual(['password', 'softwareOath'])
  })

  test('counts no more after a revocation, the second factor included', () => {
    const again = withMethod(session, { method: 'password', at: morning })
    expect(methodsOf({ ...alice, signInSessionsValidFromDateTime: iso(morning - 1000) }, { session: again })).toEqual(['password'])
  })

  test('counts no more after a change of the password', () => {
    const again = withMethod(session, { method: 'password', at: morning })
    expect(methodsOf({ ...alice, lastPasswordChangeDateTime: iso(morning - 1000) }, { session: again })).toEqual(['password'])
  })

  test('goes on counting for a confidential client\'s grant after a change of the password', () => {
    expect(methodsOf({ ...alice, lastPasswordChangeDateTime: iso(morning - 1000) }, { grantIssuedAt: morning - 3000 })).toEqual(['password', 'softwareOath'])
  })

  test('is nothing without a session', () => {
    expect(methodsOf(alice, { session: null })).toEqual([])
  })
})

test('a description is plain data', () => {
  const signIn = described({ observation: { ...from(office), header: { device: laptop.displayName } } })
  expect(JSON.parse(JSON.stringify(signIn))).toEqual(signIn)
})

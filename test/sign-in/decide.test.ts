import { describe, expect, test } from 'vitest'
import type { TenantData, User } from '../../src/directory/types.ts'
import type { Policy } from '../../src/policy/policy.ts'
import type { Attempt, Verdict } from '../../src/sign-in/attempt.ts'
import { decide } from '../../src/sign-in/decide.ts'
import { checkPassword } from '../../src/sign-in/challenges/password.ts'
import { applyPersistence } from '../../src/sign-in/challenges/stay-signed-in.ts'
import { newSession, withMethod } from '../../src/sign-in/session.ts'
import { application, authenticator, authorize, demand, emptyTenant, from, idOf, morning, office, password as plainPassword, policy, tenantOf, user } from './tenant.ts'

const hour = 60 * 60 * 1000
const day = 24 * hour
const iso = (instant: number) => new Date(instant).toISOString()

const alice = user('alice', { authenticationMethods: [authenticator] })
const bob = user('bob')
const hub = application('Sales Hub', { secrets: ['secret'] })
const mobile = application('Sales Mobile', { publicClient: { redirectUris: ['http://localhost'] } })
const spa = application('Sales SPA', { spa: { redirectUris: ['https://localhost/'] } })
const password = newSession(alice.id, { method: 'password', at: morning }, morning, 'sid')
const withCode = withMethod(password, { method: 'softwareOath', at: morning })

type Case = {
  who?: User
  client?: typeof hub
  policies?: readonly Policy[]
  change?: Partial<Attempt>
  data?: Partial<TenantData>
  /** How long after the session began. */
  later?: number
  verdict: Partial<Pick<Verdict, 'outcome' | 'next'>> & { code: number | null }
}

function judge({ who = alice, client = hub, policies = [], change = {}, data = {}, later = 0 }: Omit<Case, 'verdict'>): Verdict {
  const tenant = tenantOf({ ...emptyTenant, users: [who], applications: [hub, mobile, spa], conditionalAccessPolicies: policies, ...data })
  tenant.clock.advance(later)

  return decide(authorize(who, client, change), tenant)
}

function check(cases: Record<string, Case>): void {
  test.each(Object.entries(cases))('%s', (_fact, { verdict: { code, ...expected }, ...given }) => {
    const verdict = judge(given)
    expect(verdict.refusal?.code ?? null).toBe(code)
    expect(verdict).toMatchObject(expected)
  })
}

const silently = { isInteractive: false } as const
const refresh = (issuedAt: number, change: Partial<Attempt> = {}): Partial<Attempt> => ({ event: 'refreshToken', isInteractive: false, grantIssuedAt: issuedAt, ...change })

describe('without a policy', () => {
  check({
    'a user who is signed in is let in': { verdict: { outcome: 'granted', next: null, code: null } },
    'a daemon is let in': { change: { event: 'clientCredentials', user: null, session: null, isInteractive: false }, verdict: { outcome: 'granted', code: null } },
  })
})

describe('the account', () => {
  const disabled = { ...alice, accountEnabled: false }
  check({
    'disabled ends its session': { who: disabled, verdict: { outcome: 'failed', next: null, code: 50057 } },
    'disabled ends its refresh tokens': { who: disabled, change: refresh(morning), verdict: { outcome: 'failed', code: 50057 } },
    'disabled is told to nobody who is not signed in': { who: disabled, change: { session: null }, verdict: { outcome: 'interrupted', next: 'signIn', code: 50058 } },
    'gone ends its refresh tokens': { change: refresh(morning, { user: null }), verdict: { outcome: 'failed', code: 50034 } },
  })
})

describe('the session', () => {
  const staying = applyPersistence(password, true)
  check({
    'missing, a person is asked to sign in': { change: { user: null, session: null }, verdict: { outcome: 'interrupted', next: 'signIn', code: 50058 } },
    'missing, a silent request hears it': { change: { user: null, session: null, ...silently }, verdict: { outcome: 'failed', next: null, code: 50058 } },
    'unused for 24 hours is good': { later: 24 * hour, verdict: { outcome: 'granted', code: null } },
    'unused for 25 hours has ended': { later: 25 * hour, verdict: { outcome: 'interrupted', next: 'signIn', code: 50058 } },
    'unused for 25 hours has ended for a silent request too': { later: 25 * hour, change: silently, verdict: { outcome: 'failed', code: 50058 } },
    'of a user who stays signed in is good for 90 days': { change: { session: staying }, later: 90 * day, verdict: { outcome: 'granted', code: null } },
    'of a user who stays signed in ends after that': { change: { session: staying }, later: 91 * day, verdict: { next: 'signIn', code: 50058 } },
    'lives as long as the tenant says': { data: { settings: { ...emptyTenant.settings, limits: { sessions: { nonPersistentIdleHours: 1 } } } }, later: 2 * hour, verdict: { next: 'signIn', code: 50058 } },
    'revoked asks to sign in': { who: { ...alice, signInSessionsValidFromDateTime: iso(morning + 1) }, later: 1000, verdict: { outcome: 'interrupted', next: 'signIn', code: 50058 } },
    'revoked is no session to a silent request': { who: { ...alice, signInSessionsValidFromDateTime: iso(morning + 1) }, change: silently, later: 1000, verdict: { outcome: 'failed', code: 50058 } },
    'begun after a revocation is good': { who: { ...alice, signInSessionsValidFromDateTime: iso(morning - 1) }, verdict: { outcome: 'granted', code: null } },
    'begun with a password that was changed since asks to sign in': { who: { ...alice, lastPasswordChangeDateTime: iso(morning + 1) }, later: 1000, verdict: { next: 'signIn', code: 50133 } },
    'begun without a password outlives its change': {
      who: { ...alice, lastPasswordChangeDateTime: iso(morning + 1) },
      change: { session: newSession(alice.id, { method: 'fido2', at: morning }, morning) },
      later: 1000,
      verdict: { outcome: 'granted', code: null },
    },
  })
})

describe('an application that wants a recent sign-in', () => {
  check({
    'gets one that is recent enough': { change: { maxAge: 60 }, later: 60_000, verdict: { outcome: 'granted', code: null } },
    'has a person sign in again': { change: { maxAge: 60 }, later: 61_000, verdict: { outcome: 'interrupted', next: 'reauthenticate', code: 50058 } },
    'hears that nobody is signed in where it asks silently': { change: { maxAge: 60, ...silently }, later: 61_000, verdict: { outcome: 'failed', code: 50058 } },
    'and wants one now gets one now': { change: { maxAge: 0 }, verdict: { next: 'reauthenticate', code: 50058 } },
    'is content with one that was made for it': { change: { maxAge: 0, isFresh: true }, verdict: { outcome: 'granted', code: null } },
  })
})

describe('a resource that wants something newer', () => {
  const newer = { policyIds: [], notBefore: morning / 1000 + 10 }
  check({
    'has a person sign in again': { change: { challenge: newer }, later: 20_000, verdict: { next: 'reauthenticate', code: 50058 } },
    'is content with a sign-in that was made for it': { change: { challenge: newer, isFresh: true }, later: 20_000, verdict: { outcome: 'granted', code: null } },
    'refuses a refresh token from before': { change: refresh(morning, { challenge: newer }), later: 20_000, verdict: { outcome: 'failed', code: 50173 } },
    'takes one from after': { change: refresh(morning + 11_000, { challenge: newer }), later: 20_000, verdict: { outcome: 'granted', code: null } },
  })
})

describe('a refresh token', () => {
  const revoked = { ...alice, signInSessionsValidFromDateTime: iso(morning + 1000) }
  const changed = { ...alice, lastPasswordChangeDateTime: iso(morning + 1000) }
  check({
    'is good for 90 days': { client: mobile, change: refresh(morning), later: 90 * day, verdict: { outcome: 'granted', code: null } },
    'is too old after that': { client: mobile, change: refresh(morning), later: 90 * day + 1, verdict: { outcome: 'failed', code: 700082 } },
    'of a single-page app is good for 24 hours': { client: spa, change: refresh(morning), later: day, verdict: { outcome: 'granted', code: null } },
    'of a single-page app is too old after that': { client: spa, change: refresh(morning), later: 25 * hour, verdict: { outcome: 'failed', code: 700084 } },
    'of a single-page app inherits what is left': { client: spa, change: refresh(morning + 20 * hour, { chainIssuedAt: morning }), later: 25 * hour, verdict: { code: 700084 } },
    'of any other is as good as new': { client: mobile, change: refresh(morning + 80 * day, { chainIssuedAt: morning }), later: 100 * day, verdict: { outcome: 'granted', code: null } },
    'lives as long as the tenant says': { client: spa, data: { settings: { ...emptyTenant.settings, limits: { tokens: { spaRefreshHours: 48 } } } }, change: refresh(morning), later: 25 * hour, verdict: { outcome: 'granted', code: null } },
    'outlives the browser\'s session': { client: mobile, change: refresh(morning), later: 30 * day, verdict: { outcome: 'granted', code: null } },
    'is void after a revocation': { who: revoked, client: mobile, change: refresh(morning), later: 2000, verdict: { outcome: 'failed', code: 50173 } },
    'of a confidential client is void after a revocation too': { who: revoked, change: refresh(morning), later: 2000, verdict: { outcome: 'failed', code: 50173 } },
    'from after a revocation is good': { who: revoked, client: mobile, change: refresh(morning + 1500), later: 2000, verdict: { outcome: 'granted', code: null } },
    'born of a password is void after its change': { who: changed, client: mobile, change: refresh(morning), later: 2000, verdict: { outcome: 'failed', code: 50173 } },
    'of a confidential client outlives the change': { who: changed, change: refresh(morning), later: 2000, verdict: { outcome: 'granted', code: null } },
    'born without a password outlives the change': {
      who: changed, client: mobile, change: refresh(morning, { session: newSession(alice.id, { method: 'fido2', at: morning }, morning) }), later: 2000, verdict: { outcome: 'granted', code: null },
    },
  })

  test('says what its refusal names', () => {
    expect(judge({ client: spa, change: refresh(morning), later: 25 * hour }).refusal?.values).toMatchObject({ issuedAt: iso(morning), lifetime: '1.00:00:00', user: alice.userPrincipalName })
    expect(judge({ client: mobile, change: refresh(morning), later: 91 * day }).refusal?.values).toMatchObject({ lifetime: '90.00:00:00' })
    expect(judge({ who: revoked, client: mobile, change: refresh(morning), later: 2000 }).refusal?.values).toMatchObject({ issuedAt: iso(morning), validFrom: iso(morning + 1000) })
  })

  test('asks no policy once it is void', () => {
    expect(judge({ who: revoked, change: refresh(morning), policies: [policy('Block', { grantControls: demand('block') })] })).toMatchObject({ decision: null, signIn: null })
  })
})

describe('in a tenant whose clock stands still', () => {
  const [revoked, changed] = (['signInSessionsValidFromDateTime', 'lastPasswordChangeDateTime'] as const).map((member) => ({ ...alice, [member]: iso(morning) }))
  const still = (who: User = alice, change: Partial<Attempt> = {}, client = mobile) => {
    const tenant = tenantOf({ ...emptyTenant, users: [who], applications: [hub, mobile] })
    tenant.clock.freeze(true)

    return { tenant, code: decide(authorize(who, client, change), tenant).refusal?.code ?? null }
  }

  test('a revocation ends what was there before it', () => {
    expect(still(revoked, refresh(morning)).code).toBe(50173)
    expect(still(revoked).code).toBe(50058)
  })

  test('a change of the password does so too', () => {
    expect(still(changed, refresh(morning)).code).toBe(50173)
    expect(still(changed).code).toBe(50133)
  })

  test.each([revoked, changed])('and whoever signs in after it is let in', async (who = alice) => {
    const { tenant } = still(who)
    const answer = await checkPassword(tenant, who, plainPassword, from(office))
    const session = 'used' in answer ? newSession(who.id, answer.used, morning) : null
    expect(still(who, { session }).code).toBeNull()
    expect(still(who, refresh(morning, { session })).code).toBeNull()
  })
})

describe('an application for those who are assigned to it', () => {
  const closed = { ...hub, appRoleAssignmentRequired: true }
  const group = (members: string[], id = idOf('Sales')) => ({ id, displayName: id, members, owners: [], membershipRule: null, isAssignableToRole: false })
  const assigned = (principal: string) => ({ ...closed, assignments: [{ principal, role: null }] })
  check({
    'refuses everybody else': { client: closed, verdict: { outcome: 'failed', code: 50105 } },
    'takes a user who is': { client: assigned(alice.id), verdict: { outcome: 'granted', code: null } },
    'takes a member of a group that is': { client: assigned(idOf('Sales')), data: { groups: [group([alice.id])] }, verdict: { outcome: 'granted', code: null } },
    'refuses a member of a group within that group': {
      client: assigned(idOf('Sales')), data: { groups: [group([idOf('Inner')]), group([alice.id], idOf('Inner'))] }, verdict: { outcome: 'failed', code: 50105 },
    },
    'is refused as a resource too': { change: { resources: [closed] }, verdict: { outcome: 'failed', code: 50105 } },
    'asks nobody to be assigned who is not signed in yet': { client: closed, change: { session: null }, verdict: { next: 'signIn', code: 50058 } },
  })
})

describe('a policy', () => {
  const mfa = policy('MFA', { grantControls: demand('mfa') })
  const block = policy('Block', { grantControls: demand('block') })
  const compliant = policy('Compliant device', { grantControls: demand('compliantDevice') })
  const frequency = (authenticationType: 'primaryAndSecondaryAuthentication' | 'secondaryAuthentication', grantControls: Policy['grantControls'] = null) => policy('Hourly', {
    grantControls,
    sessionControls: {
      applicationEnforcedRestrictions: null,
      cloudAppSecurity: null,
      signInFrequency: { isEnabled: true, value: 1, type: 'hours', authenticationType, frequencyInterval: 'timeBased' },
      persistentBrowser: null,
      disableResilienceDefaults: null,
      secureSignInSession: null,
      continuousAccessEvaluation: null,
    },
  })
  const hourly = frequency('primaryAndSecondaryAuthentication')
  const registration = policy('Registration', {
    grantControls: demand('block'),
    conditions: { applications: { includeApplications: [], excludeApplications: [], includeUserActions: ['urn:user:registersecurityinfo'], includeAuthenticationContextClassReferences: [], applicationFilter: null } },
  })
  check({
    'that blocks is not argued with': { policies: [block], verdict: { outcome: 'blocked', next: null, code: 53003 } },
    'that blocks, blocks a refresh': { policies: [block], change: refresh(morning), verdict: { outcome: 'blocked', code: 53003 } },
    'that wants a second factor asks a person for a code': { policies: [mfa], verdict: { outcome: 'interrupted', next: 'oneTimeCode', code: 50074 } },
    'that wants a second factor says so where nobody can be asked': { policies: [mfa], change: silently, verdict: { outcome: 'interrupted', code: 50076 } },
    'that wants a second factor says so on refresh': { policies: [mfa], change: refresh(morning), verdict: { outcome: 'interrupted', code: 50076 } },
    'that wants a second factor is content with one of this session': { policies: [mfa], change: { session: withCode }, verdict: { outcome: 'granted', code: null } },
    'that wants a second factor has a user without one register': { who: bob, policies: [mfa], verdict: { outcome: 'interrupted', next: 'register', code: 50072 } },
    'that wants a second factor of a user without one says so where nobody can be asked': { who: bob, policies: [mfa], change: { event: 'password', ...silently }, verdict: { outcome: 'interrupted', code: 50079 } },
    'that wants a compliant device refuses another': { policies: [compliant], verdict: { outcome: 'blocked', next: null, code: 53000 } },
    'that wants a sign-in every hour asks again': { policies: [hourly], later: 61 * 60_000, verdict: { outcome: 'interrupted', next: 'reauthenticate' , code: 70044 } },
    'that wants a sign-in every hour says so to a silent request': { policies: [hourly], change: silently, later: 61 * 60_000, verdict: { outcome: 'interrupted', code: 70044 } },
    'that wants a sign-in every hour refuses a refresh': { policies: [hourly], change: refresh(morning), later: 61 * 60_000, verdict: { outcome: 'interrupted', code: 70043 } },
    'that wants a code every hour asks for the code alone': {
      policies: [frequency('secondaryAuthentication', demand('mfa'))], change: { session: withCode }, later: 61 * 60_000, verdict: { outcome: 'interrupted', next: 'oneTimeCode', code: 50078 },
    },
    'on registering security information blocks entering it': { policies: [registration], change: { userAction: 'urn:user:registersecurityinfo', resources: [] }, verdict: { outcome: 'blocked', code: 53003 } },
    'on registering security information ends a proof-up': { policies: [registration], change: { event: 'registerSecurityInfo', userAction: 'urn:user:registersecurityinfo', resources: [] }, verdict: { outcome: 'blocked', code: 53010 } },
    'that only reports changes nothing': { policies: [{ ...block, state: 'enabledForReportingButNotEnforced' }], verdict: { outcome: 'granted', code: null } },
    'is asked of nobody who is not signed in': { policies: [block], change: { session: null }, verdict: { next: 'signIn', code: 50058 } },
  })

  test('is named by its refusal, for a claims challenge', () => {
    expect(judge({ policies: [mfa], change: silently }).refusal).toMatchObject({ policyIds: [mfa.id], values: { user: alice.userPrincipalName, app: hub.appId, resource: hub.appId } })
    expect(judge({ policies: [block] }).refusal?.policyIds).toEqual([block.id])
  })

  test('refusing a refresh for its age says since when and how long', () => {
    expect(judge({ policies: [hourly], change: refresh(morning), later: 61 * 60_000 }).refusal?.values).toMatchObject({ issuedAt: iso(morning), seconds: 3600 })
  })
})

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile, type Device, type Policy, type PolicySource, type SignIn } from '../../src/policy/index.ts'
import { alice, address, app, bob, branch, carol, erin, frequency, germany, job, now, office, policy, sanctioned, signIn, source } from './contoso.ts'
import { plainEvaluation } from './plain-evaluation.ts'

const runs = { numRuns: 200 }

const some = <T>(...values: T[]) => fc.subarray(values, { maxLength: Math.min(2, values.length) })
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary })

const users = fc.record({
  includeUsers: fc.constantFrom(['All'], ['All'], ['alice'], ['GuestsOrExternalUsers'], [], ['None']),
  includeGroups: some('sales', 'staff'),
  includeRoles: some(carol.roleTemplateIds[0]!),
  includeGuestsOrExternalUsers: orNull(fc.constantFrom(
    { guestOrExternalUserTypes: ['b2bCollaborationGuest' as const], externalTenants: { membershipKind: 'all' as const } },
    { guestOrExternalUserTypes: ['b2bCollaborationGuest' as const], externalTenants: { membershipKind: 'enumerated' as const, members: ['elsewhere'] } },
  )),
  excludeUsers: fc.constantFrom([], [], ['bob'], ['GuestsOrExternalUsers']),
  excludeGroups: some('staff'),
  excludeRoles: some(carol.roleTemplateIds[0]!),
})
const applications = fc.oneof(
  { weight: 6, arbitrary: fc.record({ includeApplications: fc.constantFrom(['All'], ['All'], [app.salesHub], ['Office365'], [app.exchange, app.salesApi], ['None']), excludeApplications: some(app.exchange, app.salesHub) }) },
  { weight: 1, arbitrary: fc.constant({ includeUserActions: ['urn:user:registersecurityinfo' as const] }) },
  { weight: 1, arbitrary: fc.constant({ includeAuthenticationContextClassReferences: ['c1'] }) },
)
const places = ['office', 'branch', 'germany', 'sanctioned', 'AllTrusted', '00000000-0000-0000-0000-000000000000']
const grant = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ builtInControls: ['block' as const] }) },
  { weight: 5, arbitrary: fc.record({ operator: fc.constantFrom('AND' as const, 'OR' as const), builtInControls: fc.subarray(['mfa' as const, 'compliantDevice' as const, 'domainJoinedDevice' as const]), termsOfUse: some('terms', 'rules') }) },
)
/** Rules over devices, made up together with what they mean. */
const meanings = new Map<string, (device: Device | null) => boolean>()
const meaning = (rule: string) => meanings.get(rule)!
const said = (device: Device | null, attribute: string) => String(device?.[attribute] ?? '').toLowerCase()
const comparisons: readonly (readonly [string, (device: Device | null) => boolean])[] = [
  ['device.isCompliant -eq True', (device) => device?.isCompliant === true],
  ['device.isCompliant -ne True', (device) => device?.isCompliant !== true],
  ['device.trustType -eq "ServerAD"', (device) => device?.trustType === 'ServerAD'],
  ['device.manufacturer -startsWith "de"', (device) => said(device, 'manufacturer').startsWith('de')],
  ['device.manufacturer -notContains "ll"', (device) => !said(device, 'manufacturer').includes('ll')],
  ['device.model -in ["X1", "X2"]', (device) => ['x1', 'x2'].includes(said(device, 'model'))],
  ['device.model -ne "X1"', (device) => said(device, 'model') !== 'x1'],
  ['device.physicalIds -contains "[OrderId]:1"', (device) => said(device, 'physicalIds') === '[orderid]:1'],
]
const meant = (rule: string, means: (device: Device | null) => boolean) => {
  meanings.set(rule, means)
  return rule
}
const rules: fc.Arbitrary<string> = fc.letrec<{ rule: string }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom(...comparisons).map(([rule, means]) => meant(rule, means)),
    fc.tuple(tie('rule'), tie('rule')).map(([left, right]) => meant(`(${left}) -and (${right})`, (device) => meaning(left)(device) && meaning(right)(device))),
    fc.tuple(tie('rule'), tie('rule')).map(([left, right]) => meant(`(${left}) -or (${right})`, (device) => meaning(left)(device) || meaning(right)(device))),
    tie('rule').map((rule) => meant(`-not (${rule})`, (device) => !meaning(rule)(device))),
  ),
})).rule

const userPolicy: fc.Arbitrary<(id: string) => Policy> = fc
  .record({
    state: fc.constantFrom('enabled' as const, 'enabled' as const, 'disabled' as const, 'enabledForReportingButNotEnforced' as const),
    users,
    applications,
    clientAppTypes: fc.constantFrom<readonly ('all' | 'browser' | 'other' | 'easSupported')[]>(['all'], ['all'], ['browser'], ['other', 'easSupported']),
    locations: orNull(fc.record({ includeLocations: fc.oneof(fc.constant(['All']), fc.subarray(places)), excludeLocations: fc.subarray(places, { maxLength: 2 }) })),
    platforms: orNull(fc.record({ includePlatforms: fc.constantFrom(['all' as const], ['windows' as const, 'iOS' as const]), excludePlatforms: some('iOS' as const) })),
    devices: orNull(fc.record({ deviceFilter: fc.record({ mode: fc.constantFrom('include' as const, 'exclude' as const), rule: rules }) })),
    signInRiskLevels: fc.constantFrom([], [], ['high' as const, 'medium' as const]),
    userRiskLevels: fc.constantFrom([], [], [], ['high' as const]),
    insiderRiskLevels: orNull(fc.constant(['elevated' as const])),
    authenticationFlows: orNull(fc.constant({ transferMethods: ['deviceCodeFlow' as const] })),
    grant: orNull(grant).map((controls) => controls ?? undefined),
    session: orNull(fc.constantFrom(frequency(1), frequency(8), frequency('everyTime'), frequency(1, 'secondaryAuthentication'))),
  })
  .map(({ session, grant: controls, ...input }) => (id: string) => policy({ id, ...input, grant: controls ?? null, ...(session ? { session: { signInFrequency: session } } : {}) }))

/** A policy on applications that sign in by themselves: all it can want is that they do not. */
const workloadPolicy: fc.Arbitrary<(id: string) => Policy> = fc
  .record({
    state: fc.constantFrom('enabled' as const, 'disabled' as const, 'enabledForReportingButNotEnforced' as const),
    clientApplications: fc.record({ includeServicePrincipals: fc.constantFrom(['ServicePrincipalsInMyTenant'], ['job'], ['other']), excludeServicePrincipals: some('job'), servicePrincipalFilter: fc.constant(null) }),
    locations: orNull(fc.record({ includeLocations: fc.oneof(fc.constant(['All']), fc.subarray(places)), excludeLocations: fc.subarray(places, { maxLength: 2 }) })),
    servicePrincipalRiskLevels: fc.constantFrom([], ['high' as const]),
  })
  .map((input) => (id: string) => policy({ id, ...input, users: { includeUsers: ['None'] } }))

const anyPolicy = fc.oneof({ weight: 6, arbitrary: userPolicy }, { weight: 1, arbitrary: workloadPolicy })

const policySets = fc.array(anyPolicy, { maxLength: 8 }).map((makers) => makers.map((make, at) => make(`P${at}`)))

const octet = fc.integer({ min: 0, max: 255 })
const ipv4Addresses = fc.oneof(
  fc.constantFrom(address.office, address.branch, address.cafe, address.mfaTrusted),
  // The first and the last of each range, and their neighbours.
  fc.constantFrom('198.51.99.255', '198.51.100.0', '198.51.100.255', '198.51.101.0', '203.0.112.255', '203.0.113.0', '203.0.113.255', '203.0.114.0', '192.0.1.255', '192.0.2.0', '192.0.2.127', '192.0.2.128'),
  fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.')),
)
const addresses = fc.oneof(
  { weight: 3, arbitrary: ipv4Addresses },
  { weight: 1, arbitrary: fc.constantFrom(address.office6, '2001:db8:f::5', '2001:db8:100::', '2001:db8:100:ffff:ffff:ffff:ffff:ffff', '2001:db8:101::', '2001:db8:ff:ffff:ffff:ffff:ffff:ffff') },
)
const signIns: fc.Arbitrary<SignIn> = fc
  .record({
    who: fc.constantFrom(alice, alice, bob, bob, carol, carol, erin, erin, job, { ...job, isManagedIdentity: true }, { ...job, id: 'other' }),
    from: fc.oneof({ weight: 9, arbitrary: addresses }, { weight: 1, arbitrary: fc.constant(null) }),
    to: fc.constantFrom<readonly string[]>([app.salesHub], [app.salesApi], [app.exchange], [app.exchange, app.salesHub], [app.graph], ['cc15fd57-2c6c-4117-a88c-83b1d56b4bbe']),
    target: fc.record({
      scopes: fc.constantFrom<readonly string[]>(['openid', 'User.Read'], ['openid', 'Mail.Read'], ['Directory.Read.All']),
      userAction: fc.constantFrom(null, null, null, 'urn:user:registersecurityinfo' as const),
      authenticationContexts: fc.constantFrom<readonly string[]>([], [], ['c1'], ['c2']),
    }),
    country: fc.constantFrom(null, 'DE', 'US', 'KP'),
    clientAppType: fc.constantFrom('browser' as const, 'browser' as const, 'mobileAppsAndDesktopClients' as const, 'other' as const, 'exchangeActiveSync' as const),
    platform: fc.constantFrom(null, 'windows' as const, 'iOS' as const, 'macOS' as const),
    device: fc.constantFrom<Device | null>(null, { isCompliant: true, manufacturer: 'Dell', model: 'X1' }, { isCompliant: false, trustType: 'ServerAD' as const, model: 'x2', physicalIds: ['[OrderId]:1'] }, { manufacturer: 'Delta' }),
    signInRiskLevel: fc.constantFrom('none' as const, 'high' as const),
    userRiskLevel: fc.constantFrom('none' as const, 'high' as const),
    servicePrincipalRiskLevel: fc.constantFrom('none' as const, 'high' as const),
    insiderRiskLevel: fc.constantFrom('none' as const, 'elevated' as const),
    transferMethod: fc.constantFrom(null, null, 'deviceCodeFlow' as const),
    originalTransferMethod: fc.constantFrom(null, null, 'deviceCodeFlow' as const),
    isInteractive: fc.boolean(),
    passwordAge: fc.constantFrom(0, 4, 6, 59, 61, 500),
    codeAge: fc.constantFrom(null, 0, 6, 61, 500),
    accepted: fc.subarray(['terms', 'rules']),
  })
  .map(({ passwordAge, codeAge, accepted, ...input }) =>
    signIn({
      ...input,
      session: {
        methods: input.who.kind === 'servicePrincipal' ? [] : [{ method: 'password', at: now - passwordAge * 60_000 }, ...(codeAge === null ? [] : [{ method: 'softwareOath' as const, at: now - codeAge * 60_000 }])],
        acceptedTermsOfUse: accepted,
      },
    }))

const tenants = fc.record({ licence: fc.constantFrom('P2' as const, 'P2' as const, 'P1' as const, 'lapsed' as const, 'none' as const), lowPrivilegeScopeEnforcement: fc.constantFrom('enforced' as const, 'legacy' as const) })
const anySource = (policies: readonly Policy[], changes: Partial<PolicySource> = {}) => source(policies, { namedLocations: [office, cidrBranch, germany, sanctioned], ...changes })
/** The plain evaluation reads prefixes only. */
const cidrBranch = { ...branch, '@odata.type': '#microsoft.graph.ipNamedLocation' as const, isTrusted: false, ipRanges: [{ '@odata.type': '#microsoft.graph.iPv4CidrRange' as const, cidrAddress: '203.0.113.0/24' }] }

const decide = (policies: readonly Policy[], attempt: SignIn, changes: Partial<PolicySource> = {}) => compile(anySource(policies, changes)).evaluate(attempt)

describe('whatever the policies and the sign-in', () => {
  it('the compiled evaluation agrees with the plain one', () => {
    fc.assert(fc.property(policySets, signIns, tenants, (policies, attempt, tenant) => {
      const decision = decide(policies, attempt, tenant)
      const plain = plainEvaluation(anySource(policies, tenant), attempt, meaning)

      expect({ outcome: decision.outcome, results: Object.fromEntries(decision.policies.map(({ id, result }) => [id, result])) }).toEqual({ outcome: plain.outcome.kind, results: plain.results })
      if (plain.outcome.kind === 'interrupted') expect(decision.challenges[0]!.kind).toBe(plain.outcome.first)
    }), { numRuns: 1_000 })
  })

  it('a policy set that was asked before answers as a new one does', () => {
    fc.assert(fc.property(policySets, fc.array(signIns, { minLength: 2, maxLength: 12 }), (policies, attempts) => {
      const asked = compile(anySource(policies))
      for (const attempt of [...attempts, ...attempts]) expect(asked.evaluate(attempt)).toEqual(decide(policies, attempt))
    }), { numRuns: 50 })
  })

  it('an exclusion outweighs every inclusion', () => {
    fc.assert(fc.property(anyPolicy, signIns, (make, attempt) => {
      const written = make('P')
      const { users: who, clientApplications: what } = written.conditions
      const { id } = attempt.identity
      const without = {
        ...written,
        conditions: {
          ...written.conditions,
          users: { ...who, excludeUsers: [...who.excludeUsers, id] },
          clientApplications: what && { ...what, excludeServicePrincipals: [...what.excludeServicePrincipals, id] },
        },
      }

      expect(decide([without], attempt).policies[0]!.applies).toBe(false)
    }), runs)
  })

  it('one more policy never turns a block into a grant', () => {
    const walls = fc.constantFrom(policy({ id: 'wall' }), policy({ id: 'wall', grant: ['compliantDevice'] }), policy({ id: 'wall', grant: ['approvedApplication'] }))
    fc.assert(fc.property(policySets, walls, anyPolicy, signIns, (policies, wall, make, attempt) => {
      fc.pre(decide([...policies, wall], attempt).outcome === 'blocked')

      expect(decide([...policies, wall, make('added')], attempt).outcome).not.toBe('granted')
    }), runs)
  })

  it('a block that applies wins, wherever it stands and whatever else is wanted', () => {
    fc.assert(fc.property(policySets, fc.nat(8), signIns, (policies, at, attempt) => {
      fc.pre(attempt.target.userAction === null && attempt.identity.kind === 'user')
      const decision = decide(policies.toSpliced(at, 0, policy({ id: 'wall' })), attempt)

      expect(decision).toMatchObject({ outcome: 'blocked', challenges: [], blocked: { by: 'block' } })
      expect(decision.blocked!.policyIds).toContain('wall')
    }), runs)
  })

  it('disabled and report-only policies change nothing', () => {
    fc.assert(fc.property(policySets, signIns, (policies, attempt) => {
      const { policies: _, ...rest } = decide(policies, attempt)
      const { policies: __, ...without } = decide(policies.filter(({ state }) => state === 'enabled'), attempt)

      expect(rest).toEqual(without)
    }), runs)
  })

  it('the order of policies never matters', () => {
    fc.assert(fc.property(policySets.chain((policies) => fc.tuple(fc.constant(policies), fc.shuffledSubarray([...policies], { minLength: policies.length }))), signIns, ([policies, shuffled], attempt) => {
      expect(decide(shuffled, attempt)).toEqual(decide(policies, attempt))
    }), runs)
  })

  it('an IPv4 address written as IPv6 is the same address', () => {
    fc.assert(fc.property(policySets, signIns, ipv4Addresses, (policies, attempt, text) => {
      const from = (ipAddress: string) => ({ ...attempt, conditions: { ...attempt.conditions, ipAddress } })
      const told = (ipAddress: string) => JSON.stringify(decide(policies, from(ipAddress))).replaceAll(ipAddress, 'here')

      expect(told(`::ffff:${text}`)).toBe(told(text))
    }), runs)
  })

  it('the short answer is the long one without the reasons, and both survive JSON', () => {
    fc.assert(fc.property(policySets, signIns, (policies, attempt) => {
      const policySet = compile(anySource(policies))
      const { outcome, challenges, blocked, session, ...rest } = policySet.evaluate(attempt)

      expect(policySet.decide(attempt)).toEqual({ outcome, challenges, blocked, session })
      expect(JSON.parse(JSON.stringify({ outcome, challenges, blocked, session, ...rest }))).toEqual({ outcome, challenges, blocked, session, ...rest })
    }), runs)
  })

  it('it is blocked, interrupted or granted, and says which by its members', () => {
    fc.assert(fc.property(policySets, signIns, (policies, attempt) => {
      const { outcome, challenges, blocked, policies: standings } = decide(policies, attempt)

      expect({ isAsked: challenges.length > 0, isRefused: blocked !== null }).toEqual({ isAsked: outcome === 'interrupted', isRefused: outcome === 'blocked' })
      expect(standings.some(({ result }) => result === 'failure')).toBe(outcome !== 'granted')
      for (const { reason } of standings) expect(reason).toMatch(/^"P\d" .+\.$/)
    }), runs)
  })
})

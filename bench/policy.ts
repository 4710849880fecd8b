import { compile, type NamedLocation, type Policy, type PolicySource, type SignIn } from '../src/policy/index.ts'
import { parseAddress, parseCidr } from '../src/policy/address.ts'

/**
 * How fast is a tenant at Entra's own limits? 240 policies, 195 named locations of 2,000 ranges each, a user in 200
 * groups whom the directory knows, and an address as text that is new each time. Beside it a plain scan of the same
 * ranges, in the same run.
 */
const size = { policies: 240, locations: 195, ranges: 2_000, groups: 200, sample: 20_000 }

function run(): void {
  const namedLocations = Array.from({ length: size.locations }, (_, at) => locationAt(at))
  const policies = Array.from({ length: size.policies }, (_, at) => policyAt(at))
  const source: PolicySource = {
    policies,
    namedLocations,
    authenticationStrengths: [],
    licence: 'P2',
    securityDefaults: false,
    mfaServiceSettings: { trustedIps: ['192.0.2.0/25'], skipMfaForFederatedUsersOnIntranet: false, rememberMfaDays: 0 },
    lowPrivilegeScopeEnforcement: 'enforced',
    inboundTrust: { mfa: false, compliantDevice: false, hybridDevice: false },
  }

  const [parsing, policySet] = timed(() => compile(source))
  const again = timed(() => compile({ ...source, namedLocations: [...namedLocations.slice(1), namedLocations[0]!] }))[0]
  const changed = median(Array.from({ length: 21 }, (_, at) => timed(() => compile({ ...source, policies: policies.with(at, { ...policies[at]!, state: 'disabled' }) }))[0]))

  const outcomes = new Map<string, number>()
  let applied = 0
  const texts = Array.from({ length: size.sample * 3 }, anyAddress)
  for (const text of texts.slice(0, size.sample)) {
    const { outcome, policies: standings } = policySet.evaluate(signInFrom(text))
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    applied += standings.filter(({ applies }) => applies).length / size.sample
    if (standings.length !== size.policies) throw new Error('a policy is missing from the decision')
  }
  const deciding = perCall(texts.slice(size.sample, size.sample * 2), signInFrom, (signIn) => policySet.decide(signIn))
  const writing = perCall(texts.slice(size.sample * 2), signInFrom, (signIn) => policySet.evaluate(signIn))
  const scanned = namedLocations.map(writtenDown)
  const scanning = perCall(texts.slice(0, 200), (text) => text, (text) => plainScan(scanned, text))

  const lines: [string, string][] = [
    ['compile, ranges parsed for the first time', `${parsing.toFixed(0)} ms`],
    ['compile, from parsed locations', `${again.toFixed(0)} ms`],
    ['compile, after a change of one policy', `${changed.toFixed(2)} ms`],
    ['decide (outcome, what is owed, session limits)', `${deciding.toFixed(2)} µs median`],
    ['evaluate (every policy with its result and reason)', `${writing.toFixed(1)} µs median`],
    ['a plain scan of the ranges alone', `${scanning.toFixed(0)} µs median`],
  ]
  console.log(`${size.policies} policies, ${size.locations} locations of ${size.ranges} ranges, a user in ${size.groups} groups; ${applied.toFixed(0)} policies apply on average; ${JSON.stringify(Object.fromEntries(outcomes))}`)
  for (const [what, figure] of lines) console.log(`${what.padEnd(52)} ${figure}`)
}

function locationAt(at: number): NamedLocation {
  return {
    '@odata.type': '#microsoft.graph.ipNamedLocation',
    id: guid(1, at),
    displayName: `Location ${at}`,
    isTrusted: at % 4 === 0,
    ipRanges: Array.from({ length: size.ranges }, () => ({
      '@odata.type': '#microsoft.graph.iPv4CidrRange' as const,
      cidrAddress: `${anyAddress()}/${16 + Math.floor(random() * 13)}`,
    })),
  }
}

function policyAt(at: number): Policy {
  const withLocation = at % 2 === 0
  const all = at % 3 === 0

  return {
    id: guid(2, at),
    displayName: `Policy ${String(at).padStart(3, '0')}`,
    state: at % 10 === 9 ? 'enabledForReportingButNotEnforced' : 'enabled',
    conditions: {
      users: {
        includeUsers: all ? ['All'] : [], excludeUsers: [], includeGroups: all ? [] : [guid(3, at % 300)], excludeGroups: [guid(3, 400 + at)],
        includeRoles: [], excludeRoles: [], includeGuestsOrExternalUsers: null, excludeGuestsOrExternalUsers: null,
      },
      applications: {
        includeApplications: at % 4 === 0 ? ['All'] : [guid(4, at % 8)], excludeApplications: [], includeUserActions: [],
        includeAuthenticationContextClassReferences: [], applicationFilter: null,
      },
      clientAppTypes: at % 5 === 0 ? ['browser', 'mobileAppsAndDesktopClients'] : ['all'],
      locations: withLocation ? { includeLocations: ['All'], excludeLocations: at % 4 === 0 ? ['AllTrusted'] : [guid(1, at % 195), guid(1, (at * 7) % 195)] } : null,
      platforms: at % 7 === 0 ? { includePlatforms: ['all'], excludePlatforms: ['iOS', 'android'] } : null,
      devices: at % 11 === 0 ? { deviceFilter: { mode: 'exclude', rule: 'device.isCompliant -eq True -or device.trustType -eq "ServerAD"' } } : null,
      signInRiskLevels: at % 13 === 0 ? ['high'] : [], userRiskLevels: [], servicePrincipalRiskLevels: [], insiderRiskLevels: null,
      clientApplications: null, authenticationFlows: null,
    },
    grantControls: at % 6 === 5 ? null : { operator: 'OR', builtInControls: at % 40 === 2 ? ['block'] : at % 3 === 0 ? ['mfa'] : ['mfa', 'compliantDevice'], customAuthenticationFactors: [], termsOfUse: [], authenticationStrength: null },
    sessionControls: at % 6 === 5
      ? {
          applicationEnforcedRestrictions: null, cloudAppSecurity: null, persistentBrowser: null, disableResilienceDefaults: null, secureSignInSession: null, continuousAccessEvaluation: null,
          signInFrequency: { isEnabled: true, value: 8 + (at % 3), type: 'hours', authenticationType: 'primaryAndSecondaryAuthentication', frequencyInterval: 'timeBased' },
        }
      : null,
  }
}

function signInFrom(ipAddress: string): SignIn {
  const hasMfa = ipAddress.length % 2 === 0

  return { ...template, session: hasMfa ? session : { ...session, methods: session.methods.slice(0, 1) }, conditions: { ...conditions, ipAddress } }
}

/** What it costs to look at every range, written down once as numbers. */
function plainScan(scanned: readonly Uint32Array[], text: string): number {
  const word = parseAddress(text)!.words[0]!
  let found = 0
  for (const ranges of scanned) {
    for (let at = 0; at < ranges.length; at += 2) {
      if (ranges[at]! <= word && word <= ranges[at + 1]!) {
        found++
        break
      }
    }
  }

  return found
}

function writtenDown(location: NamedLocation): Uint32Array {
  const ranges = 'ipRanges' in location ? location.ipRanges : []

  return Uint32Array.from(ranges.flatMap((range) => ('cidrAddress' in range ? parseCidr(range.cidrAddress) ?? [] : [])).flatMap(({ lower, upper }) => [lower[0]!, upper[0]!]))
}

/** Microseconds for one call, the median over many small batches. */
function perCall<Input>(texts: readonly string[], inputFrom: (text: string) => Input, call: (input: Input) => unknown): number {
  for (const text of texts.slice(0, 2_000)) call(inputFrom(text))
  const batch = Math.max(1, Math.floor(texts.length / 200))
  const rounds: number[] = []
  for (let at = 0; at + batch <= texts.length; at += batch) {
    // The text is made anew, so that nothing is remembered by it.
    const fresh = texts.slice(at, at + batch).map((text) => inputFrom(text.split('').join('')))
    const start = performance.now()
    for (const input of fresh) call(input)
    rounds.push(((performance.now() - start) * 1_000) / batch)
  }

  return median(rounds)
}

function timed<T>(work: () => T): [number, T] {
  const start = performance.now()
  const result = work()

  return [performance.now() - start, result]
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[numbers.length >> 1]!
}

function anyAddress(): string {
  return [1 + Math.floor(random() * 222), 0, 0, 0].map((octet) => octet || Math.floor(random() * 256)).join('.')
}

function guid(kind: number, at: number): string {
  return `${String(kind).padStart(8, '0')}-0000-4000-8000-${String(at).padStart(12, '0')}`
}

function seeded(seed: number): () => number {
  let state = seed

  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0

    return state / 2 ** 32
  }
}

const conditions: SignIn['conditions'] = {
  ipAddress: null, country: 'DE', gpsCountry: null, insideCorporateNetwork: false, isCompliantNetwork: false, clientAppType: 'browser', platform: 'windows',
  device: { isCompliant: false, trustType: 'AzureAD' }, signInRiskLevel: 'none', userRiskLevel: 'none', servicePrincipalRiskLevel: 'none', insiderRiskLevel: 'none',
  transferMethod: null, originalTransferMethod: null, isApprovedApplication: false, isCompliantApplication: false,
}
const template: Omit<SignIn, 'conditions' | 'session'> = {
  identity: {
    kind: 'user', id: guid(5, 1), userType: 'Member', externalUserType: null, homeTenantId: null, groupIds: Array.from({ length: size.groups }, (_, at) => guid(3, at)),
    roleTemplateIds: [], registeredMethods: ['password', 'softwareOath'], federation: null,
  },
  target: { resources: [guid(4, 3)], scopes: [], userAction: null, authenticationContexts: [], client: { appId: guid(4, 99), isConfidential: false, isSinglePageApplication: false } },
  isInteractive: true,
  now: 3_600_000,
}
const session: SignIn['session'] = {
  methods: [{ method: 'password', at: 0 }, { method: 'softwareOath', at: 0 }], isPersistent: false, acceptedTermsOfUse: [], passedCustomFactors: [],
  isMfaAssertedByFederation: false, isMfaAssertedByHomeTenant: false, passwordChangedAt: null,
}

const random = seeded(20_260_105)
run()

import { checkNamedLocation, checkPolicy, builtInStrengths, combinations, type Problem as PolicyProblem, type ValidationContext } from '../policy/index.ts'
import type { NamedLocation } from '../policy/named-location.ts'
import type { AuthenticationStrength } from '../policy/policy-set.ts'
import type { Policy } from '../policy/policy.ts'
import { badRequest, DirectoryRefusal, unknownName, type Problem } from './refusal.ts'
import type { Agreement, AuthenticationContext, Directory, TenantSettings } from './types.ts'

/** A policy as the tenant keeps it, or the refusal that Graph would answer with. Policies are understood in the policy room. */
export function judgedPolicy(written: Policy, directory: Directory): Policy {
  const { policy, problems } = checkPolicy(written, {
    ...contextOf(directory),
    known: knownIds(directory),
    counts: { policies: others(directory.list('conditionalAccessPolicies'), written.id) },
  })
  if (policy === null) throw refusalOf(problems)

  return policy
}

/** A named location as the tenant keeps it, or the refusal that Graph would answer with. */
export function judgedLocation(written: NamedLocation, directory: Directory): NamedLocation {
  const { location, problems } = checkNamedLocation(written, {
    ...contextOf(directory),
    counts: { namedLocations: others(directory.list('namedLocations'), written.id) },
  })
  if (location === null) throw refusalOf(problems)

  return location
}

/** A custom authentication strength; the built-in ones are as they are. */
export function judgedStrength(strength: AuthenticationStrength): AuthenticationStrength {
  const builtIn = builtInStrengths.find(({ id }) => id === strength.id.toLowerCase())
  if (builtIn) throw badStrength(`"${builtIn.displayName}" is built in and cannot be changed. Make a custom strength.`)
  const problems = problemsOfStrength(strength)
  if (problems.length > 0) throw badRequest(problems)

  return { ...strength, policyType: 'custom' }
}

/** What an authentication strength says wrong. */
export function problemsOfStrength({ displayName, allowedCombinations, combinationConfigurations = [] }: AuthenticationStrength): readonly Problem[] {
  const unnamed = displayName.trim() === '' ? [{ path: 'displayName', message: 'An authentication strength needs a displayName.' }] : []
  const empty = allowedCombinations.length === 0 ? [{ path: 'allowedCombinations', message: 'A strength allows at least one combination of methods.' }] : []
  const unknown = allowedCombinations.flatMap((combination, index) =>
    combinations.includes(combination) ? [] : [unknownName(`allowedCombinations[${index}]`, `"${combination}" is not a combination that can be asked for`, combination, combinations)])
  const idle = combinationConfigurations.flatMap(({ appliesToCombinations }, index) =>
    appliesToCombinations.filter((one) => !allowedCombinations.includes(one)).map((one) => unknownName(`combinationConfigurations[${index}].appliesToCombinations`, `"${one}" is no combination of this strength`, one, allowedCombinations)))

  return [...unnamed, ...empty, ...unknown, ...idle]
}

/** What a tenant may hold, where its settings say otherwise than the service. */
export function limitsOf({ settings: { limits } }: TenantSettings): NonNullable<ValidationContext['limits']> {
  const policies = limit(limits.policies, 'perTenant')
  const namedLocations = limit(limits.namedLocations, 'perTenant')
  const rangesPerLocation = limit(limits.namedLocations, 'rangesPerLocation')

  return {
    ...(policies === undefined ? {} : { policies }),
    ...(namedLocations === undefined ? {} : { namedLocations }),
    ...(rangesPerLocation === undefined ? {} : { rangesPerLocation }),
  }
}

/** A limit, written as a number or as `{ value }`, alone or among others. */
function limit(written: unknown, member: string): number | undefined {
  if (typeof written === 'number') return written
  if (typeof written !== 'object' || written === null) return undefined
  const inside = (written as Readonly<Record<string, unknown>>)[member] ?? (written as Readonly<Record<string, unknown>>).value

  return typeof inside === 'number' ? inside : limit(inside, 'value')
}

/** A trusted location stays until it is not trusted any more; one that a policy names, until none does. */
export function refuseLocationRemoval(location: NamedLocation, directory: Directory): void {
  if ('isTrusted' in location && location.isTrusted) {
    throw ruled('TrustedLocationCannotBeDeleted', `"${location.displayName}" is trusted. Set isTrusted to false first.`)
  }
  const policy = directory.list('conditionalAccessPolicies').find(({ conditions: { locations } }) =>
    [...(locations?.includeLocations ?? []), ...(locations?.excludeLocations ?? [])].includes(location.id),
  )
  if (policy) throw ruled('NamedLocationInUse', `The policy "${policy.displayName}" names "${location.displayName}". Take it out of the policy first.`)
}

/** The built-in strengths stay, and so does one that a policy asks for. */
export function refuseStrengthRemoval(strength: AuthenticationStrength, directory: Directory): void {
  if (strength.policyType === 'builtIn') throw badStrength(`"${strength.displayName}" is built in and cannot be removed.`)
  const policy = directory.list('conditionalAccessPolicies').find(({ grantControls }) => grantControls?.authenticationStrength?.id === strength.id)
  if (policy) throw badStrength(`The policy "${policy.displayName}" asks for "${strength.displayName}". Take it out of the policy first.`)
}

/** An authentication context that applications may use stays; one that a policy is about, until none is (reference 6.4). */
export function refuseContextRemoval({ id, displayName, isAvailable }: AuthenticationContext, directory: Directory): void {
  if (isAvailable) throw ruled('AuthenticationContextInUse', `"${displayName}" is published to applications. Set isAvailable to false first.`)
  const policy = directory.list('conditionalAccessPolicies').find(({ conditions: { applications } }) => applications.includeAuthenticationContextClassReferences.includes(id))
  if (policy) throw ruled('AuthenticationContextInUse', `The policy "${policy.displayName}" is about "${displayName}". Take it out of the policy first.`)
}

/** Terms of use that a policy asks for stay until none does. */
export function refuseAgreementRemoval(agreement: Agreement, directory: Directory): void {
  const policy = directory.list('conditionalAccessPolicies').find(({ grantControls }) => grantControls?.termsOfUse.includes(agreement.id))
  if (policy) throw ruled('AgreementInUse', `The policy "${policy.displayName}" asks for "${agreement.displayName}". Take it out of the policy first.`)
}

function contextOf({ settings }: Directory): ValidationContext {
  return { licence: settings.licence, securityDefaults: settings.securityDefaults, limits: limitsOf(settings), keepsReadOnly: true }
}

/** What a policy may only name if it is there. Users, groups and applications may be gone: Graph takes their ids still. */
function knownIds(directory: Directory): ValidationContext['known'] {
  return {
    namedLocations: directory.list('namedLocations').map(({ id }) => id),
    authenticationStrengths: directory.list('authenticationStrengths').map(({ id }) => id),
    authenticationContexts: directory.list('authenticationContextClassReferences').map(({ id }) => id),
    termsOfUse: directory.list('agreements').map(({ id }) => id),
  }
}

function others(list: readonly { readonly id: string }[], id: string): number {
  return list.filter((other) => other.id !== id).length
}

/** The policy room's problems as a refusal: Graph's words for the first, ours for each. */
function refusalOf(problems: readonly PolicyProblem[]): DirectoryRefusal {
  const [first] = problems

  return new DirectoryRefusal(first?.code ?? 'BadRequest', first?.status ?? 400, problems.map(inOurWords), first?.message)
}

export function inOurWords({ path, detail }: PolicyProblem): Problem {
  return { path, message: detail.endsWith('.') || detail.endsWith('?') ? detail : `${detail}.` }
}

function badStrength(message: string): DirectoryRefusal {
  return new DirectoryRefusal('BadRequest', 400, [{ path: '', message }])
}

function ruled(reason: string, message: string): DirectoryRefusal {
  return new DirectoryRefusal('BadRequest', 400, [{ path: '', message }], `1032: ConditionalActionPolicy validation failed due to ${reason}. ${message}`)
}

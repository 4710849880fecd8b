import type { NamedLocation } from '../policy/named-location.ts'
import type { AuthenticationStrength } from '../policy/policy-set.ts'
import type { Policy } from '../policy/policy.ts'
import { DirectoryRefusal, type Problem } from './refusal.ts'
import type { Collection, Directory, Entities } from './types.ts'
import { builtInStrengths } from './well-known.ts'

type Found = readonly Problem[] | DirectoryRefusal

/** Why this tenant takes no such entity at all, whatever it says: no licence, security defaults, built in. Null = it may. */
export function whatStandsAgainst<C extends Collection>(collection: C, entity: Entities[C], directory: Directory): DirectoryRefusal | null {
  return (gates[collection] as Gate<Entities[C]> | undefined)?.(entity, directory) ?? null
}

type Gate<E> = (entity: E, directory: Directory) => DirectoryRefusal | null

const gates: { readonly [C in Collection]?: Gate<Entities[C]> } = {
  conditionalAccessPolicies({ conditions, state }, { settings: { licence, securityDefaults } }) {
    const hasRisk = conditions.signInRiskLevels.length > 0 || conditions.userRiskLevels.length > 0
    if (licence === 'none' || licence === 'lapsed' || (licence === 'P1' && hasRisk)) return notLicensed()

    return securityDefaults && state === 'enabled' ? securityDefaultsAreOn() : null
  },
  authenticationStrengths: (strength) => (isBuiltIn(strength.id) ? badStrength(`"${strength.displayName}" is built in and cannot be changed. Make a custom strength.`) : null),
}

/** What a policy says wrong. */
export function problemsOfPolicy(_policy: Policy, _directory: Directory): readonly Problem[] {
  return []
}

/** What a named location says wrong. */
export function problemsOfLocation(_location: NamedLocation, _directory: Directory): readonly Problem[] {
  return []
}

/** What an authentication strength says wrong. */
export function problemsOfStrength(_strength: AuthenticationStrength, _directory: Directory): readonly Problem[] {
  return []
}

/** A trusted location stays until it is not trusted any more; one that a policy names, until none does. */
export function problemsOfLocationRemoval(location: NamedLocation, directory: Directory): Found {
  if ('isTrusted' in location && location.isTrusted) {
    return ruled('TrustedLocationCannotBeDeleted', `"${location.displayName}" is trusted. Set isTrusted to false first.`)
  }
  const policy = directory.list('conditionalAccessPolicies').find(({ conditions: { locations } }) =>
    [...(locations?.includeLocations ?? []), ...(locations?.excludeLocations ?? [])].includes(location.id),
  )

  return policy ? ruled('NamedLocationInUse', `The policy "${policy.displayName}" names "${location.displayName}". Take it out of the policy first.`) : []
}

/** The built-in strengths stay, and so does one that a policy asks for. */
export function problemsOfStrengthRemoval(strength: AuthenticationStrength, directory: Directory): Found {
  if (isBuiltIn(strength.id)) return badStrength(`"${strength.displayName}" is built in and cannot be removed.`)
  const policy = directory.list('conditionalAccessPolicies').find(({ grantControls }) => grantControls?.authenticationStrength?.id === strength.id)

  return policy ? badStrength(`The policy "${policy.displayName}" asks for "${strength.displayName}". Take it out of the policy first.`) : []
}

function isBuiltIn(id: string): boolean {
  return builtInStrengths.some((strength) => strength.id === id)
}

function badStrength(message: string): DirectoryRefusal {
  return new DirectoryRefusal('BadRequest', 400, [{ path: '', message }])
}

function notLicensed(): DirectoryRefusal {
  const message = 'Your tenant is not licensed for this feature. Please upgrade your subscription to access it.'

  return new DirectoryRefusal('AccessDenied', 403, [{ path: '', message }])
}

function securityDefaultsAreOn(): DirectoryRefusal {
  const message = 'Security Defaults is enabled in the tenant. You must disable Security defaults before enabling a Conditional Access policy.'

  return new DirectoryRefusal('BadRequest', 400, [{ path: 'state', message }], message)
}

function ruled(reason: string, message: string): DirectoryRefusal {
  return new DirectoryRefusal('BadRequest', 400, [{ path: '', message }], `1032: ConditionalActionPolicy validation failed due to ${reason}. ${message}`)
}

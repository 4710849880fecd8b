import { mapReferences, mfaTrustedIpsLocation, type ReferenceKind } from '../../policy/index.ts'
import type { Problem } from '../refusal.ts'
import { isGuid } from '../ids.ts'
import type { Kind, Names } from './names.ts'

/** What resolving needs: who is known, and where to say that somebody is not. */
export type Resolver = Report & { readonly names: Names }

/** Who is told of what a file holds: what is wrong, what is odd, and what says nothing and was left out. */
export type Report = { problem(problem: Problem): void; note(text: string): void; dropped(path: string, why: string): void }

/** A list of names as the ids they mean; what means nothing is reported and left out. */
export function idsOf(resolver: Resolver, kinds: readonly Kind[], written: readonly string[] | undefined, path: string): readonly string[] {
  return (written ?? []).flatMap((text, index) => (text === undefined ? [] : resolver.names.resolve(kinds, text, `${path}[${index}]`, resolver.problem) ?? []))
}

/** What a policy may name, as this file knows it. */
const kinds: Readonly<Record<ReferenceKind, Kind>> = {
  user: 'users',
  group: 'groups',
  role: 'roles',
  application: 'applications',
  namedLocation: 'namedLocations',
  authenticationStrength: 'authenticationStrengths',
  authenticationContext: 'authenticationContextClassReferences',
  servicePrincipal: 'servicePrincipals',
  termsOfUse: 'agreements',
}

/** What must be there to be named; who else is meant may be gone, and Graph takes the id still. */
const strict: ReadonlySet<ReferenceKind> = new Set(['namedLocation', 'authenticationStrength', 'authenticationContext', 'termsOfUse'])
/** What the MFA service's own location is called. */
export const trustedIpsNames: ReadonlySet<string> = new Set(['mfa trusted ips', 'multifactor authentication trusted ips'])

/** Stands where a name means nothing, once that is reported: so that nothing more is said of it. */
export const unresolved = 'ffffffff-ffff-4fff-8fff-ffffffffffff'

/** A policy as it was written, with the ids that its names mean. */
export function withIds(resolver: Resolver, policy: unknown, at: string): unknown {
  return mapReferences(policy, (kind, text, path) => {
    const place = `${at}.${path}`
    if (kind === 'namedLocation' && trustedIpsNames.has(text.toLowerCase())) return mfaTrustedIpsLocation
    if (isGuid(text) && !strict.has(kind) && !resolver.names.has([kinds[kind]], text)) {
      if (kind !== 'application') resolver.note(`${place}: nothing here has the id "${text}"; it matches nobody.`)

      return text.toLowerCase()
    }

    return resolver.names.resolve([kinds[kind]], text, place, resolver.problem) ?? unresolved
  })
}

import type { Problem } from '../refusal.ts'
import { isGuid } from '../ids.ts'
import { isObject, joined } from './cleaned.ts'
import type { Kind, Names } from './names.ts'

/** What resolving needs: who is known, and where to say that somebody is not. */
export type Resolver = { readonly names: Names; problem(problem: Problem): void; note(text: string): void }

/** A list of names as the ids they mean; what means nothing is reported and left out. */
export function idsOf(resolver: Resolver, kinds: readonly Kind[], written: readonly string[] | undefined, path: string): readonly string[] {
  return (written ?? []).flatMap((text, index) => (text === undefined ? [] : resolver.names.resolve(kinds, text, `${path}[${index}]`, resolver.problem) ?? []))
}

/** Where a policy names others, what it may name there, and the words that are no names. */
type Reference = {
  readonly path: readonly string[]
  readonly kind: Kind
  readonly keywords: readonly string[]
  /** Graph takes an id that nobody has: whom it meant may be gone. */
  readonly isLenient: boolean
}

const mfaTrustedIps = '00000000-0000-0000-0000-000000000000'
const keywordsOfUsers = ['All', 'None', 'GuestsOrExternalUsers', 'AllAgentIdUsers']
const keywordsOfApplications = ['All', 'None', 'Office365', 'MicrosoftAdminPortals', 'AllAgentIdResources']

const references: readonly Reference[] = (['include', 'exclude'] as const).flatMap((side) => [
  { path: ['conditions', 'users', `${side}Users`], kind: 'users', keywords: keywordsOfUsers, isLenient: true },
  { path: ['conditions', 'users', `${side}Groups`], kind: 'groups', keywords: ['All'], isLenient: true },
  { path: ['conditions', 'users', `${side}Roles`], kind: 'roles', keywords: ['All'], isLenient: true },
  { path: ['conditions', 'applications', `${side}Applications`], kind: 'applications', keywords: keywordsOfApplications, isLenient: true },
  { path: ['conditions', 'locations', `${side}Locations`], kind: 'namedLocations', keywords: ['All', 'AllTrusted', mfaTrustedIps], isLenient: false },
  { path: ['conditions', 'clientApplications', `${side}ServicePrincipals`], kind: 'servicePrincipals', keywords: ['ServicePrincipalsInMyTenant'], isLenient: true },
])

/** A policy as it was written, with the ids that its names mean. Members nobody expects stay, for the policy's own check. */
export function withIds(resolver: Resolver, policy: Readonly<Record<string, unknown>>, path: string): Readonly<Record<string, unknown>> {
  const resolved = references.reduce((rest, reference) => inPlace(rest, reference.path, path, (list, at) => resolvedList(resolver, reference, list, at)), policy)

  return inPlace(resolved, ['grantControls', 'authenticationStrength'], path, (strength, at) => resolvedStrength(resolver, strength, at))
}

function resolvedList(resolver: Resolver, { kind, keywords, isLenient }: Reference, list: unknown, path: string): unknown {
  if (!Array.isArray(list)) return list

  return list.flatMap((text: unknown, index) => {
    if (typeof text !== 'string' || keywords.some((keyword) => keyword.toLowerCase() === text.toLowerCase())) return [text]
    const at = `${path}[${index}]`
    if (kind === 'namedLocations' && trustedIpsNames.has(text.toLowerCase())) return [mfaTrustedIps]
    if (isLenient && isGuid(text) && !resolver.names.has([kind], text)) {
      if (kind !== 'applications') resolver.note(`${at}: nobody here has the id "${text}"; it matches nobody.`)

      return [text.toLowerCase()]
    }

    return resolver.names.resolve([kind], text, at, resolver.problem) ?? []
  })
}

const trustedIpsNames = new Set(['mfa trusted ips', 'multifactor authentication trusted ips'])

function resolvedStrength(resolver: Resolver, strength: unknown, path: string): unknown {
  const name = typeof strength === 'string' ? strength : isObject(strength) ? strength.id ?? strength.displayName : undefined
  if (typeof name !== 'string') return strength
  const id = resolver.names.resolve(['authenticationStrengths'], name, path, resolver.problem)

  return id === undefined ? null : { id }
}

/** A copy in which the member at the end of `keys` (in any case) is what `change` makes of it. */
function inPlace(
  value: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  path: string,
  change: (value: unknown, path: string) => unknown,
): Readonly<Record<string, unknown>> {
  const [key, ...rest] = keys
  const member = Object.keys(value).find((name) => name.toLowerCase() === key?.toLowerCase())
  if (member === undefined) return value
  const at = joined(path, member)
  const inner = value[member]
  if (rest.length === 0) return { ...value, [member]: change(inner, at) }

  return isObject(inner) ? { ...value, [member]: inPlace(inner, rest, at, change) } : value
}

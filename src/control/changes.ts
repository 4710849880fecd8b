import * as v from 'valibot'
import type { Domain, SettingsChange, TenantData, TenantSettings } from '../directory/types.ts'
import { anyObject, members, oneOf, text, truth, whole } from './validate.ts'
import { collectionNames, tenantFrom, writtenTenant } from './written.ts'

/**
 * What may be said of a tenant to change it, or to have a sandbox that differs from its model. Objects are merged member by
 * member and domains by their name; any other list of the tenant file takes the place of the one there was.
 */
export const tenantMembers = {
  displayName: v.optional(text),
  profile: v.optional(oneOf('entra', 'standard')),
  licence: v.optional(oneOf('none', 'lapsed', 'P1', 'P2')),
  securityDefaults: v.optional(truth),
  mfaServiceSettings: v.optional(members({
    trustedIps: v.optional(v.array(text, 'is not a list of IPv4 ranges.')),
    skipMfaForFederatedUsersOnIntranet: v.optional(truth),
    rememberMfaDays: v.optional(whole(0, 365)),
  })),
  settings: v.optional(members({
    kmsiPromptEnabled: v.optional(truth),
    lowPrivilegeScopeEnforcement: v.optional(oneOf('legacy', 'enforced')),
    hourlyPolicyCheck: v.optional(truth),
    inboundTrust: v.optional(members({ mfa: v.optional(truth), compliantDevice: v.optional(truth), hybridDevice: v.optional(truth) })),
    smartLockout: v.optional(members({ threshold: v.optional(whole(1, 1_000_000)), seconds: v.optional(whole(1, 31_536_000)) })),
    limits: v.optional(anyObject),
  })),
  countries: v.optional(v.record(v.string(), v.nullable(text), 'is not an object of ranges and countries.')),
  ...Object.fromEntries(collectionNames.map((collection) => [collection, v.optional(v.array(anyObject, 'is not a list of objects.'))])),
}

/** A wish as these members let it through. */
export type TenantWish = SettingsWish & Readonly<Record<string, unknown>>

type SettingsWish = Partial<Pick<TenantSettings, 'displayName' | 'profile' | 'licence' | 'securityDefaults'>> & {
  readonly mfaServiceSettings?: Partial<TenantSettings['mfaServiceSettings']>
  readonly settings?: { readonly [M in Exclude<keyof TenantSettings['settings'], 'activatedRoles'>]?: Partial<TenantSettings['settings'][M]> }
  readonly countries?: Readonly<Record<string, string | null>>
}

/** Whether no list is said, so that nothing but the settings changes. */
export const isSettingsOnly = (wish: TenantWish) => collectionNames.every((collection) => wish[collection] === undefined)

/** The tenant as somebody wants it, read as a tenant file is, so that names will do for ids and nothing wrong gets in. */
export async function tenantChanged(now: TenantData, wish: TenantWish): Promise<TenantData> {
  const { settings = {}, mfaServiceSettings = {}, ...change } = settingsChange(now, wish)
  // What the members themselves have checked needs no second reader: a sandbox should cost next to nothing.
  const isPlain = isSettingsOnly(wish) && wish.mfaServiceSettings === undefined && wish.countries === undefined
  if (isPlain) return { ...now, ...change, settings: { ...now.settings, ...settings } }

  const lists = Object.fromEntries(collectionNames.flatMap((collection) => (wish[collection] === undefined ? [] : [[collection, wish[collection]]])))

  return tenantFrom({
    ...writtenTenant(now),
    ...change,
    settings: { ...now.settings, ...settings },
    mfaServiceSettings: { ...now.mfaServiceSettings, ...mfaServiceSettings },
    ...lists,
    domains: mergedDomains(now.domains, (lists.domains ?? []) as readonly Written[]),
  })
}

/** The directory replaces what is inside `settings`; here a member says only what changes. */
export function settingsChange(now: TenantSettings, wish: SettingsWish): SettingsChange {
  const { displayName, profile, licence, securityDefaults, mfaServiceSettings = {}, settings = {}, countries } = wish
  const { inboundTrust, smartLockout, limits, ...plain } = settings
  const nested = {
    ...(inboundTrust ? { inboundTrust: { ...now.settings.inboundTrust, ...inboundTrust } } : {}),
    ...(smartLockout ? { smartLockout: { ...now.settings.smartLockout, ...smartLockout } } : {}),
    ...(limits ? { limits: withoutNulls({ ...now.settings.limits, ...limits }) } : {}),
  }

  return {
    ...withoutUndefined({ displayName, profile, licence, securityDefaults }),
    mfaServiceSettings,
    settings: { ...plain, ...nested },
    ...(countries ? { countries: withoutNulls({ ...now.countries, ...countries }) } : {}),
  }
}

type Written = Readonly<Record<string, unknown>>

/** A domain that is there keeps what is not said, and the others stay; any new one is added. */
function mergedDomains(now: readonly Domain[], wishes: readonly Written[]): readonly unknown[] {
  const merged = new Map<string, Written>(now.map((domain) => [domain.id, domain]))
  for (const wish of wishes) {
    const id = String(wish.id).toLowerCase()
    const before = merged.get(id)
    const federation = { ...(before?.federation as object | null), ...(wish.federation as object | null) }
    merged.set(id, { ...before, ...wish, ...(Object.keys(federation).length > 0 && wish.federation !== null ? { federation } : {}) })
  }

  return [...merged.values()]
}

/** `null` takes a member away. */
function withoutNulls<T>(members: Readonly<Record<string, T>>): Record<string, NonNullable<T>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null)) as Record<string, NonNullable<T>>
}

function withoutUndefined<T extends object>(members: T): { [M in keyof T]?: Exclude<T[M], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never
}

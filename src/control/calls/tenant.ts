import * as v from 'valibot'
import type { Directory, Domain, SettingsChange, TenantSettings } from '../../directory/types.ts'
import { tenantCall } from '../call.ts'
import { anyObject, members, oneOf, text, truth, whole } from '../validate.ts'
import { collectionNames, tenantFrom, writtenTenant } from '../written.ts'

/** What the tenant is, apart from who and what is in it. */
export const readTenant = tenantCall({
  method: 'GET',
  path: '/tenant',
  summary: 'The tenant\'s licence, settings and domains',
  answer: ({ tenant }) => shown(tenant.directory),
})

/**
 * Changes the tenant itself. Objects are merged member by member and domains by their name; any other list of the tenant
 * file takes the place of the one there was.
 */
export const changeTenant = tenantCall({
  method: 'PATCH',
  path: '/tenant',
  summary: 'Change licence, security defaults, MFA service settings, settings, domains, …; what is left out stays',
  body: members({
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
  }),
  async answer({ tenant: { directory }, body }) {
    const lists = Object.fromEntries(Object.entries(body).filter(([name]) => isCollection(name))) as Lists
    const wish = Object.fromEntries(Object.entries(body).filter(([name]) => !isCollection(name))) as SettingsWish
    const change = merged(directory.settings, wish)
    if (Object.keys(lists).length === 0) await directory.patchSettings(change)
    else await directory.replace(await withLists(directory, change, lists))

    return shown(directory)
  },
})

type Lists = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>

const isCollection = (name: string) => (collectionNames as readonly string[]).includes(name)

/** The tenant with whole lists replaced, read as a tenant file is, so that names will do for ids. */
async function withLists(directory: Directory, change: SettingsChange, lists: Lists) {
  const now = directory.snapshot()
  const { domains, ...others } = lists

  return tenantFrom({
    ...writtenTenant(now),
    ...change,
    settings: { ...now.settings, ...change.settings },
    mfaServiceSettings: { ...now.mfaServiceSettings, ...change.mfaServiceSettings },
    ...others,
    ...(domains ? { domains: mergedDomains(now.domains, domains) } : {}),
  })
}

type SettingsWish = Partial<Pick<TenantSettings, 'displayName' | 'profile' | 'licence' | 'securityDefaults'>> & {
  readonly mfaServiceSettings?: Partial<TenantSettings['mfaServiceSettings']>
  readonly settings?: { readonly [M in keyof TenantSettings['settings']]?: Partial<TenantSettings['settings'][M]> }
  readonly countries?: Readonly<Record<string, string | null>>
}

/** The directory replaces what is inside `settings`; here a member says only what changes. */
function merged(now: TenantSettings, { settings = {}, countries, ...wish }: SettingsWish): SettingsChange {
  const { inboundTrust, smartLockout, limits, ...plain } = settings
  const nested = {
    ...(inboundTrust ? { inboundTrust: { ...now.settings.inboundTrust, ...inboundTrust } } : {}),
    ...(smartLockout ? { smartLockout: { ...now.settings.smartLockout, ...smartLockout } } : {}),
    ...(limits ? { limits: withoutNulls({ ...now.settings.limits, ...limits }) } : {}),
  }

  return {
    ...wish,
    settings: { ...plain, ...nested },
    ...(countries ? { countries: withoutNulls({ ...now.countries, ...countries }) } : {}),
  }
}

/** A domain that is there keeps what is not said, and the others stay; any new one is added. */
function mergedDomains(now: readonly Domain[], wishes: readonly Readonly<Record<string, unknown>>[]): readonly unknown[] {
  const merged = new Map<string, Readonly<Record<string, unknown>>>(now.map((domain) => [domain.id, domain]))
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

function shown({ settings, list }: Directory) {
  return { ...settings, domains: list('domains') }
}

import type { Application, TokenLifetimePolicy } from '../directory/types.ts'
import { wellKnown } from '../policy/well-known.ts'
import type { Attempt, SignInTenant } from './attempt.ts'
import { kindOf } from './client-kind.ts'
import type { Watched } from './continuous-access.ts'
import { limitOf } from './limits.ts'
import { defaultIdleLimits } from './session.ts'
import type { IdleLimits } from './session.ts'

export type TokenLifetimes = {
  /** Seconds. */
  readonly accessToken: number
  readonly idToken: number
}

type TenantFacts = Pick<SignInTenant, 'directory'>

/**
 * How long the tokens of one sign-in live: the client's session timeout (product.md 3), otherwise the token lifetime
 * policy of the organisation, the client or the resource, otherwise the default: an access token between 60 and 90
 * minutes at random, an ID token an hour (reference 5.2). Where the client can be challenged, a resource that watches the
 * session (`watched`) and knows of challenges gets tokens of 20 to 28 hours; of one hour where it cannot watch the place too
 * (reference 6.1).
 */
export function tokenLifetimeSeconds(
  tenant: TenantFacts,
  client: Application,
  resource: Application | null,
  { random = Math.random, watched = 'nothing' }: { readonly random?: () => number; readonly watched?: Watched } = {},
): TokenLifetimes {
  if (client.sessionTimeoutInMinutes !== null) return both(client.sessionTimeoutInMinutes * 60)
  const { settings } = tenant.directory
  const byClient = policySeconds(tenant, client)
  const shortest = limitOf(settings, 'tokens', 'accessMinutesMin', 60)
  const longest = Math.max(shortest, limitOf(settings, 'tokens', 'accessMinutesMax', 90))
  const idToken = byClient ?? limitOf(settings, 'tokens', 'idTokenMinutes', 60) * 60
  if (watched !== 'nothing' && knowsChallenges(resource)) return { accessToken: watched === 'account' ? 3600 : Math.round((20 + random() * 8) * 3600), idToken }

  return { accessToken: byClient ?? policySeconds(tenant, resource) ?? Math.round((shortest + random() * (longest - shortest)) * 60), idToken }
}

/** Services that follow continuous access evaluation of themselves (reference 6.1). */
const watchful: ReadonlySet<string> = new Set([wellKnown.microsoftGraph, wellKnown.exchangeOnline, wellKnown.sharePointOnline, wellKnown.teams])

/** Microsoft's services, and an API that says so by wanting to know of its callers whether they do; who asks for no API asks Graph. */
export function knowsChallenges(resource: Application | null): boolean {
  return resource === null || watchful.has(resource.appId) || (resource.optionalClaims?.accessToken ?? []).some(({ name }) => name === 'xms_cc')
}

/** How long a refresh token lives: 90 days since it was issued, each use giving a new one; a single-page app's 24 hours in all. */
export function refreshTokenRules(tenant: TenantFacts, attempt: Pick<Attempt, 'client' | 'redirectKind'>): { seconds: number; isSliding: boolean } {
  const { settings } = tenant.directory

  return kindOf(attempt) === 'spa'
    ? { seconds: limitOf(settings, 'tokens', 'spaRefreshHours', 24) * 60 * 60, isSliding: false }
    : { seconds: limitOf(settings, 'tokens', 'refreshDays', 90) * 24 * 60 * 60, isSliding: true }
}

/** How long a browser's session may rest in this tenant. */
export function idleLimitsOf({ directory: { settings } }: TenantFacts): IdleLimits {
  return {
    nonPersistentIdleHours: limitOf(settings, 'sessions', 'nonPersistentIdleHours', defaultIdleLimits.nonPersistentIdleHours),
    persistentIdleDays: limitOf(settings, 'sessions', 'persistentIdleDays', defaultIdleLimits.persistentIdleDays),
  }
}

/** `D.HH:MM:SS`, where each part may be larger than a clock's: `00:90:00` is an hour and a half. Null = not that. */
export function timeSpanSeconds(text: string): number | null {
  const match = /^(?:(\d+)\.)?(\d+):(\d+):(\d+)(?:\.\d+)?$/.exec(text.trim())
  if (!match) return null
  const [, days = '0', hours, minutes, seconds] = match

  return Number(days) * 86400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
}

function both(seconds: number): TokenLifetimes {
  return { accessToken: seconds, idToken: seconds }
}

/** What the organisation's policy says, otherwise the application's own. Needs a licence, or one that lapsed (reference 1.1). */
function policySeconds({ directory }: TenantFacts, app: Application | null): number | null {
  if (directory.settings.licence === 'none') return null
  const organisation = directory.list('tokenLifetimePolicies').find(({ isOrganizationDefault }) => isOrganizationDefault)
  const own = app?.tokenLifetimePolicy ? directory.get('tokenLifetimePolicies', app.tokenLifetimePolicy) : undefined
  const policy = organisation ?? own
  const seconds = policy ? accessTokenLifetime(policy) : null
  if (seconds === null) return null

  const shortest = limitOf(directory.settings, 'tokens', 'configurableMinMinutes', 10) * 60
  const longest = limitOf(directory.settings, 'tokens', 'configurableMaxMinutes', 1440) * 60

  return Math.min(longest, Math.max(shortest, seconds))
}

function accessTokenLifetime(policy: TokenLifetimePolicy): number | null {
  for (const definition of policy.definition) {
    const { AccessTokenLifetime: text } = definitionIn(definition)
    if (typeof text === 'string') return timeSpanSeconds(text)
  }

  return null
}

function definitionIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed = JSON.parse(text) as { TokenLifetimePolicy?: Record<string, unknown> } | null

    return parsed?.TokenLifetimePolicy ?? {}
  } catch {
    return {}
  }
}

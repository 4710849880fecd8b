import type { Application, User } from '../directory/types.ts'
import type { Decision } from '../policy/decision.ts'
import { wellKnown } from '../policy/well-known.ts'
import { isAboutPlace, isLocationWatched } from '../policy/watched-location.ts'
import { isLoopback, normalAddress } from './address.ts'
import type { Attempt, ClientKind, SignInTenant } from './attempt.ts'
import { addressOf, describe, signalsOf } from './describe.ts'
import { limitOf } from './limits.ts'
import type { AccountSession } from './session.ts'
import type { Observation, Signals } from './signals.ts'

/**
 * What a resource that follows continuous access evaluation must know of a token it is shown: the sign-in behind it, as
 * it was when the token was issued (reference 6.1).
 */
export type IssuedToken = {
  readonly user: User
  readonly client: Application
  /** The API that the token is for. */
  readonly resource: Application
  readonly scopes: readonly string[]
  readonly redirectKind?: ClientKind
  readonly session: AccountSession
  /** Settled: also where the user was. */
  readonly observation: Observation
  /** ms */
  readonly issuedAt: number
  readonly watched: Watched
}

/**
 * What a resource watches of a session: nothing where policy has switched that off; the account alone, and neither place
 * nor policy, with the tokens of an hour that are issued where addresses do not tell the place (reference 6.1).
 */
export type Watched = 'nothing' | 'account' | 'accountAndPlace'

/** Why a token is good no more while its time is not over. `policy`: one now wants what the sign-in behind it has not got. */
export type EndedBy = 'accountDeleted' | 'accountDisabled' | 'sessionRevoked' | 'passwordChanged' | 'userAtRisk' | 'locationChanged' | 'policy'

export type Ended = {
  readonly by: EndedBy
  /** A new token must be of a sign-in since then, ms. */
  readonly notBefore: number
  /** `locationChanged`: the place that the resource saw, which the issuer may see otherwise. */
  readonly ipAddress?: string
  /** Policies that stand against it. */
  readonly policyIds?: readonly string[]
}

/**
 * What ends a session at a resource, at once: the critical events, and a place from which the token would not be issued.
 * `seenAt` is the address that the resource sees; null, or one of this machine, stands for wherever the user is simulated
 * to be. Null = nothing.
 */
export function endOf(token: IssuedToken, seenAt: string | null, tenant: SignInTenant): Ended | null {
  if (token.watched === 'nothing') return null

  return endOfAccount(token, tenant) ?? endByRisk(token, tenant) ?? (token.watched === 'accountAndPlace' ? endByPolicy(token, seenAt, tenant) : null)
}

/**
 * What a resource is left to watch of a sign-in (reference 6.1). Nothing of a guest's; not the place where the tenant's locations are such that
 * addresses do not tell them, nor where the resource sees another place, not allowed, than the issuer does.
 */
export function watchedOf(attempt: Attempt, decision: Decision, tenant: SignInTenant): Watched {
  if (decision.session.continuousAccessEvaluation === 'disabled' || attempt.user?.userType === 'Guest') return 'nothing'
  const mostRanges = limitOf(tenant.directory.settings, 'namedLocations', 'caeInstantEnforcementMaxRangesTotal', 5_000)
  if (!isLocationWatched(tenant.policySet, decision, { mostRanges })) return 'account'
  const elsewhere = attempt.addressSeenByResource

  return !elsewhere || decisionAt(attempt, elsewhere, tenant).outcome === 'granted' ? 'accountAndPlace' : 'account'
}

/** What an attempt shows, kept for later: a sign-in is where it was, also after the user has moved on. */
export function settled(attempt: Pick<Attempt, 'observation' | 'user'>, tenant: Pick<SignInTenant, 'signals' | 'directory'>): Observation {
  const signals = signalsOf(attempt, tenant)
  const ipAddress = addressOf(attempt, tenant)
  const country = signals.country ?? tenant.directory.countryOf(ipAddress)

  return { ...attempt.observation, settled: { ...signals, ipAddress, ...(country === null ? {} : { country }) } }
}

function endOfAccount({ user: { id }, issuedAt }: IssuedToken, { directory, clock }: SignInTenant): Ended | null {
  const user = directory.get('users', id)
  if (!user) return { by: 'accountDeleted', notBefore: clock.now() }
  if (!user.accountEnabled) return { by: 'accountDisabled', notBefore: clock.now() }
  // Where the clock stands still everything happens at one instant, and what was there before is meant.
  const isVoid = (at: number) => (clock.isFrozen ? issuedAt <= at : issuedAt < at)
  const revokedAt = instantOf(user.signInSessionsValidFromDateTime)
  if (isVoid(revokedAt)) return { by: 'sessionRevoked', notBefore: revokedAt }
  const changedAt = instantOf(user.lastPasswordChangeDateTime)

  return isVoid(changedAt) ? { by: 'passwordChanged', notBefore: changedAt } : null
}

/** The user came to be at high risk since: whoever was when the token was issued was judged by it then. SharePoint does not ask. */
function endByRisk({ user, resource, observation, issuedAt }: IssuedToken, tenant: SignInTenant): Ended | null {
  if (resource.appId === wellKnown.sharePointOnline) return null
  const before = observation.settled?.userRiskLevel
  const { userRiskLevel: now } = simulatedNow(user, tenant)

  return tenant.directory.settings.licence === 'P2' && now === 'high' && before !== 'high' ? { by: 'userAtRisk', notBefore: issuedAt } : null
}

/** A resource takes a token only where a new one would be issued; an "every time" frequency is about new tokens alone. */
function endByPolicy(token: IssuedToken, seenAt: string | null, tenant: SignInTenant): Ended | null {
  const before = token.observation.settled?.ipAddress ?? token.observation.ipAddress
  const ipAddress = placeSeen(token.user, seenAt, tenant) ?? before
  const decision = decisionAt(attemptOf(token), ipAddress, tenant)
  const [challenge] = decision.challenges
  const isEveryTime = challenge?.kind === 'reauthenticate' && decision.session.signInFrequency?.seconds === 'everyTime'
  if (decision.outcome === 'granted' || isEveryTime) return null

  const policyIds = decision.blocked?.policyIds ?? challenge?.policyIds ?? []
  const hasMoved = ipAddress !== before && isAboutPlace(tenant.policySet, decision)

  return { by: hasMoved ? 'locationChanged' : 'policy', notBefore: token.issuedAt, policyIds, ...(hasMoved ? { ipAddress } : {}) }
}

/** The sign-in behind a token, as if it were to be renewed. */
function attemptOf({ user, client, resource, scopes, session, observation, issuedAt, redirectKind }: IssuedToken): Attempt {
  return {
    event: 'refreshToken',
    user,
    client,
    resources: [resource],
    scopes,
    authenticationContexts: [],
    userAction: null,
    observation,
    session,
    isInteractive: false,
    transferMethod: null,
    maxAge: null,
    grantIssuedAt: issuedAt,
    ...(redirectKind ? { redirectKind } : {}),
    isFresh: false,
    challenge: null,
  }
}

/** What policy says of an attempt from another address. Addresses are all that a resource goes by: the country stays. */
function decisionAt(attempt: Attempt, ipAddress: string, tenant: SignInTenant): Decision {
  const observation = settled(attempt, tenant)
  const { addressSeenByResource: _elsewhere, ...here } = attempt

  return tenant.policySet.evaluate(describe({ ...here, observation: { ...observation, settled: { ...observation.settled, ipAddress } } }, tenant))
}

function placeSeen(user: User, seenAt: string | null, tenant: SignInTenant): string | undefined {
  return seenAt !== null && !isLoopback(seenAt) ? normalAddress(seenAt) : simulatedNow(user, tenant).ipAddress
}

const nothingShown = { ipAddress: '127.0.0.1', userAgent: '', platform: null, header: {}, browser: {}, correlationId: '' } as const

function simulatedNow(user: User, tenant: SignInTenant): Signals {
  return signalsOf({ user, observation: nothingShown }, tenant)
}

function instantOf(dateTime: string | null): number {
  return dateTime ? Date.parse(dateTime) : -Infinity
}

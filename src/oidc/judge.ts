import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Application } from '../directory/types.ts'
import { watchedOf } from '../sign-in/continuous-access.ts'
import { decide } from '../sign-in/decide.ts'
import { signInEntry } from '../sign-in/log-entry.ts'
import { tokenLifetimeSeconds } from '../sign-in/lifetimes.ts'
import type { Attempt, Verdict } from '../sign-in/attempt.ts'
import type { Observation } from '../sign-in/signals.ts'
import { answerOf } from './adopt.ts'
import { RefusedError } from './errors.ts'
import type { Host } from './host.ts'
import { stateOf } from './request-state.ts'
import type { GrantFacts } from './request-state.ts'
import { applicationOf } from './resources.ts'

/**
 * Asks for a verdict on the request at hand: the one way from this room to `sign-in/decide.ts`. An authorize request is
 * judged once, whichever prompt asks; every redemption is judged anew.
 */
export function judgeAuthorize(ctx: KoaContextWithOIDC, host: Host): Verdict {
  const state = stateOf(ctx)
  const verdict = state.verdict ?? decide(authorizeAttempt(ctx, host), host.tenant)
  state.verdict = verdict

  return verdict
}

export function authorizeAttempt(ctx: KoaContextWithOIDC, host: Host): Attempt {
  const state = stateOf(ctx)
  const params = ctx.oidc.params as AuthorizeParams
  const requested = host.profile.requested(params)
  return {
    event: 'authorize',
    user: state.session ? (host.tenant.directory.get('users', state.session.userId) ?? null) : null,
    client: clientOf(ctx, host),
    resources: resourcesOf(ctx, host),
    scopes: params.scope?.split(' ') ?? [],
    authenticationContexts: requested.authenticationContexts,
    userAction: null,
    observation: state.observation,
    session: state.session ?? null,
    isInteractive: !ctx.oidc.prompts.has('none'),
    transferMethod: ctx.oidc.deviceCode ? 'deviceCodeFlow' : null,
    ...(ctx.oidc.deviceCode ? { redirectKind: 'publicClient' as const } : {}),
    maxAge: requested.maxAge,
    grantIssuedAt: null,
    isFresh: state.isFresh ?? answerOf(ctx).took?.includes('primary') ?? false,
    isRegistrationSkipped: answerOf(ctx).took?.includes('skipRegistration') ?? false,
    challenge: requested.challenge,
    addressSeenByResource: requested.addressSeenByResource ?? null,
  }
}

type AuthorizeParams = { readonly [name: string]: unknown; readonly scope?: string }

/** What is redeemed, as the library keeps it: a code is for what it was asked for. */
export type Redeemed = { scope?: string | undefined; resource?: string | string[] | undefined; readonly clientId?: string; readonly accountId?: string }

/** A token is asked for by something a sign-in left behind: its code, its refresh token. */
export function grantAttempt(ctx: KoaContextWithOIDC, host: Host, event: Attempt['event'], facts: GrantFacts, issuedAt: number, redeemed: Redeemed = {}): Attempt {
  const state = stateOf(ctx)
  const params = ctx.oidc.params as AuthorizeParams
  const requested = host.profile.requested(params)
  const isCode = event === 'authorizationCode' || event === 'deviceCode'
  return {
    event,
    user: host.tenant.directory.get('users', facts.userId) ?? null,
    client: clientOf(ctx, host),
    resources: isCode ? resourcesAt([redeemed.resource ?? []].flat(), host) : resourcesOf(ctx, host),
    scopes: (params.scope ?? (isCode ? redeemed.scope : undefined))?.split(' ') ?? [],
    authenticationContexts: isCode ? facts.authenticationContexts : requested.authenticationContexts,
    userAction: null,
    observation: isCode ? { ...facts.observation, correlationId: state.observation.correlationId } : state.observation,
    session: facts.session,
    isInteractive: false,
    transferMethod: event === 'deviceCode' ? 'deviceCodeFlow' : null,
    maxAge: null,
    grantIssuedAt: issuedAt,
    chainIssuedAt: facts.issuedAt,
    redirectKind: facts.redirectKind,
    isFresh: false,
    challenge: requested.challenge,
    addressSeenByResource: requested.addressSeenByResource ?? (isCode ? facts.addressSeenByResource : null) ?? null,
  }
}

/** A user's token asked for without a browser and without a code: with a password, or with another token. */
export function tokenAttempt(ctx: KoaContextWithOIDC, host: Host, who: Pick<Attempt, 'event' | 'user' | 'session' | 'isFresh'>): Attempt {
  const params = ctx.oidc.params as AuthorizeParams
  const { authenticationContexts, challenge, addressSeenByResource = null } = host.profile.requested(params)
  const isPublic = isUnproven(ctx)
  return {
    ...who,
    client: clientOf(ctx, host),
    resources: resourcesOf(ctx, host),
    scopes: params.scope?.split(' ') ?? [],
    authenticationContexts,
    userAction: null,
    observation: stateOf(ctx).observation,
    isInteractive: false,
    transferMethod: null,
    maxAge: null,
    grantIssuedAt: null,
    redirectKind: isPublic ? 'publicClient' : 'web',
    challenge,
    addressSeenByResource,
  }
}

export function clientCredentialsAttempt(ctx: KoaContextWithOIDC, host: Host): Attempt {
  const { scope } = ctx.oidc.params as { scope?: string }

  const attempt = daemonAttempt(clientOf(ctx, host), resourcesOf(ctx, host), scope?.split(' ') ?? [], stateOf(ctx).observation)

  return stateOf(ctx).clientAuthentication === 'certificate' ? { ...attempt, clientCredential: 'clientAssertion' } : attempt
}

/** An application asks for itself: nobody is there. */
export function daemonAttempt(client: Application, resources: readonly Application[], scopes: readonly string[], observation: Observation): Attempt {
  return {
    event: 'clientCredentials',
    user: null,
    client,
    resources,
    scopes,
    authenticationContexts: [],
    userAction: null,
    observation,
    session: null,
    isInteractive: false,
    transferMethod: null,
    maxAge: null,
    grantIssuedAt: null,
    isFresh: false,
    challenge: null,
  }
}

/** Judges at the token endpoint: logs the row, remembers the lifetimes, throws what is refused. */
export function admit(ctx: KoaContextWithOIDC, host: Host, attempt: Attempt): Verdict {
  const verdict = decide(attempt, host.tenant)
  stateOf(ctx).verdict = verdict
  stateOf(ctx).judgedUnder = attempt.observation
  stateOf(ctx).judgedContexts = attempt.authenticationContexts
  // Redeeming a code is the end of a sign-in that has its row already; only a refusal is news.
  if ((attempt.event !== 'authorizationCode' && attempt.event !== 'deviceCode') || verdict.refusal !== null) logVerdict(host, attempt, verdict, stateOf(ctx).requestId)
  if (verdict.refusal !== null) {
    throw new RefusedError(verdict.refusal, host.profile, { endpoint: 'token', isSilent: false })
  }
  rememberLifetimes(ctx, host, attempt, verdict)

  return verdict
}

export function rememberLifetimes(ctx: KoaContextWithOIDC, host: Host, attempt: Attempt, verdict: Verdict): void {
  const capabilities = stateOf(ctx).facts?.capabilities ?? []
  const { capabilities: asked } = host.profile.requested(ctx.oidc.params as Record<string, unknown>)
  const isContinuous = [...capabilities, ...asked].some((capability) => capability.toLowerCase() === 'cp1')
  const watched = isContinuous && verdict.decision ? watchedOf(attempt, verdict.decision, host.tenant) : 'nothing'
  stateOf(ctx).watched = watched
  stateOf(ctx).lifetimes = tokenLifetimeSeconds(host.tenant, attempt.client, attempt.resources[0] ?? null, { watched })
}

/** A row of the log. What the request answers names it, by the request's id. */
export function logVerdict(host: Host, attempt: Attempt, verdict: Verdict, requestId?: string): void {
  host.tally.signedIn(attempt.event, verdict)
  host.tenant.log.append(signInEntry(attempt, verdict, host.tenant, requestId))
}

/** Whether the client came without credentials: a public one. */
export function isUnproven(ctx: KoaContextWithOIDC): boolean {
  return ctx.oidc.client?.clientAuthMethod === 'none' && stateOf(ctx).clientAuthentication === undefined
}

/** The application behind the library's client; one that registered itself stands in with what it said. */
export function clientOf(ctx: KoaContextWithOIDC, host: Host): Application {
  const { client } = ctx.oidc
  return applicationOf(host, client?.clientId ?? '', client?.clientName as string | undefined, client?.clientAuthMethod !== 'none')
}

function resourcesOf(ctx: KoaContextWithOIDC, host: Host): Application[] {
  return resourcesAt(Object.keys(ctx.oidc.resourceServers ?? {}), host)
}

function resourcesAt(indicators: readonly string[], host: Host): Application[] {
  return indicators.flatMap((indicator) => host.tenant.directory.resource(appIdOf(indicator)) ?? [])
}

function appIdOf(indicator: string): string {
  return indicator.startsWith('urn:appid:') ? indicator.slice('urn:appid:'.length) : indicator
}

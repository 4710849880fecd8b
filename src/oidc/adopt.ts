import type { KoaContextWithOIDC } from 'oidc-provider'
import { authenticatedAt } from '../sign-in/session.ts'
import type { AccountSession } from '../sign-in/session.ts'
import { hintedDomain } from './hinted-domain.ts'
import type { Host } from './host.ts'
import type { StepDetails } from './prompts.ts'
import { rememberedMfaAt } from './remembered-mfa.ts'
import { stateOf } from './request-state.ts'
import type { RequestState } from './request-state.ts'

/**
 * Tells the library whose request this is. Its session knows one account at a time, a browser may hold several, and
 * ours decides which are still good: so every authorize request and every return from a page begins here, before the
 * library loads the account.
 */
export function adoptAccount(ctx: KoaContextWithOIDC, host: Host): void {
  const library = ctx.oidc.session as LibrarySession | undefined
  // A request that a client pushes beforehand is nobody's yet: its browser comes later.
  if (!library) return

  const state = stateOf(ctx)
  recall(ctx, state)
  const session = chosenSession(ctx, host)
  if (session === null) {
    delete state.session
    delete (library as { accountId?: string }).accountId
    library.loginTs = undefined
    return
  }

  // What the browser remembers is the session's from now on: its tokens are judged by it, too.
  const rememberedAt = rememberedMfaAt(ctx, host, session.userId)
  state.session = rememberedAt === undefined ? session : { ...session, rememberedMfaAt: rememberedAt }
  library.loginAccount({
    accountId: session.userId,
    loginTs: Math.floor(authenticatedAt(session) / 1000),
    amr: amrOf(session),
    transient: !session.isPersistent,
  })
  library.transient = session.isPersistent ? undefined : true
}

/** A request that goes on after a page is still the one that began: same words, same correlation id. */
function recall(ctx: KoaContextWithOIDC, state: RequestState): void {
  const details = ctx.oidc.entities.Interaction?.prompt.details as Partial<StepDetails> | undefined
  if (details?.asked) state.asked = details.asked
  if (details?.askedAt) Object.assign(state, { alias: details.askedAt.alias, askedAt: details.askedAt.path })
  if (details?.correlationId) state.observation = { ...state.observation, correlationId: details.correlationId }
}

type LibrarySession = {
  accountId?: string
  loginTs: number | undefined
  transient: boolean | undefined
  loginAccount(details: { accountId: string; loginTs: number; amr: string[]; transient: boolean }): void
}

/** What a page handed back to the authorize request it interrupted. */
export type InteractionAnswer = {
  /** The account that went on, by user id. */
  readonly userId?: string
  /** The steps this visit took, so that none is asked twice. */
  readonly took?: readonly string[]
}

export function answerOf(ctx: KoaContextWithOIDC): InteractionAnswer {
  return ((ctx.oidc.result as { answer?: InteractionAnswer } | undefined)?.answer) ?? {}
}

function chosenSession(ctx: KoaContextWithOIDC, host: Host): AccountSession | null {
  const { browser } = stateOf(ctx)
  const { userId } = answerOf(ctx)
  if (userId !== undefined) return browser.of(userId)

  const hinted = hintedUserId(ctx, host)
  if (hinted !== null) return hinted === unknownUser ? null : browser.of(hinted)

  return browser.accounts[0] ?? null
}

const unknownUser = Symbol('unknown user')

/** The account that `id_token_hint`, `sid`, `login_hint` or `domain_hint` names; a name nobody has is a stranger, not the last user. */
function hintedUserId(ctx: KoaContextWithOIDC, host: Host): string | typeof unknownUser | null {
  const { login_hint: loginHint, sid } = ctx.oidc.params as { login_hint?: string; sid?: string }
  const bySid = sid === undefined ? undefined : stateOf(ctx).browser.accounts.find((session) => session.id === sid)
  if (bySid) return bySid.userId
  const byToken = userInTokenHint(ctx, host)
  if (byToken !== null) return byToken
  if (!loginHint) return sid === undefined ? userOfHintedDomain(ctx, host) : unknownUser

  return host.tenant.directory.user(loginHint)?.id ?? unknownUser
}

/** The account here of a federated domain that the application names, or a stranger; null = it names none, or several are of it. */
export function userOfHintedDomain(ctx: KoaContextWithOIDC, host: Host): string | typeof unknownUser | null {
  const domain = hintedDomain(host, ctx.oidc.params as { domain_hint?: unknown })
  if (!domain) return null
  const { directory } = host.tenant
  const [first, ...others] = stateOf(ctx).browser.accounts.filter(({ userId }) => directory.domainOf(directory.get('users', userId)?.userPrincipalName ?? '')?.id === domain.id)
  if (!first) return unknownUser

  return others.length === 0 ? first.userId : null
}

/** Whose `id_token_hint` this is, once the library has checked it: that of an account here that the client knows by its subject, or of the user whom it names. */
function userInTokenHint(ctx: KoaContextWithOIDC, host: Host): string | typeof unknownUser | null {
  const { IdTokenHint: hint } = ctx.oidc.entities as { IdTokenHint?: { payload: { sub?: string; oid?: string } } }
  if (!hint) return null
  const { sub, oid } = hint.payload
  const here = stateOf(ctx).browser.accounts.find(({ userId }) => host.profile.subjectOf(host, userId, ctx.oidc.client?.clientId ?? '') === sub)

  return here?.userId ?? host.tenant.directory.get('users', oid ?? sub ?? '')?.id ?? unknownUser
}

const secondFactors = new Set(['softwareOath', 'hardwareOath', 'sms', 'voice', 'microsoftAuthenticatorPush'])

/** `amr` as reference 7.5 writes it: `["pwd"]`, `["pwd","mfa"]`. */
export function amrOf(session: AccountSession): string[] {
  const used = session.methods.map(({ method }) => method)
  const amr = new Set<string>()
  if (used.includes('password')) amr.add('pwd')
  if (used.some((method) => method.startsWith('federated'))) amr.add('fed')
  if (used.includes('fido2') || used.includes('windowsHelloForBusiness')) amr.add('fido').add('mfa')
  if (used.includes('x509CertificateMultiFactor')) amr.add('rsa').add('mfa')
  if (used.some((method) => secondFactors.has(method)) || session.isMfaAssertedByFederation) amr.add('mfa')

  return [...amr]
}

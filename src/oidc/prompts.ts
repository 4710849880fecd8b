import { interactionPolicy } from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { applyPersistence, isKmsiDue } from '../sign-in/challenges/stay-signed-in.ts'
import type { Challenge } from '../policy/decision.ts'
import type { Attempt, NextStep, Verdict } from '../sign-in/attempt.ts'
import { touch } from '../sign-in/session.ts'
import { answerOf, userOfHintedDomain } from './adopt.ts'
import { consentOwed, missingConsents } from './consents.ts'
import { RefusedError } from './errors.ts'
import { isConsentDue, keepGrant, missingScopes } from './grant.ts'
import type { Host } from './host.ts'
import { authorizeAttempt, clientOf, judgeAuthorize, logVerdict, rememberLifetimes } from './judge.ts'
import { stateOf } from './request-state.ts'

const { Check, Prompt, base } = interactionPolicy

/**
 * Which page comes next. Every prompt reads the same verdict; the first that wants something interrupts the request,
 * its page does one thing, and the request starts again from the top.
 */
export function promptsOf(host: Host): interactionPolicy.DefaultPolicy {
  const prompts = base()
  const consent = prompts.get('consent')
  const login = prompts.get('login')
  consent?.checks.remove('native_client_prompt')
  for (const reason of ['no_session', 'max_age', 'essential_acrs', 'essential_acr']) login?.checks.remove(reason)
  login?.checks.add(new Check('first_factor', 'the user must sign in', 'login_required', (ctx) => wantsFirstFactor(ctx, host)))
  if (login) addDetails(login, host)
  if (consent) addDetails(consent, host, tellOfConsent)

  prompts.add(selectAccount(host), 0)
  prompts.add(challenge(host), 2)
  prompts.add(staySignedIn(host), 3)
  prompts.add(confirmDevice(host))
  prompts.add(ready(host))

  return prompts
}

/** Names of the prompts, as `interaction.prompt.name` carries them to the pages. */
export type PromptName = 'select_account' | 'login' | 'challenge' | 'stay_signed_in' | 'consent' | 'confirm_device'

function selectAccount(host: Host): interactionPolicy.Prompt {
  return new Prompt(
    { name: 'select_account', requestable: true },
    (ctx) => stepDetails(ctx, host),
    new Check('several_accounts', 'which of the signed-in accounts is meant', 'account_selection_required', (ctx) => {
      const { login_hint: loginHint, id_token_hint: hint, sid } = ctx.oidc.params as { login_hint?: string; id_token_hint?: string; sid?: string }
      const isNamed = loginHint !== undefined || hint !== undefined || stateOf(ctx).browser.accounts.some(({ id }) => id === sid) || userOfHintedDomain(ctx, host) !== null
      const isSettled = isNamed || answerOf(ctx).userId !== undefined || ctx.oidc.prompts.has('login')

      // Whoever approves a device says as whom: nobody is taken for granted.
      return !isSettled && stateOf(ctx).browser.accounts.length > (ctx.oidc.deviceCode ? 0 : 1)
    }),
  )
}

/** The library's own prompts tell their pages what ours do. The details are asked for when the prompt is due. */
function addDetails(prompt: interactionPolicy.Prompt, host: Host, whenDue?: (ctx: KoaContextWithOIDC, host: Host) => void): void {
  const { details } = prompt
  prompt.details = async (ctx) => {
    whenDue?.(ctx, host)

    return { ...(await details(ctx)), ...stepDetails(ctx, host) }
  }
}

/** Policy has nothing more to ask, but somebody must agree: that is in the log, and where only an administrator could it ends here. */
function tellOfConsent(ctx: KoaContextWithOIDC, host: Host): void {
  const state = stateOf(ctx)
  const user = state.session && host.tenant.directory.get('users', state.session.userId)
  if (!user) return
  const isSilent = ctx.oidc.prompts.has('none')
  const { x_for_everybody: forEverybody } = ctx.oidc.params as { x_for_everybody?: string }
  const missing = missingConsents(host, clientOf(ctx, host).appId, user.id, missingScopes(ctx))
  const code = isSilent ? 65001 : consentOwed(host.tenant, user, missing, forEverybody === '1')
  const verdict: Verdict = { ...judged(ctx, host), outcome: code === 65001 ? 'interrupted' : 'failed', refusal: { code } }

  state.verdict = verdict
  logVerdict(host, authorizeAttempt(ctx, host), verdict, state.requestId)
  if (code === 90094) throw new RefusedError({ code }, host.profile, { endpoint: 'authorize', isSilent })
}

const firstFactorSteps = new Set<NextStep | null>(['signIn', 'reauthenticate'])

function wantsFirstFactor(ctx: KoaContextWithOIDC, host: Host): boolean {
  const verdict = judged(ctx, host)
  if (!firstFactorSteps.has(verdict.next)) return false
  // Where policy wants the user to sign in again, somebody is known who is asked, and the log tells why.
  if (verdict.decision) logVerdict(host, authorizeAttempt(ctx, host), verdict, stateOf(ctx).requestId)

  return true
}

/** Whatever else must be asked: a one-time code, a registration, a new password, terms of use. */
function challenge(host: Host): interactionPolicy.Prompt {
  return new Prompt(
    { name: 'challenge' },
    (ctx) => stepDetails(ctx, host),
    new Check('step_up', 'more is needed to go on', 'interaction_required', (ctx) => {
      const verdict = judged(ctx, host)
      if (verdict.outcome !== 'interrupted') return false

      logVerdict(host, authorizeAttempt(ctx, host), verdict, stateOf(ctx).requestId)
      return true
    }),
  )
}

function staySignedIn(host: Host): interactionPolicy.Prompt {
  return new Prompt(
    { name: 'stay_signed_in' },
    (ctx) => stepDetails(ctx, host),
    new Check('stay_signed_in', 'whether to stay signed in', 'interaction_required', (ctx) => {
      const verdict = judged(ctx, host)
      const { session } = stateOf(ctx)
      const user = session && host.tenant.directory.get('users', session.userId)
      if (!session || !user || !verdict.decision || hasTaken(ctx, 'stay_signed_in') || ctx.oidc.prompts.has('none') || ctx.oidc.deviceCode) return false
      // Whoever is asked to agree to something is not asked this, too (reference 5.1).
      if (hasTaken(ctx, 'consent') || isConsentDue(ctx)) return false

      return isKmsiDue(host.tenant, session, verdict.decision, user, verdict.signIn)
    }),
  )
}

/** "Are you trying to sign in to …?": a code may have been handed to the user by somebody else (AADSTS50199). */
function confirmDevice(host: Host): interactionPolicy.Prompt {
  return new Prompt(
    { name: 'confirm_device' },
    (ctx) => stepDetails(ctx, host),
    new Check('confirm_device', 'whether the device is theirs', 'interaction_required', (ctx) => Boolean(ctx.oidc.deviceCode) && !hasTaken(ctx, 'confirm_device')),
  )
}

/** Not a page: once nothing is left to ask, the grant is kept and the granted sign-in logged. */
function ready(host: Host): interactionPolicy.Prompt {
  return new Prompt(
    { name: 'ready' },
    new Check('ready', 'nothing is left to ask', async (ctx) => {
      const verdict = judged(ctx, host)
      const attempt = authorizeAttempt(ctx, host)
      useSession(ctx, host, verdict)
      logVerdict(host, attempt, verdict, stateOf(ctx).requestId)
      rememberLifetimes(ctx, host, attempt, verdict)
      await keepGrant(ctx, host, attempt)

      return false
    }),
  )
}

/** The session was used: its days of rest begin anew, and a policy may say how long it is to last. */
function useSession(ctx: KoaContextWithOIDC, host: Host, { decision }: Verdict): void {
  const state = stateOf(ctx)
  if (!state.session) return
  const used = touch(state.session, host.tenant.clock.now(), clientOf(ctx, host).appId)
  state.session = applyPersistence(hasTaken(ctx, 'consent') ? { ...used, isKmsiAnswered: true } : used, decision)
  state.browser.keep(state.session)
}

/** The verdict of this request; a refusal ends it here, with a page or, asked silently, with an answer. */
function judged(ctx: KoaContextWithOIDC, host: Host): Verdict {
  const verdict = judgeAuthorize(ctx, host)
  const isSilent = ctx.oidc.prompts.has('none')
  const isOver = verdict.outcome === 'blocked' || verdict.outcome === 'failed' || (isSilent && verdict.outcome !== 'granted')
  if (isOver && verdict.refusal) {
    if (stateOf(ctx).session) logVerdict(host, authorizeAttempt(ctx, host), verdict, stateOf(ctx).requestId)
    throw new RefusedError(verdict.refusal, host.profile, { endpoint: 'authorize', isSilent })
  }

  return verdict
}

/** What a page needs to know of the request it interrupts. */
export type StepDetails = {
  readonly step: NextStep | null
  /** The account being asked; null = nobody yet. */
  readonly userId: string | null
  readonly challenges: readonly Challenge[]
  /** How the sign-in travels, where not in this browser alone. */
  readonly transferMethod: Attempt['transferMethod']
  /** App ids, for the log. */
  readonly resources: readonly string[]
  readonly correlationId: string
  /** What the application asked, in its own words: the request that goes on after a page no longer carries them. */
  readonly asked: Readonly<Record<string, string>>
  /** Where the application asked: a word for many tenants or null, and the path below it. */
  readonly askedAt: { readonly alias: string | null; readonly path: string }
  /** The same, as a link that starts over. */
  readonly startOver: string
}

function stepDetails(ctx: KoaContextWithOIDC, host: Host): StepDetails {
  const attempt = authorizeAttempt(ctx, host)
  const verdict = judgeAuthorize(ctx, host)
  return {
    step: verdict.next,
    userId: stateOf(ctx).session?.userId ?? null,
    challenges: verdict.decision?.challenges ?? [],
    transferMethod: attempt.transferMethod,
    resources: attempt.resources.map(({ appId }) => appId),
    correlationId: attempt.observation.correlationId,
    asked: stateOf(ctx).asked ?? {},
    askedAt: { alias: stateOf(ctx).alias ?? null, path: stateOf(ctx).askedAt ?? authorizePath },
    startOver: startOverHref(ctx, host),
  }
}

/** The authorize request again, as the library last understood it, with the account to be picked anew. */
export function startOverHref(ctx: KoaContextWithOIDC, host: Host): string {
  if (ctx.oidc.deviceCode) return `/${host.tenant.id}/oauth2/deviceauth`
  const asked = stateOf(ctx).asked ?? (ctx.oidc.params as Record<string, unknown>)
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(asked)) {
    if (typeof value === 'string' && name !== 'prompt' && !name.startsWith('x_')) query.set(name, value)
  }
  query.set('prompt', 'select_account')

  return `/${host.tenant.id}${stateOf(ctx).askedAt ?? authorizePath}?${query}`
}

const authorizePath = '/oauth2/v2.0/authorize'

function hasTaken(ctx: KoaContextWithOIDC, step: string): boolean {
  return answerOf(ctx).took?.includes(step) ?? false
}

import { realNow } from '../clock/clock.ts'
import type { Clock } from '../clock/clock.ts'
import type { Attempt, SignInTenant, Verdict } from '../sign-in/attempt.ts'
import { checkPassword, primaryMethodOf } from '../sign-in/challenges/password.ts'
import { decide, failed } from '../sign-in/decide.ts'
import { transferMethodOf } from '../sign-in/describe.ts'
import { tokenLifetimeSeconds } from '../sign-in/lifetimes.ts'
import { isPrimary, newSession, touch, withMethod } from '../sign-in/session.ts'
import type { AccountSession } from '../sign-in/session.ts'
import type { Observation } from '../sign-in/signals.ts'
import { timeOfProof } from '../sign-in/validity.ts'
import type { Case, Step } from './stage.ts'
import { freshTenant } from './tenant.ts'

/** What came of a step, or why it could not be taken. */
export type Took = { readonly step: Step; readonly verdict: Verdict; readonly idTokenSeconds: number; readonly impossible?: string }

type Tenant = SignInTenant & { readonly clock: Clock }
/** What one browser and one application hold between the steps of a case. */
type Held = { session: AccountSession | null; grant: { readonly session: AccountSession; readonly since: number; readonly issuedAt: number } | null }

/** Takes the steps of a case, each decided as any sign-in is. */
export async function run(scenario: Case): Promise<readonly Took[]> {
  const tenant = freshTenant(scenario.stage, scenario.at ?? realNow())
  const held: Held = { session: null, grant: null }
  const taken: Took[] = []
  for (const step of scenario.steps) {
    tenant.clock.advance(step.later)
    const verdict = await verdictOn(scenario, step, tenant, held, taken.length === 0)
    const { idToken } = tokenLifetimeSeconds(tenant, scenario.client, step.resources[0] ?? null)
    taken.push(verdict
      ? { step, verdict, idTokenSeconds: idToken }
      : { step, verdict: failed({ code: 0 }), idTokenSeconds: idToken, impossible: 'nothing was granted before, so there is no refresh token to redeem' })
  }

  return taken
}

async function verdictOn(scenario: Case, step: Step, tenant: Tenant, held: Held, isFirst: boolean): Promise<Verdict | null> {
  if (scenario.user === null) return decide(daemon(scenario, step), tenant)
  if (step.do === 'refresh') return refreshed(scenario, step, tenant, held)

  const refused = await prove(scenario, step, tenant, held, isFirst)
  if (refused) return refused
  const attempt = signInAttempt(scenario, step, held)
  const verdict = decide(attempt, tenant)
  if (verdict.outcome === 'granted' && held.session) {
    const now = tenant.clock.now()
    held.session = touch(held.session, now)
    const originalTransferMethod = transferMethodOf(attempt, tenant)
    const session = originalTransferMethod === null ? held.session : { ...held.session, originalTransferMethod }
    held.grant = { session, since: now, issuedAt: now }
  }

  return verdict
}

/** What the user shows now joins the session; a password that was typed is checked. */
async function prove({ user, isPersistent }: Case, step: Step, tenant: Tenant, held: Held, isFirst: boolean): Promise<Verdict | null> {
  if (!user) return null
  const now = timeOfProof(tenant, user)
  const usual = primaryMethodOf(tenant, user)
  if (step.password !== null) {
    const checked = await checkPassword(tenant, user, step.password, observationOf(step))
    if ('refusal' in checked) return failed(checked.refusal)
  }
  const said = (step.proofs ?? (isFirst ? [{ method: 'password' as const, ago: 0 }] : []))
    .map(({ method, ago }) => ({ method: method === 'password' ? usual : method, at: ago === 0 ? now : tenant.clock.now() - ago }))
  const proofs = step.password !== null && !said.some(({ method }) => method === usual) ? [{ method: usual, at: now }, ...said] : said
  for (const used of proofs) {
    held.session = held.session ? withMethod(held.session, used) : { ...newSession(user.id, used, used.at), isPersistent, isKmsiAnswered: true }
  }
  if (proofs.length > 0 && held.session) held.session = touch(held.session, tenant.clock.now())

  return null
}

function refreshed(scenario: Case, step: Step, tenant: Tenant, held: Held): Verdict | null {
  const { grant } = held
  if (!grant) return null
  const verdict = decide({
    ...signInAttempt(scenario, step, held),
    event: 'refreshToken',
    session: grant.session,
    isInteractive: false,
    transferMethod: null,
    isFresh: false,
    grantIssuedAt: grant.issuedAt,
    chainIssuedAt: grant.since,
  }, tenant)
  if (verdict.outcome === 'granted') held.grant = { ...grant, issuedAt: tenant.clock.now() }

  return verdict
}

function signInAttempt({ user, client, flow }: Case, step: Step, { session }: Held): Attempt {
  const isDeviceCode = flow === 'deviceCode'
  const isPassword = flow === 'password'

  return {
    event: isPassword ? 'password' : 'authorize',
    user: session === null && !isPassword ? null : user,
    client,
    resources: step.resources,
    scopes: step.scopes,
    authenticationContexts: step.contexts,
    userAction: null,
    observation: observationOf(step),
    session,
    isInteractive: !isPassword && flow !== 'silent' && step.do !== 'silent',
    transferMethod: isDeviceCode ? 'deviceCodeFlow' : null,
    ...(isDeviceCode ? { redirectKind: 'publicClient' as const } : {}),
    maxAge: null,
    grantIssuedAt: null,
    isFresh: step.password !== null || (step.proofs ?? []).some(({ method, ago }) => ago === 0 && isPrimary(method)),
    challenge: null,
  }
}

function daemon(scenario: Case, step: Step): Attempt {
  return { ...signInAttempt(scenario, step, { session: null, grant: null }), event: 'clientCredentials', user: null, isInteractive: false, transferMethod: null }
}

/** Whoever says nothing of where they are sits at this machine. */
function observationOf({ signals }: Step): Observation {
  return { ipAddress: '127.0.0.1', userAgent: '', platform: null, header: signals, browser: {}, correlationId: 'c0ffee00-0000-4000-8000-00000000cccc' }
}

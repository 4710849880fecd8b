import { createHash, randomBytes } from 'node:crypto'
import type { Application, User } from '../directory/types.ts'
import { HttpRefusal } from '../http/errors.ts'
import type { UsedMethod } from '../policy/sign-in.ts'
import { checkPassword } from '../sign-in/challenges/password.ts'
import { failed } from '../sign-in/decide.ts'
import { timeOfProof } from '../sign-in/validity.ts'
import { isPrimary, newSession, withMethod } from '../sign-in/session.ts'
import type { AccountSession, BrowserSession } from '../sign-in/session.ts'
import type { Observation } from '../sign-in/signals.ts'
import type { Attempt, Verdict } from '../sign-in/attempt.ts'
import type { HeadlessAnswer, HeadlessSignIn } from '../sign-in/headless.ts'
import { browserCookieName, browserModel } from './browser.ts'
import { isConfidential, redirectKind, redirectUrisOf } from './clients.ts'
import type { Host } from './host.ts'
import { logVerdict } from './judge.ts'
import { ask } from './inject.ts'
import type { TenantApp } from './tenant-app.ts'

/** What a caller of the control API got wrong, in a sentence. */
export class HeadlessRefused extends HttpRefusal {
  constructor(message: string) {
    super(400, 'cannot_sign_in', message)
  }
}

/**
 * A whole sign-in without a browser. Only the pages are left out: the session that they would have made is planted, and
 * the authorize request and the redemption go through the same door as everybody's.
 */
export async function signInHeadless(host: Host, app: TenantApp, request: HeadlessSignIn): Promise<HeadlessAnswer> {
  const { directory } = host.tenant
  const client = directory.named('applications', request.client)
  if (!client) return answerOf(host, failed({ code: 700016, values: { app: request.client, tenant: directory.settings.displayName } }))
  if (request.user === undefined) return clientCredentials(host, app, client, request)

  const user = directory.named('users', request.user)
  if (!user) return answerOf(host, failed({ code: 50034, values: { user: request.user, tenant: directory.settings.displayName } }))

  const first = await firstFactor(host, client, user, request)
  if ('answer' in first) return first.answer

  return authorize(host, app, client, user, first.session, request)
}

async function firstFactor(host: Host, client: Application, user: User, request: HeadlessSignIn): Promise<{ session: AccountSession } | { answer: HeadlessAnswer }> {
  const { tenant } = host
  const now = timeOfProof(tenant, user)
  const isFederated = tenant.directory.domainOf(user.userPrincipalName)?.authenticationType === 'Federated'
  const { methods = [] } = request
  let used: UsedMethod = { method: methods.find(isPrimary) ?? (isFederated ? 'federatedSingleFactor' : 'password'), at: now }
  if (request.password !== undefined) {
    const attempt = bareAttempt(client, user, observationOf(request))
    const checked = await checkPassword(tenant, user, request.password, attempt.observation)
    if ('refusal' in checked) {
      const verdict = failed(checked.refusal)
      logVerdict(host, attempt, verdict)
      return { answer: answerOf(host, verdict) }
    }
    used = checked.used
  }
  const further = [...methods, ...(request.oneTimeCode ? (['softwareOath'] as const) : [])].filter((method) => method !== used.method)
  const session = further.reduce((shown, method) => withMethod(shown, { method, at: now }), newSession(user.id, used, now))

  return { session: { ...session, isKmsiAnswered: true } }
}

async function authorize(host: Host, app: TenantApp, client: Application, user: User, session: AccountSession, request: HeadlessSignIn): Promise<HeadlessAnswer> {
  const [redirectUri] = redirectUrisOf(client)
  if (redirectUri === undefined) throw new HeadlessRefused(`"${client.displayName}" has no redirect URI, so no user can sign in to it.`)

  const verifier = randomBytes(32).toString('base64url')
  const planted: BrowserSession = { id: randomBytes(32).toString('base64url'), accounts: [session] }
  host.tenant.state.upsert(browserModel, planted.id, planted, 60)
  const asked = host.profile.scopeParameters(request.scope ?? 'openid profile offline_access', host)
  const query = new URLSearchParams({
    client_id: client.appId,
    response_type: 'code',
    response_mode: 'query',
    redirect_uri: redirectUri,
    ...asked,
    login_hint: user.userPrincipalName,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(request.claims === undefined ? {} : { claims: typeof request.claims === 'string' ? request.claims : JSON.stringify(request.claims) }),
  })
  const answer = await ask(host, app, {
    path: `/oauth2/v2.0/authorize?${query}`,
    headers: { ...signalsHeader(request), cookie: `${browserCookieName(host)}=${planted.id}` },
    isFresh: true,
  })
  host.tenant.state.destroy(browserModel, planted.id)

  const { verdict } = answer.state
  const code = URL.parse(answer.location ?? '')?.searchParams.get('code')
  const refused = verdict?.refusal ? undefined : answer.state.refused ?? saidBack(answer.location)
  if (refused) return { outcome: 'failed', error: refused, why: verdict?.decision ?? null }
  if (!code && !verdict?.refusal && answer.json.error !== undefined) return faulty(answer.json, verdict)
  if (!code) return answerOf(host, verdict)

  const redeemed = await ask(host, app, {
    path: '/oauth2/v2.0/token',
    form: { grant_type: 'authorization_code', client_id: client.appId, code, redirect_uri: redirectUri, code_verifier: verifier, ...(asked.resource === undefined ? {} : { resource: asked.resource }), ...secretOf(client, redirectUri) },
    isOwn: secretOf(client, redirectUri).client_secret === undefined,
    headers: { ...signalsHeader(request), ...(redirectKind(client, redirectUri) === 'spa' ? { origin: new URL(redirectUri).origin } : {}) },
  })

  return redeemed.status === 200
    ? { outcome: 'granted', tokens: redeemed.json, why: verdict?.decision ?? null }
    : redeemed.state.verdict?.refusal ? answerOf(host, redeemed.state.verdict) : faulty(redeemed.json, verdict)
}

/** Judged well, and then the token endpoint failed, by a fault that a test asked for; or refused before it was judged. */
function faulty({ error, error_codes: codes, suberror, error_description: message }: Readonly<Record<string, unknown>>, verdict: Verdict | undefined): HeadlessAnswer {
  const [code = 0] = Array.isArray(codes) ? (codes as readonly number[]) : []
  const said = { code, error: String(error ?? 'server_error'), ...(typeof suberror === 'string' ? { suberror } : {}), message: untraced(String(message ?? 'The token endpoint failed.')) }

  return { outcome: 'failed', error: said, why: verdict?.decision ?? null }
}

/** The error that was sent back to the application instead of a code. */
function saidBack(location: string | null): HeadlessAnswer['error'] {
  const query = URL.parse(location ?? '')?.searchParams
  const error = query?.get('error')
  if (!query || !error) return undefined
  const message = untraced(query.get('error_description') ?? error)

  return { code: Number(/^AADSTS(\d+)/.exec(message)?.[1] ?? 0), error, message }
}

/** Trace and correlation belong to a response that nobody sees here. */
const untraced = (description: string) => description.replace(/ Trace ID: .*$/s, '')

/** A web application shows its secret, as it would anywhere; for one that has a certificate only, the server answers. */
function secretOf(client: Application, redirectUri: string): { readonly client_secret?: string } {
  const [secret] = client.secrets

  return secret !== undefined && redirectKind(client, redirectUri) === 'web' ? { client_secret: secret } : {}
}

async function clientCredentials(host: Host, app: TenantApp, client: Application, request: HeadlessSignIn): Promise<HeadlessAnswer> {
  if (!isConfidential(client)) throw new HeadlessRefused(`"${client.displayName}" is a public client: name a user to sign in to it.`)
  const asked = host.profile.scopeParameters(request.scope ?? 'https://graph.microsoft.com/.default', host)
  const answer = await ask(host, app, {
    path: '/oauth2/v2.0/token',
    form: { grant_type: 'client_credentials', client_id: client.appId, ...asked, ...(client.secrets[0] === undefined ? {} : { client_secret: client.secrets[0] }) },
    isOwn: client.secrets.length === 0,
    headers: signalsHeader(request),
  })
  if (answer.status === 200) return { outcome: 'granted', tokens: answer.json, why: answer.state.verdict?.decision ?? null }

  return answer.state.verdict?.refusal ? answerOf(host, answer.state.verdict) : faulty(answer.json, answer.state.verdict)
}

function answerOf(host: Host, verdict: Verdict | undefined): HeadlessAnswer {
  const refusal = verdict?.refusal
  if (!verdict || !refusal) throw new HeadlessRefused('The request was refused before the sign-in was judged: check client, scope and claims.')
  const words = host.profile.words(refusal, { endpoint: 'authorize', isSilent: true })
  return {
    outcome: verdict.outcome,
    error: { code: refusal.code, error: words.error, ...(words.suberror ? { suberror: words.suberror } : {}), message: words.description },
    why: verdict.decision,
  }
}

function signalsHeader(request: HeadlessSignIn): Record<string, string> {
  return request.signals ? { 'x-mock-signals': JSON.stringify(request.signals) } : {}
}

function observationOf(request: HeadlessSignIn): Observation {
  return { ipAddress: '127.0.0.1', userAgent: '', platform: null, header: request.signals ?? {}, browser: {}, correlationId: crypto.randomUUID() }
}

function bareAttempt(client: Application, user: User, observation: Observation): Attempt {
  return {
    event: 'authorize',
    user,
    client,
    resources: [],
    scopes: [],
    authenticationContexts: [],
    userAction: null,
    observation,
    session: null,
    isInteractive: true,
    transferMethod: null,
    maxAge: null,
    grantIssuedAt: null,
    isFresh: false,
    challenge: null,
  }
}

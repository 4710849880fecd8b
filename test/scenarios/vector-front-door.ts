import { expect } from 'vitest'
import type { Portcullis } from '../../src/index.ts'
import type { Told, Vector, VectorDirectory } from '../policy/stage-vector.ts'
import { appId } from '../policy/stage-vector.ts'
import { newStory, password } from '../support/mock.ts'
import type { Story, TokenBody } from '../support/mock.ts'
import { authorizeRequest, visitor } from '../support/visitor.ts'
import type { AuthorizeRequest, Page, Visitor } from '../support/visitor.ts'
import { logOf, mfa, patchTenant, policy, resultsIn, wait } from './telling.ts'
import type { LogEntry } from './telling.ts'
import { redirectUri, registered, secret, signalsOfVector, tenantOfVector } from './vector-tenant.ts'

/** Why a case cannot take place at the front door: told by what it says, whatever its name. Null where it can. */
export function obstacleTo({ level, signIn }: Vector, { users }: VectorDirectory): string | null {
  if (level === 'whatIf' || signIn === undefined) return 'a question to What If is no sign-in'

  return obstacles.find(({ stands }) => stands(signIn, users[signIn.user ?? '']?.methods ?? []))?.because ?? null
}

const events = new Set(['authorize', 'refresh_token', 'ropc', 'client_credentials'])
/** What a page here can ask for; other proofs come from devices that are not there. */
const asked = new Set(['password', 'softwareOath', 'federated'])

const obstacles: readonly { readonly because: string; readonly stands: (told: Told, registered: readonly string[]) => boolean }[] = [
  { because: 'a resource, and not the tenant, is asked', stands: ({ event = 'authorize' }) => !events.has(event) },
  { because: 'a token request is for one resource', stands: ({ app }) => Array.isArray(app) && app.length > 1 },
  { because: 'no page asks for the methods that were used', stands: ({ methodsUsed = [] }) => methodsUsed.some((method) => !asked.has(method)) },
  { because: 'the methods used are not among those registered', stands: ({ methodsUsed = [] }, has) => methodsUsed.some((method) => !has.includes(method)) },
  { because: 'no home tenant is there to vouch for MFA', stands: ({ homeMfa }) => homeMfa === true },
  { because: 'nobody tells the address that the resource sees', stands: ({ resourceSeesIp }) => resourceSeesIp !== undefined },
  { because: 'only the registration page asks about this user action', stands: ({ userAction }) => userAction !== undefined && userAction !== null },
  { because: 'a managed identity has no credentials to show', stands: ({ managedIdentity }) => Boolean(managedIdentity) },
  { because: 'the authentication flow has a story of its own', stands: ({ flow, originalTransferMethod }) => flow !== undefined || originalTransferMethod !== undefined },
  { because: 'the home provider page makes no such claim', stands: ({ claims = {} }) => Object.entries(claims).some(([name, value]) => value !== false && !name.toLowerCase().endsWith('insidecorporatenetwork')) },
]

/** A case, staged at the front door and played: what came of it, in the words of the expectation. */
export async function play(vector: Vector, directory: VectorDirectory, mock: Portcullis): Promise<Vector['expect']> {
  const told = vector.signIn!
  const before = needsHistory(told)
  const story = await newStory(mock, before ? { conditionalAccessPolicies: stagingPolicies(told) } : tenantOfVector(vector))
  const stage: Stage = { vector, told, story, directory, client: clientOf(told), signals: signalsOfVector(told, directory) }
  if (told.registeredMethods) await patchUser(stage, { authenticationMethods: registered(told.registeredMethods) })

  const history = before ? await makeHistory(stage) : null
  if (before) await patchTenant(story, tenantOfVector(vector))
  if (before) await wait(story, `PT${minutesAgo(told)}M`)
  const known = (await logOf(story)).length
  const shown = await perform(stage, history)

  return summary(vector, shown, (await logOf(story)).slice(known).at(-1))
}

type Stage = {
  readonly vector: Vector
  readonly told: Told
  readonly story: Story
  readonly directory: VectorDirectory
  readonly client: { readonly name: string; readonly kind: 'web' | 'native' | 'spa' }
  readonly signals: string
}

/** What went before: a browser with a session, or the tokens that were issued then. */
type History = { readonly browser: Visitor; readonly tokens: TokenBody | null }

/** What the user, or the application, is shown in the end. */
type Shown = { readonly page: Page | null; readonly tokens: TokenBody | null }

function needsHistory(told: Told): boolean {
  const { mfaInSession, minutesSinceAuth, hoursIdle, kmsi, prompt, touAccepted, sdDay, event, session } = told
  if (session === null || event === 'ropc' || event === 'client_credentials') return false

  return Boolean(mfaInSession || minutesSinceAuth || hoursIdle || kmsi || prompt === 'none' || touAccepted || sdDay || event === 'refresh_token')
}

function minutesAgo({ minutesSinceAuth = 0, hoursIdle = 0, hoursSinceIssue = 0, sdDay = 0 }: Told): number {
  return minutesSinceAuth + 60 * Math.max(hoursIdle, hoursSinceIssue, sdDay * 24)
}

function stagingPolicies({ mfaInSession, touAccepted = [] }: Told): Record<string, unknown>[] {
  const conditions = { users: { includeUsers: ['All'] } }

  return [
    ...(mfaInSession ? [policy('staging: MFA', { conditions, grantControls: mfa })] : []),
    ...(touAccepted.length > 0 ? [policy('staging: terms', { conditions, grantControls: { operator: 'AND', termsOfUse: touAccepted } })] : []),
  ]
}

async function makeHistory(stage: Stage): Promise<History> {
  const { story, told, vector } = stage
  const browser = visitor(story.mock, { signals: stage.signals })
  if (told.kmsi) await patchTenant(story, { settings: { kmsiPromptEnabled: true } })
  // The days of grace are counted from the first sign-in under security defaults.
  if (told.sdDay) await patchTenant(story, tenantOfVector(vector))
  const request = authorize(stage)
  await browser.open(request.url)
  await walk(stage, browser)
  if (told.sdDay) return { browser: visitor(story.mock, { signals: stage.signals }), tokens: null }
  expect(browser.page.answer, `the session of the past: ${browser.page.text}`).toHaveProperty('code')
  if (told.event !== 'refresh_token') return { browser, tokens: null }

  const { status, body } = await story.token({
    grant_type: 'authorization_code', code: browser.page.answer.code ?? '', redirect_uri: redirectUri, code_verifier: request.verifier, ...credentials(stage),
  }, headersOf(stage))
  expect(status, JSON.stringify(body)).toBe(200)
  if (told.revokedAfterIssue) await story.control('POST', `/users/${told.user}/revoke`)
  if (told.passwordChangedAfterIssue) await patchUser(stage, { password: 'Drawbridge2?' })
  if (told.accountEnabled === false) await patchUser(stage, { accountEnabled: false })

  return { browser, tokens: body }
}

async function perform(stage: Stage, history: History | null): Promise<Shown> {
  const { told, story, directory } = stage
  const isLegacy = told.interactive === false && told.event === 'authorize'
  const scope = scopeOf(stage)
  if (told.event === 'client_credentials') {
    const { body } = await story.token({ grant_type: 'client_credentials', ...credentials(stage), scope: `${appId(String(told.app), directory)}/.default` }, headersOf(stage))
    return { page: null, tokens: body }
  }
  if (told.event === 'ropc' || isLegacy) {
    const { body } = await story.token({ grant_type: 'password', ...credentials(stage), scope, username: userName(stage), password: told.password ?? password }, headersOf(stage))
    return { page: null, tokens: body }
  }
  if (told.event === 'refresh_token') {
    const { body } = await story.token({ grant_type: 'refresh_token', ...credentials(stage), scope, refresh_token: history?.tokens?.refresh_token ?? '' }, headersOf(stage))
    return { page: null, tokens: body }
  }

  const browser = history?.browser ?? visitor(story.mock, { signals: stage.signals, headers: told.headers ?? {} })
  await browser.open(authorize(stage, told.prompt).url)
  if (history === null || told.sdDay) await enter(stage, browser)

  return { page: browser.page, tokens: null }
}

/** Shows user name and password, and leaves whatever is asked next unanswered. */
async function enter(stage: Stage, browser: Visitor): Promise<void> {
  if (browser.page.step === 'user-name') await browser.submit({ username: userName(stage) })
  if (browser.page.step === 'password') await browser.submit({ password: stage.told.password === 'wrong' ? 'Wrong password' : password })
}

/** Answers everything that is asked, as the past needs it. */
async function walk(stage: Stage, browser: Visitor): Promise<void> {
  await enter(stage, browser)
  for (let pages = 0; browser.page.step !== null && pages < 5; pages += 1) {
    const { step } = browser.page
    if (step === 'one-time-code') await browser.submit({ code: await stage.story.code(stage.told.user ?? '') })
    else if (step === 'terms-of-use') await browser.submit({ accept: 'yes' })
    else if (step === 'stay-signed-in') await browser.submit({ stay: stage.told.kmsi ? 'yes' : 'no' })
    else return
  }
}

function clientOf({ clientApp, servicePrincipal, client, clientType, event }: Told): Stage['client'] {
  const name = servicePrincipal ?? clientApp
  if (name !== undefined) return { name, kind: name === 'WEB' ? 'web' : 'native' }
  if (clientType === 'spa') return { name: 'A page', kind: 'spa' }

  return client === 'browser' && event !== 'ropc' ? { name: 'A web application', kind: 'web' } : { name: 'An installed application', kind: 'native' }
}

function authorize(stage: Stage, prompt?: string): AuthorizeRequest {
  const { told, story } = stage
  const acrs = told.acrs === undefined ? [] : [told.acrs].flat()
  const claims = {
    ...(acrs.length > 0 ? { acrs: acrs.length === 1 ? { essential: true, value: acrs[0] } : { essential: true, values: acrs } } : {}),
    ...(told.clientCapabilities ? { xms_cc: { values: told.clientCapabilities } } : {}),
  }

  return authorizeRequest(story.issuer, clientId(stage), {
    redirect_uri: redirectUri,
    scope: scopeOf(stage),
    response_mode: 'query',
    ...(prompt ? { prompt } : {}),
    ...(Object.keys(claims).length > 0 ? { claims: JSON.stringify({ access_token: claims }) } : {}),
  })
}

/** Where a case names no permissions, all that the application was granted; it asks nothing about the user. */
function scopeOf({ told, directory }: Stage): string {
  const resource = appId(String([told.app].flat()[0]), directory)
  const scopes = (told.scopes ?? ['.default']).map((scope) => (['openid', 'profile', 'email', 'offline_access'].includes(scope) ? scope : `${resource}/${scope}`))

  return [...scopes, ...(told.event === 'refresh_token' && !scopes.includes('offline_access') ? ['offline_access'] : [])].join(' ')
}

const ids = new Map<string, string>()

function clientId({ client, directory }: Stage): string {
  const known = appId(client.name, directory)

  return known === client.name ? (ids.get(client.name) ?? client.name) : known
}

/** Applications that the directory gives no id have the one that follows from their name. */
export async function learnIds(mock: Portcullis): Promise<void> {
  const response = await fetch(`${mock.http}/_mock/snapshot`)
  const { applications } = (await response.json()) as { applications: { displayName: string; appId: string }[] }
  for (const application of applications) ids.set(application.displayName, application.appId)
}

function credentials(stage: Stage): Record<string, string> {
  return { client_id: clientId(stage), ...(stage.client.kind === 'web' ? { client_secret: secret } : {}) }
}

function headersOf({ signals, client, told }: Stage): Record<string, string> {
  return { 'x-mock-signals': signals, ...told.headers, ...(client.kind === 'spa' ? { origin: new URL(redirectUri).origin } : {}) }
}

function userName({ told, directory }: Stage): string {
  return directory.users[told.user ?? '']?.upn ?? `${told.user}@contoso.com`
}

async function patchUser({ story, told }: Stage, change: Record<string, unknown>): Promise<void> {
  const { status, body } = await story.control('PATCH', `/users/${told.user}`, change)
  expect(status, JSON.stringify(body)).toBe(200)
}

function summary(vector: Vector, { page, tokens }: Shown, row: LogEntry | undefined): Vector['expect'] {
  const isGranted = page ? 'code' in page.answer : tokens?.access_token !== undefined
  const told = codeTold(page, tokens)
  const code = isGranted ? null : (row?.status.errorCode ?? told ?? (page?.step === 'user-name' ? nobodySignedIn : null))
  // What the answer says and what the log says are one number.
  if (told !== null && row) expect(told, 'the number in the answer is the one in the log').toBe(row.status.errorCode)
  const isAsked = page !== null && page.step !== null && code !== wrongPassword
  const outcome = isGranted ? 'granted' : isAsked || interruptions.has(code ?? 0) ? 'interrupted' : row?.conditionalAccessStatus === 'failure' ? 'blocked' : 'failed'
  // At the token endpoint the number is all that tells what is missing.
  const challenge = outcome === 'interrupted' ? (challenges[page?.step ?? ''] ?? vector.expect.challenge) : undefined

  return {
    outcome,
    ...(challenge === undefined ? {} : { challenge }),
    error: code,
    policyResults: Object.fromEntries(Object.entries(resultsIn(row)).filter(([name]) => vector.policies?.some(({ id }) => id === name))),
    conditionalAccessStatus: row?.conditionalAccessStatus ?? 'notApplied',
  }
}

const nobodySignedIn = 50058
const wrongPassword = 50126
const interruptions = new Set([50072, 50074, 50076, 50078, 50079, 50131, 50135, 50158, 70043, 70044])

const challenges: Readonly<Record<string, string>> = {
  'user-name': 'reauthenticate',
  'password': 'reauthenticate',
  'one-time-code': 'mfa',
  'register': 'register',
  'change-password': 'passwordChange',
  'terms-of-use': 'termsOfUse',
  'external-challenge': 'federatedMfa',
}

function codeTold(page: Page | null, tokens: TokenBody | null): number | null {
  if (page?.step) return null
  const [code] = tokens?.error_codes ?? []

  const said = /AADSTS(\d+)/.exec(page?.answer.error_description ?? page?.text ?? '')?.[1]

  return code ?? (said === undefined ? null : Number(said))
}

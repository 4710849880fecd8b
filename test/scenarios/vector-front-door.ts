import { expect } from 'vitest'
import type { Portcullis } from '../../src/index.ts'
import type { Told, Vector, VectorDirectory } from '../policy/stage-vector.ts'
import { appId, eventOf, methodNamed, saysMfa } from '../policy/stage-vector.ts'
import { newStory, password } from '../support/mock.ts'
import type { Story, TokenBody } from '../support/mock.ts'
import { authorizeRequest, visitor } from '../support/visitor.ts'
import type { AuthorizeRequest, Visitor } from '../support/visitor.ts'
import { endpoint, logOf, mfa, patchTenant, policy, wait } from './telling.ts'
import { appsOf, isBehindGraph, isShownAtOnce, scopesOf, serviceOf } from './vector-obstacles.ts'
import { summary } from './vector-summary.ts'
import type { Shown } from './vector-summary.ts'
import { redirectUri, registered, secret, signalsOfVector, tenantOfVector } from './vector-tenant.ts'

/** A case, staged at the front door and played: what came of it, in the words of the expectation. */
export async function play(vector: Vector, directory: VectorDirectory, mock: Portcullis): Promise<Vector['expect']> {
  const told = vector.signIn!
  const before = needsHistory(told, directory)
  const story = await newStory(mock, before ? { conditionalAccessPolicies: stagingPolicies(told) } : tenantOfVector(vector))
  const stage: Stage = { vector, told, story, directory, client: clientOf(told, directory), signals: signalsOfVector(told, directory) }
  if (told.registeredMethods) await patchUser(stage, { authenticationMethods: registered(told.registeredMethods) })

  // To the minute: the clock stands still where a case says how long ago something was.
  if (before && minutesAgo(told) > 0) await story.control('POST', '/clock', { frozen: true })
  const history = before ? await makeHistory(stage) : null
  if (before) await patchTenant(story, tenantOfVector(vector))
  if (before) await wait(story, `PT${minutesAgo(told)}M`)
  await changeMeanwhile(stage)
  if (isShownToResource(told)) return atResource(stage, history)
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

function needsHistory(told: Told, directory: VectorDirectory): boolean {
  const { mfaInSession, minutesSinceAuth, hoursIdle, kmsi, prompt, touAccepted, sdDay, session } = told
  const event = eventOf(told)
  if (session === null || (event === 'ropc' && !sdDay) || event === 'client_credentials' || isShownAtOnce(told, directory)) return false
  const isMfaInBrowser = mfaInSession && !saysMfa(told, directory)

  return Boolean(isMfaInBrowser || minutesSinceAuth || hoursIdle || kmsi || prompt === 'none' || touAccepted || sdDay || event === 'refresh_token' || isShownToResource(told) || hasChangedMeanwhile(told))
}

function hasChangedMeanwhile({ revokedAfterIssue, passwordChangedAfterIssue, accountEnabled }: Told): boolean {
  return Boolean(revokedAfterIssue || passwordChangedAfterIssue || accountEnabled === false)
}

async function changeMeanwhile(stage: Stage): Promise<void> {
  const { told, story } = stage
  if (told.revokedAfterIssue) await story.control('POST', `/users/${told.user}/revoke`)
  if (told.passwordChangedAfterIssue) await patchUser(stage, { password: 'Drawbridge2?' })
  if (told.accountEnabled === false) await patchUser(stage, { accountEnabled: false })
}

/** A token of before is shown to the API that it is for. */
function isShownToResource({ event }: Told): boolean {
  return event === 'bearer' || event === 'bearerCae'
}

function minutesAgo({ minutesSinceAuth = 0, hoursIdle = 0, hoursSinceIssue = 0, sdDay = 0 }: Told): number {
  return minutesSinceAuth + 60 * Math.max(hoursIdle, hoursSinceIssue, sdDay * 24)
}

/** A session that is said to be old, and not to have rested, is one that was kept. */
function isKept(told: Told): boolean {
  return told.kmsi ?? (told.hoursIdle === undefined && told.sdDay === undefined && minutesAgo(told) >= 24 * 60)
}

function stagingPolicies(told: Told): Record<string, unknown>[] {
  const conditions = { users: { includeUsers: ['All'] } }
  const terms = [told.touAccepted ?? []].flat()

  return [
    ...(told.mfaInSession ? [policy('staging: MFA', { conditions, grantControls: mfa })] : []),
    ...(terms.length > 0 ? [policy('staging: terms', { conditions, grantControls: { operator: 'AND', termsOfUse: terms } })] : []),
  ]
}

async function makeHistory(stage: Stage): Promise<History> {
  const { story, told, vector } = stage
  const { userAction: _, ...ordinary } = told
  const before = { ...stage, told: { ...ordinary, ...(told.event === 'bearerCae' ? { clientCapabilities: ['cp1'] } : {}) } }
  const browser = visitor(story.mock, { signals: signalsBefore(stage) })
  if (isKept(told)) await patchTenant(story, { settings: { kmsiPromptEnabled: true } })
  // The days of grace are counted from the first sign-in under security defaults.
  if (told.sdDay) await patchTenant(story, tenantOfVector(vector))
  if (told.originalTransferMethod === 'deviceCodeFlow') return { browser, tokens: await byDeviceCode(stage, browser) }
  // A session begins with an application, also where a user action is asked for in it.
  const request = authorize(before)
  await browser.open(request.url)
  await walk(stage, browser)
  if (told.sdDay) return { browser: visitor(story.mock, { signals: stage.signals }), tokens: null }
  expect(browser.page.answer, `the session of the past: ${browser.page.text}`).toHaveProperty('code')
  if (told.event !== 'refresh_token' && !isShownToResource(told)) return { browser, tokens: null }

  const { status, body } = await story.token({
    grant_type: 'authorization_code', code: browser.page.answer.code ?? '', redirect_uri: redirectUri, code_verifier: request.verifier, ...credentials(stage),
  }, headersOf(stage))
  expect(status, JSON.stringify(body)).toBe(200)

  return { browser, tokens: body }
}

/** A legacy client shows no pages; and whoever is at risk, or elsewhere, at an API is so since the token was issued. */
function signalsBefore({ told, signals, directory: { ips } }: Stage): string {
  const { clientAppType, userRiskLevel, country, ...before } = JSON.parse(signals) as Record<string, unknown>
  if (isShownToResource(told)) return JSON.stringify({ ...before, ...(ips['hq'] ? { ipAddress: ips['hq'] } : {}) })
  const isLegacy = clientAppType === 'other' || clientAppType === 'exchangeActiveSync'

  return isLegacy ? JSON.stringify({ ...before, userRiskLevel, country }) : signals
}

async function perform(stage: Stage, history: History | null): Promise<Shown> {
  const { told, story, directory } = stage
  const isLegacy = told.interactive === false && eventOf(told) === 'authorize'
  const scope = scopeOf(stage)
  if (eventOf(told) === 'client_credentials') {
    const { body } = await story.token({ grant_type: 'client_credentials', ...credentials(stage), scope: `${appId(appsOf(told)[0] ?? 'GRAPH', directory)}/.default` }, headersOf(stage))
    return { page: null, tokens: body }
  }
  if (isShownAtOnce(told, directory)) return atOnce(stage, scope)
  if (told.event === 'ropc' || isLegacy) {
    const { body } = await story.token({ grant_type: 'password', ...credentials(stage), scope, username: userName(stage), password: told.password ?? password }, headersOf(stage))
    return { page: null, tokens: body }
  }
  if (told.event === 'refresh_token') {
    const { body } = await story.token({ grant_type: 'refresh_token', ...credentials(stage), scope, refresh_token: history?.tokens?.refresh_token ?? '' }, headersOf(stage))
    return { page: null, tokens: body }
  }

  const browser = history?.browser ?? visitor(story.mock, { signals: stage.signals, headers: told.headers ?? {} })
  if (told.flow === 'deviceCodeFlow') {
    const device = await toDeviceCode(stage, browser)
    return device.page.step === 'confirm-device' ? { page: null, tokens: await redeem(stage, device) } : { page: device.page, tokens: null }
  }
  if (told.sdDay && told.prompt === 'none') {
    // That day's session: only the password was shown in it.
    await browser.open(authorize(stage).url)
    await enter(stage, browser)
  }
  await browser.open(authorize(stage, told.prompt).url)
  if ((history === null && told.session !== null) || told.sdDay) await enter(stage, browser)

  return { page: browser.page, tokens: null }
}

/** What an API is told of the token that it is shown, from where the case has it used (reference 6.1). */
async function atResource({ story, signals, told }: Stage, history: History | null): Promise<Vector['expect']> {
  const { userRiskLevel = 'none', ipAddress } = JSON.parse(signals) as Record<string, string | undefined>
  await story.control('PUT', `/signals/${told.user}`, { userRiskLevel })
  const response = await fetch(`${story.mock.http}/_mock/tokens/standing`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token: history?.tokens?.access_token, ...(ipAddress ? { ipAddress } : {}) }),
  })
  const standing = (await response.json()) as { active?: boolean; isContinuous?: boolean; wwwAuthenticate?: string }
  const isRefused = standing.active === false && standing.wwwAuthenticate?.includes('error="insufficient_claims"')
  if (!isRefused) expect(standing).toEqual({ active: true, isContinuous: told.event === 'bearerCae' })

  return {
    outcome: isRefused ? 'failed' : 'granted',
    ...(isRefused ? { challenge: 'claims' } : {}),
    error: isRefused ? '401 insufficient_claims' : null,
    policyResults: {},
    conditionalAccessStatus: 'none',
  }
}

/** A sign-in whose proofs are said rather than asked for. */
async function atOnce({ story, told, signals, ...stage }: Stage, scope: string): Promise<Shown> {
  const { body } = await story.control('POST', '/sign-ins', {
    user: told.user, client: clientId({ ...stage, story, told, signals }), scope, signals: JSON.parse(signals) as unknown, methods: [told.methodsUsed ?? []].flat().map(methodNamed),
  })
  const { tokens, error, why } = body as { tokens?: TokenBody; error?: { code: number }; why?: { challenges: { kind: string }[] } }

  return { page: null, tokens: tokens ?? { error_codes: [error?.code ?? 0] }, ...(why?.challenges[0] ? { challenge: why.challenges[0].kind } : {}) }
}

/** Approves a device in the browser, up to the question whether it is the user's. */
async function toDeviceCode(stage: Stage, browser: Visitor): Promise<Visitor & { readonly deviceCode: string }> {
  const { story } = stage
  const response = await fetch(endpoint(story, '/oauth2/v2.0/devicecode'), { method: 'POST', body: new URLSearchParams({ client_id: clientId(stage), scope: scopeOf(stage) }) })
  const device = (await response.json()) as { user_code: string; device_code: string; verification_uri: string }
  await browser.open(device.verification_uri)
  await browser.submit({ user_code: device.user_code })
  // The session that is there already is the user's.
  if (browser.page.step === 'pick-account') await browser.submit({ account: browser.page.root.querySelector('button[name=account]')?.getAttribute('value') ?? '' })
  await enter(stage, browser)

  return Object.assign(browser, { deviceCode: device.device_code })
}

async function byDeviceCode(stage: Stage, browser: Visitor): Promise<TokenBody> {
  const device = await toDeviceCode(stage, browser)
  await walk(stage, browser)
  const body = await redeem(stage, device)
  expect(body, browser.page.text).toHaveProperty('refresh_token')

  return body
}

/** Says that the device is the user's, and fetches its tokens. */
async function redeem(stage: Stage, device: Visitor & { readonly deviceCode: string }): Promise<TokenBody> {
  await device.submit({})
  const { body } = await stage.story.token({ grant_type: 'urn:ietf:params:oauth:grant-type:device_code', ...credentials(stage), device_code: device.deviceCode }, headersOf(stage))

  return body
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
    else if (step === 'stay-signed-in') await browser.submit({ stay: isKept(stage.told) ? 'yes' : 'no' })
    else return
  }
}

function clientOf({ clientApp, servicePrincipal, managedIdentity, client, clientType, event, flow, originalTransferMethod }: Told, { apps }: VectorDirectory): Stage['client'] {
  if (managedIdentity) return { name: 'A managed identity', kind: 'web' }
  if (servicePrincipal !== undefined) return { name: servicePrincipal, kind: 'web' }
  if (clientApp !== undefined) return { name: clientApp, kind: /confidential/.test(apps[clientApp] ?? '') ? 'web' : 'native' }
  if (clientType === 'spa') return { name: 'A page', kind: 'spa' }
  const isWeb = client === 'browser' && event !== 'ropc' && flow !== 'deviceCodeFlow' && originalTransferMethod !== 'deviceCodeFlow'

  return isWeb ? { name: 'A web application', kind: 'web' } : { name: 'An installed application', kind: 'native' }
}

function authorize(stage: Stage, prompt?: string): AuthorizeRequest {
  const { told, story, directory } = stage
  const acrs = told.acrs === undefined ? [] : [told.acrs].flat()
  const claims = {
    ...(acrs.length > 0 ? { acrs: acrs.length === 1 ? { essential: true, value: acrs[0] } : { essential: true, values: acrs } } : {}),
    ...(told.clientCapabilities ? { xms_cc: { values: told.clientCapabilities } } : {}),
    ...(told.resourceSeesIp ? { xms_rp_ipaddr: { value: directory.ips[told.resourceSeesIp] ?? told.resourceSeesIp } } : {}),
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
  const { userAction, event, originalTransferMethod } = told
  if (userAction) return `${serviceOf[userAction]}/.default`
  const [first] = appsOf(told)
  const resource = appId(appsOf(told).length > 1 && isBehindGraph(told) ? 'GRAPH' : (first ?? 'GRAPH'), directory)
  const named = scopesOf(told)
  const scopes = (named.length > 0 ? named : ['.default']).map((scope) => (['openid', 'profile', 'email', 'offline_access'].includes(scope) ? scope : `${resource}/${scope}`))
  const isRefreshed = event === 'refresh_token' || originalTransferMethod !== undefined

  return [...scopes, ...(isRefreshed && !scopes.includes('offline_access') ? ['offline_access'] : [])].join(' ')
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

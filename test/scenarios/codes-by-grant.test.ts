import { describe, expect, test } from 'vitest'
import { apps, changeApplication, newStory, password, places, useMock } from '../support/mock.ts'
import type { Story, TokenBody } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import type { Visitor } from '../support/visitor.ts'
import { ask, block, credentialsOf, endpoint, from, mfa, patchTenant, policy, redeem, setPolicies, standing } from './telling.ts'

/** What a policy wants of a session that has not got it, and what each way of asking for a token is told (reference 8.4). */
const server = useMock()
const scope = 'openid profile offline_access api://sales-api/Orders.Read'
const wants = (...builtInControls: string[]) => ({ grantControls: { operator: 'OR', builtInControls } })
const onTheApi = { conditions: { applications: { includeApplications: ['Sales API'] } } }
const hour = { isEnabled: true, type: 'hours', value: 1, authenticationType: 'primaryAndSecondaryAuthentication', frequencyInterval: 'timeBased' }

type Told = { readonly code: number; readonly error?: string; readonly suberror?: string }
type Demand = {
  readonly rule: Record<string, unknown>
  /** Whoever it is about, and what else must be so. */
  readonly user?: string
  readonly stage?: (story: Story) => Promise<unknown>
  readonly told: Told
  /** Where a way of asking is told something else; null = it is granted. */
  readonly but?: Partial<Record<Way, Told | null>>
}

const demands: Record<string, Demand> = {
  'a block': { rule: { grantControls: block }, told: { code: 53003, suberror: 'message_only' } },
  'a second factor': { rule: { grantControls: mfa }, told: { code: 50076, suberror: 'basic_action' } },
  'a second factor of somebody who has none': { rule: { grantControls: mfa }, user: 'bob', told: { code: 50079, suberror: 'basic_action' } },
  'a compliant device': { rule: wants('compliantDevice'), told: { code: 53000, suberror: 'message_only' } },
  'a joined device': { rule: wants('domainJoinedDevice'), told: { code: 53001, suberror: 'message_only' }, but: { 'a device code': { code: 53000, suberror: 'message_only' } } },
  'an approved application': { rule: wants('approvedApplication'), told: { code: 53002, suberror: 'message_only' } },
  'a protected application': { rule: wants('compliantApplication'), told: { code: 53009, error: 'invalid_grant', suberror: 'protection_policy_required' } },
  'a second factor or a device, of which the former can be done': { rule: wants('mfa', 'compliantDevice'), told: { code: 50076, suberror: 'basic_action' } },
  'a second factor by the name of a strength': { rule: { grantControls: { operator: 'OR', authenticationStrength: { id: '00000000-0000-0000-0000-000000000002' } } }, told: { code: 50076, suberror: 'basic_action' } },
  'a key, which the user has none of': { rule: { grantControls: { operator: 'OR', authenticationStrength: { id: '00000000-0000-0000-0000-000000000004' } } }, told: { code: 50079, suberror: 'basic_action' } },
  'a new password of whoever is at risk': {
    rule: { conditions: { userRiskLevels: ['high'] }, grantControls: { operator: 'AND', builtInControls: ['mfa', 'passwordChange'] } },
    stage: (story) => story.control('PUT', '/signals/dave', { userRiskLevel: 'high' }),
    told: { code: 50076, suberror: 'basic_action' },
    // They are judged by what was known when the user signed in.
    but: { 'a code': null, 'a device code': null, 'another API': null },
  },
  'no device code': {
    rule: { conditions: { ...onTheApi.conditions, authenticationFlows: { transferMethods: 'deviceCodeFlow' } }, grantControls: block },
    told: { code: 53003, suberror: 'message_only' },
    but: { 'a code': null, 'a refresh': null, 'a refresh at v1': null, 'another API': null, 'a password': null, 'a silent request': null },
  },
  'a sign-in of this very moment': {
    rule: { sessionControls: { signInFrequency: { isEnabled: true, frequencyInterval: 'everyTime', authenticationType: 'primaryAndSecondaryAuthentication' } } },
    stage: (story) => story.control('POST', '/clock', { advance: 'PT6M' }),
    told: { code: 70043, suberror: 'token_expired' },
    but: { 'another API': { code: 70044, suberror: 'token_expired' }, 'a silent request': { code: 70044 }, 'a password': null, 'a code': { code: 70044, suberror: 'token_expired' }, 'a device code': { code: 70044, suberror: 'token_expired' } },
  },
  'terms of use': {
    rule: { grantControls: { operator: 'OR', termsOfUse: ['House rules'] } },
    stage: (story) => patchTenant(story, { agreements: [{ displayName: 'House rules' }] }),
    told: { code: 50158, suberror: 'basic_action' },
  },
  'a sign-in of the last hour': {
    rule: { sessionControls: { signInFrequency: hour } },
    stage: (story) => story.control('POST', '/clock', { advance: 'PT61M' }),
    told: { code: 70043, suberror: 'token_expired' },
    // A code is dead by then, a password as fresh as can be.
    but: { 'another API': { code: 70044, suberror: 'token_expired' }, 'a silent request': { code: 70044 }, 'a password': null, 'a code': { code: 70008 }, 'a device code': { code: 70019, error: 'expired_token' } },
  },
}

type Way = 'a code' | 'a device code' | 'a refresh' | 'a refresh at v1' | 'another API' | 'a password' | 'a silent request'
type Held = { readonly story: Story; readonly user: string; readonly browser: Visitor; readonly tokens: TokenBody; readonly device: string; readonly unredeemed: () => Promise<TokenBody> }

/** Each way of asking, with what a sign-in before the policy left behind. */
const ways: Record<Way, (held: Held) => Promise<TokenBody>> = {
  'a code': ({ unredeemed }) => unredeemed(),
  'a device code': async ({ story, device }) => (await story.token({ grant_type: 'device_code', client_id: apps.salesMobile, device_code: device })).body,
  'a refresh': async ({ story, tokens }) => (await story.token({ grant_type: 'refresh_token', ...credentialsOf(apps.salesMobile), refresh_token: tokens.refresh_token ?? '', scope }, from(places.office))).body,
  async 'a refresh at v1'({ story, tokens }) {
    const response = await fetch(endpoint(story, '/oauth2/token'), {
      method: 'POST', headers: from(places.office), body: new URLSearchParams({ grant_type: 'refresh_token', client_id: apps.salesMobile, refresh_token: tokens.refresh_token ?? '', resource: 'api://sales-api' }),
    })

    return (await response.json()) as TokenBody
  },
  'another API': async ({ story, tokens }) => (await story.token({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', requested_token_use: 'on_behalf_of', client_id: middle, client_secret: 'middle-secret', assertion: tokens.access_token ?? '', scope: 'api://sales-api/Orders.Read',
  })).body,
  'a password': async ({ story, user }) => (await story.token({ grant_type: 'password', ...credentialsOf(apps.salesMobile), username: `${user}@contoso.example`, password, scope }, from(places.office))).body,
  async 'a silent request'({ story, browser }) {
    const { page } = await ask(story, browser, apps.salesMobile, { scope, prompt: 'none' })

    return { ...page.answer, error_codes: [Number(/AADSTS(\d+)/.exec(page.answer.error_description ?? '')?.[1] ?? 0)] }
  },
}

/** An API that calls the Sales API for its users. */
const middle = 'c0ffee00-0000-4000-8000-0000000000aa'

async function held(user: string, way: Way): Promise<Held> {
  const story = await newStory(server.mock)
  await setPolicies(story)
  await patchTenant(story, { settings: { limits: { tokens: { accessMinutesMin: 90 } } } })
  await changeApplication(story, apps.adminShell, { appId: middle, displayName: 'Middle', secrets: ['middle-secret'], identifierUris: ['api://middle'], api: { oauth2PermissionScopes: [{ value: 'Use' }] }, consents: [{ resource: 'Sales API', scopes: ['Orders.Read'] }] })
  await changeApplication(story, apps.salesMobile, { consents: [{ resource: 'Sales API', scopes: ['Orders.Read'] }, { resource: 'Middle', scopes: ['Use'] }] })
  const browser = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  const request = await ask(story, browser, apps.salesMobile, { scope: way === 'another API' ? 'openid api://middle/Use' : scope })
  await browser.signIn(`${user}@contoso.example`)
  expect(standing(browser.page)).toBe('granted')
  const { page } = browser
  const unredeemed = async () => (await redeem(story, request, page)).body

  return { story, user, browser, tokens: way === 'a code' ? {} : await unredeemed(), device: way === 'a device code' ? await approvedDevice(story, browser, user) : '', unredeemed }
}

/** The device code that somebody has said yes to, not redeemed yet. */
async function approvedDevice(story: Story, browser: Visitor, user: string): Promise<string> {
  const response = await fetch(endpoint(story, '/oauth2/v2.0/devicecode'), { method: 'POST', body: new URLSearchParams({ client_id: apps.salesMobile, scope }) })
  const device = (await response.json()) as { device_code: string; user_code: string; verification_uri: string }
  await browser.open(device.verification_uri)
  await browser.submit({ user_code: device.user_code })
  await browser.signIn(`${user}@contoso.example`)
  await browser.submit({})
  expect(browser.page.title).toContain('Your device is signed in')

  return device.device_code
}

describe.each(Object.entries(demands))('%s', (_demand, { rule, user = 'dave', stage, told, but = {} }) => {
  test.concurrent.each(Object.keys(ways) as Way[])('is told to who asks with %s', async (way) => {
    const before = await held(user, way)
    await stage?.(before.story)
    await setPolicies(before.story, policy('The rule', { ...onTheApi, ...rule }))
    const answer = await ways[way](before)

    const said = way in but ? but[way] : told
    if (said === null) return expect(answer.access_token ?? answer.code, JSON.stringify(answer)).toBeTypeOf('string')
    const { code, error = 'invalid_grant', suberror } = said ?? told
    expect(answer.error_codes, JSON.stringify(answer)).toEqual([code])
    expect(answer.error).toBe(way === 'a silent request' ? 'interaction_required' : way === 'a refresh at v1' && atV1.has(code) ? 'interaction_required' : error)
    expect(answer.suberror).toBe(suberror)
    // Whoever refuses by policy says which to ask about again; a frequency asks for a sign-in and no more.
    expect(answer.claims === undefined).toBe([70043, 70044, 70008, 70019].includes(code))
  })
})

/** Codes for which the v1 endpoint has another word. */
const atV1 = new Set([50076, 50079, 53003, 53000, 53001, 53002, 50158])

import { describe, expect, test } from 'vitest'
import { apps, changeApplication, newStory, password, places, useMock } from '../support/mock.ts'
import type { Story, TokenBody } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { ask, block, claimsIn, credentialsOf, endpoint, from, mfa, patchTenant, policy, redeem, refresh, setPolicies, standing } from './telling.ts'

/** What an application must prove beyond signing in, for what it is about to do: c1 to c99 (reference 6.4). */
const server = useMock()

const acrs = (...values: string[]) => JSON.stringify({ access_token: { acrs: { essential: true, ...(values.length === 1 ? { value: values[0] } : { values }) } } })
const scope = 'openid profile offline_access api://sales-api/Orders.Read'
const about = (context: string, more: Record<string, unknown>) =>
  policy(`Policy on ${context}`, { conditions: { applications: { includeAuthenticationContextClassReferences: [context] } }, ...more })

/** `c1` wants a second factor, `c37` is nobody's, `c2` is spared by every policy. */
async function tenantWithContexts(): Promise<Story> {
  const story = await newStory(server.mock)
  await patchTenant(story, { authenticationContextClassReferences: ['c1', 'c2', 'c37'].map((id) => ({ id, displayName: id, isAvailable: true })) })
  await setPolicies(story, about('c1', { grantControls: mfa }), about('c37', { grantControls: block }))

  return story
}

async function daveAt(story: Story, more: Record<string, string> = {}) {
  const dave = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  const request = await ask(story, dave, apps.salesMobile, { scope, ...more })
  await dave.signIn('dave@contoso.example')

  return { dave, request, redeemed: async () => (await redeem(story, request, dave.page)).body }
}

async function steppedUp(story: Story): Promise<TokenBody> {
  const { dave, redeemed } = await daveAt(story, { claims: acrs('c1') })
  await dave.signIn('dave@contoso.example', { code: await story.code('dave') })

  return redeemed()
}

describe('an authentication context', () => {
  test('that was not asked for asks nothing, and the token says nothing', async () => {
    const { dave, redeemed } = await daveAt(await tenantWithContexts())

    expect(standing(dave.page)).toBe('granted')
    expect(claimsIn((await redeemed()).access_token)).not.toHaveProperty('acrs')
  })

  test('ends in a step-up, and the tokens say so', async () => {
    const story = await tenantWithContexts()
    const { dave, redeemed } = await daveAt(story, { claims: acrs('c1') })
    expect(dave.page.step).toBe('one-time-code')
    await dave.signIn('dave@contoso.example', { code: await story.code('dave') })

    expect(claimsIn((await redeemed()).access_token)).toMatchObject({ acrs: ['c1'] })
  })

  test('asks for the second factor alone of whoever is signed in already', async () => {
    const story = await tenantWithContexts()
    const { dave } = await daveAt(story)
    await ask(story, dave, apps.salesMobile, { scope, claims: acrs('c1') })

    expect(dave.page.step).toBe('one-time-code')
  })

  const asked: Record<string, { claims: string; ends: string; says?: string[] }> = {
    'no policy is about is met': { claims: acrs('c2'), ends: 'granted', says: ['c2'] },
    'is asked for as a part of the ID token': { claims: JSON.stringify({ id_token: { acrs: { essential: true, value: 'c2' } } }), ends: 'granted', says: ['c2'] },
    'a policy blocks is refused on a page': { claims: acrs('c37'), ends: '53003' },
    'is one of several is refused with the others': { claims: acrs('c2', 'c37'), ends: '53003' },
    'is written in capitals is the same': { claims: acrs('C37'), ends: '53003' },
    'does not exist is refused: no token could have it': { claims: acrs('c100', 'c0', 'x', 'urn:x'), ends: '90100' },
    'does not exist and is only wished for is none': { claims: acrs('c100').replace('true', 'false'), ends: 'granted' },
  }
  test.each(Object.entries(asked))('that %s', async (_fact, { claims, ends, says }) => {
    const { dave, redeemed } = await daveAt(await tenantWithContexts(), { claims })
    expect(standing(dave.page)).toBe(ends)
    if (ends === 'granted') expect(claimsIn((await redeemed()).access_token).acrs).toEqual(says)
  })

  test('asked for silently goes back to the application with what to pass on', async () => {
    const story = await tenantWithContexts()
    const { dave } = await daveAt(story)
    const { page } = await ask(story, dave, apps.salesMobile, { scope, claims: acrs('c1'), prompt: 'none' })

    expect(page.answer).toMatchObject({ error: 'interaction_required', suberror: 'basic_action', error_description: expect.stringMatching(/^AADSTS50076/) as string })
    expect(JSON.parse(page.answer.claims ?? '{}')).toMatchObject({ access_token: { capolids: { essential: true } } })
  })
})

/** Each grant: how the context is asked for with it, unmet. `met` is the same after a step-up, where a step-up can have been. */
const grants: Record<string, { ask: (story: Story, claims: string, tokens: TokenBody) => Promise<{ body: TokenBody }> }> = {
  'a refresh': { ask: (story, claims, tokens) => refresh(story, apps.salesMobile, tokens, places.office, { scope, claims }) },
  'a request on behalf of the user': {
    ask: (story, claims, { access_token: assertion = '' }) => story.token({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', requested_token_use: 'on_behalf_of', client_id: apps.salesApi, client_secret: 'sales-api-secret', assertion, scope: 'https://graph.microsoft.com/User.Read', claims,
    }),
  },
}

const withMiddleTier = (story: Story) => changeApplication(story, apps.salesApi, { secrets: ['sales-api-secret'], consents: [{ resource: 'Microsoft Graph', scopes: ['User.Read'] }] })

describe.each(Object.entries(grants))('with %s', (_grant, { ask: request }) => {
  test('a context that is not met is refused, with the claims to pass on', async () => {
    const story = await tenantWithContexts()
    await withMiddleTier(story)
    const { redeemed } = await daveAt(story)
    const { body } = await request(story, acrs('c1'), await redeemed())

    expect(body).toMatchObject({ error: 'invalid_grant', suberror: 'basic_action', error_codes: [50076] })
    expect(JSON.parse(body.claims ?? '{}')).toMatchObject({ access_token: { capolids: { essential: true } } })
  })

  test('one that is met is said, one that is blocked refused', async () => {
    const story = await tenantWithContexts()
    await withMiddleTier(story)
    const tokens = await steppedUp(story)

    expect(claimsIn((await request(story, acrs('c1'), tokens)).body.access_token)).toMatchObject({ acrs: ['c1'] })
    expect((await request(story, acrs('c37'), tokens)).body).toMatchObject({ suberror: 'message_only', error_codes: [53003] })
  })
})

test('with a password a context that wants a second factor is refused; one that wants nothing is said', async () => {
  const story = await tenantWithContexts()
  const withPassword = (claims: string) => story.token({ grant_type: 'password', client_id: apps.salesMobile, username: 'dave@contoso.example', password, scope, claims }, from(places.office))

  expect((await withPassword(acrs('c1'))).body).toMatchObject({ error: 'invalid_grant', error_codes: [50076] })
  expect(claimsIn((await withPassword(acrs('c2'))).body.access_token)).toMatchObject({ acrs: ['c2'] })
})

test('with a device code the browser that approves it is stepped up', async () => {
  const story = await tenantWithContexts()
  const response = await fetch(endpoint(story, '/oauth2/v2.0/devicecode'), { method: 'POST', body: new URLSearchParams({ client_id: apps.salesMobile, scope, claims: acrs('c1') }) })
  const device = (await response.json()) as Record<string, string>
  const dave = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await dave.open(String(device.verification_uri))
  await dave.submit({ user_code: String(device.user_code) })
  await dave.signIn('dave@contoso.example')
  expect(dave.page.step).toBe('one-time-code')
  await dave.submit({ code: await story.code('dave') })
  await dave.submit({})
  const { body } = await story.token({ grant_type: 'device_code', ...credentialsOf(apps.salesMobile), device_code: String(device.device_code) })

  expect(claimsIn(body.access_token)).toMatchObject({ acrs: ['c1'] })
})

test('an application alone has no contexts: nobody is there to step up', async () => {
  const story = await tenantWithContexts()
  const { status, body } = await story.token({ grant_type: 'client_credentials', client_id: apps.nightlyJob, client_secret: 'nightly-job-secret', scope: 'api://sales-api/.default', claims: acrs('c37') })

  expect(status).toBe(200)
  expect(claimsIn(body.access_token)).not.toHaveProperty('acrs')
})

import { describe, expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { addPolicies, ask, block, claimsIn, from, logOf, policies, policy, redeem, refresh, resultsIn, tokensOf } from './telling.ts'

const server = useMock()

async function signedInAtTheOffice(story: Story, user: string, app: string = apps.salesHub) {
  return tokensOf(story, visitor(server.mock, { signals: `ipAddress=${places.office}` }), `${user}@contoso.example`, app)
}

async function policyIdOf(story: Story, name: string): Promise<string> {
  const { body } = await story.control('GET', '/snapshot')

  return (body.conditionalAccessPolicies as { id: string; displayName: string }[]).find(({ displayName }) => displayName === name)?.id ?? 'none'
}

describe('Alice at Sales Hub', () => {
  test('is refused a refresh in the café: 53003, and nothing she could do about it', async () => {
    const story = await newStory(server.mock)
    const tokens = await signedInAtTheOffice(story, 'alice')
    const { status, body, headers } = await refresh(story, apps.salesHub, tokens, places.cafe)

    expect(status).toBe(400)
    expect(body).toMatchObject({
      error: 'invalid_grant',
      suberror: 'message_only',
      error_codes: [53003],
      error_description: expect.stringMatching(/^AADSTS53003: Access has been blocked by Conditional Access policies\. The access policy does not allow token issuance\. Trace ID: /),
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/),
      error_uri: expect.stringMatching(/\/error\?code=53003$/),
    })
    expect(headers.get('x-ms-request-id')).toBe(body.trace_id)
    expect(body).not.toHaveProperty('access_token')
  })

  test('the refusal is a row of the log, by the address of the refresh', async () => {
    const story = await newStory(server.mock)
    const tokens = await signedInAtTheOffice(story, 'alice')
    const { body } = await refresh(story, apps.salesHub, tokens, places.cafe)
    const row = (await logOf(story)).at(-1)

    expect(row).toMatchObject({ ipAddress: places.cafe, isInteractive: false, status: { errorCode: 53003 }, incomingTokenType: 'refreshToken' })
    expect(row?.correlationId).toBe(body.correlation_id)
    expect(row?.id, 'the trace id leads to the row').toBe(body.trace_id)
    expect(resultsIn(row)).toMatchObject({ [policies.salesHubOnlyFromTrusted]: 'failure' })
  })

  test('finds the same refresh token good back at the office, and the one before it too', async () => {
    const story = await newStory(server.mock)
    const tokens = await signedInAtTheOffice(story, 'alice')
    expect((await refresh(story, apps.salesHub, tokens, places.cafe)).status).toBe(400)

    const again = await refresh(story, apps.salesHub, tokens, places.office)
    expect(again.body).toMatchObject({ token_type: 'Bearer', expires_in: 8 * 60 * 60 })
    expect(again.body.refresh_token).not.toBe(tokens.refresh_token)
    expect((await refresh(story, apps.salesHub, tokens, places.office)).status, 'redeeming one revokes none').toBe(200)
    expect((await refresh(story, apps.salesHub, again.body, places.office)).status).toBe(200)
  })

  test('goes on reading with the access token she has: nobody asks where she is', async () => {
    const story = await newStory(server.mock)
    const tokens = await signedInAtTheOffice(story, 'alice')
    const { exp = 0, iat = 0 } = claimsIn(tokens.access_token) as { exp?: number; iat?: number }

    expect(exp - iat).toBeGreaterThanOrEqual(60 * 60)
    expect((await logOf(story)).length).toBe(1)
  })
})

describe('Dave, who may come from anywhere with a code', () => {
  test('is told that a sign-in would settle it: 50076, basic_action, and claims to pass on', async () => {
    const story = await newStory(server.mock)
    const tokens = await signedInAtTheOffice(story, 'dave')
    const { status, body } = await refresh(story, apps.salesHub, tokens, places.cafe)

    expect(status).toBe(400)
    expect(body).toMatchObject({ error: 'invalid_grant', suberror: 'basic_action', error_codes: [50076] })
    expect(body.error_description).toContain('you must use multi-factor authentication to access')
    expect(JSON.parse(body.claims ?? '{}')).toEqual({ access_token: { capolids: { essential: true, values: [await policyIdOf(story, policies.mfaOutside)] } } })
  })

  test('passes the claims on, shows a code, and the new tokens can be renewed in the café', async () => {
    const story = await newStory(server.mock)
    const tokens = await signedInAtTheOffice(story, 'dave')
    const { body: refusal } = await refresh(story, apps.salesHub, tokens, places.cafe)

    const dave = visitor(server.mock, { signals: `ipAddress=${places.cafe}` })
    const request = await ask(story, dave, apps.salesHub, { claims: refusal.claims ?? '' })
    await dave.signIn('dave@contoso.example', { code: await story.code('dave') })
    const { body: better } = await redeem(story, request, dave.page)

    expect((await refresh(story, apps.salesHub, better, places.cafe)).status).toBe(200)
    expect((await refresh(story, apps.salesHub, tokens, places.cafe)).body, 'the old one knows of no code').toMatchObject({ error_codes: [50076] })
  })
})

test('Bob, who has no second factor, is told to enrol: 50079', async () => {
  const story = await newStory(server.mock)
  const tokens = await signedInAtTheOffice(story, 'bob', apps.salesMobile)
  const { body } = await refresh(story, apps.salesMobile, tokens, places.cafe)

  expect(body).toMatchObject({ error: 'invalid_grant', suberror: 'basic_action', error_codes: [50079] })
})

describe('whose signals judge a code', () => {
  test('those of the browser that asked: the server redeems from wherever it stands', async () => {
    const story = await newStory(server.mock)
    const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
    const request = await ask(story, alice, apps.salesHub)
    await alice.signIn('alice@contoso.example')

    expect((await redeem(story, request, alice.page, {}, from(places.korea))).status).toBe(200)
    expect((await logOf(story)).length, 'the sign-in has its row already').toBe(1)
  })

  test('a policy made in between refuses the redemption, by the address of the browser', async () => {
    const story = await newStory(server.mock)
    const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
    const request = await ask(story, alice, apps.salesHub)
    await alice.signIn('alice@contoso.example')
    await addPolicies(story, policy('Not from the office', { conditions: { locations: { includeLocations: ['Head office'] } }, grantControls: block }))

    const { status, body } = await redeem(story, request, alice.page, {}, from(places.abroad))
    expect(status).toBe(400)
    expect(body).toMatchObject({ error: 'invalid_grant', error_codes: [53003] })
  })
})

describe('what ends a refresh token', () => {
  test('its user was disabled: 50057', async () => {
    const story = await newStory(server.mock)
    const tokens = await signedInAtTheOffice(story, 'alice')
    await story.control('PATCH', '/users/alice', { accountEnabled: false })

    expect((await refresh(story, apps.salesHub, tokens, places.office)).body).toMatchObject({ error: 'invalid_grant', error_codes: [50057] })
  })

  test('all sessions of the user were revoked: 50173, bad_token', async () => {
    const story = await newStory(server.mock)
    const tokens = await signedInAtTheOffice(story, 'alice')
    await story.control('POST', '/clock', { advance: 'PT1M' })
    await story.control('POST', '/users/alice/revoke')

    expect((await refresh(story, apps.salesHub, tokens, places.office)).body).toMatchObject({ error: 'invalid_grant', suberror: 'bad_token', error_codes: [50173] })
  })

  test('90 days unused: 700082', async () => {
    const story = await newStory(server.mock)
    const tokens = await signedInAtTheOffice(story, 'dave', apps.salesMobile)
    await story.control('POST', '/clock', { advance: 'P89D' })
    expect((await refresh(story, apps.salesMobile, tokens, places.office)).status).toBe(200)
    await story.control('POST', '/clock', { advance: 'P2D' })

    expect((await refresh(story, apps.salesMobile, tokens, places.office)).body).toMatchObject({ error: 'invalid_grant', error_codes: [700082] })
  })

  test('it was never one: 9002313, bad_token', async () => {
    const story = await newStory(server.mock)
    for (const refreshToken of ['garbage', '0.AAAA', `${'x'.repeat(5000)}`]) {
      const { status, body } = await refresh(story, apps.salesHub, { refresh_token: refreshToken }, places.office)
      expect({ status, ...body }).toMatchObject({ status: 400, error: 'invalid_grant', suberror: 'bad_token', error_codes: [9002313] })
    }
  })

  test('it is another application\'s', async () => {
    const story = await newStory(server.mock)
    const tokens = await signedInAtTheOffice(story, 'alice', apps.salesMobile)
    const { status, body } = await refresh(story, apps.adminShell, tokens, places.office)

    expect(status).toBe(400)
    expect(body.error).toBe('invalid_grant')
  })

  test('it is another tenant\'s', async () => {
    const [story, other] = [await newStory(server.mock), await newStory(server.mock)]
    const tokens = await signedInAtTheOffice(story, 'alice', apps.salesMobile)
    const { status, body } = await refresh(other, apps.salesMobile, tokens, places.office)

    expect(status).toBe(400)
    expect(body.error).toBe('invalid_grant')
  })
})

test('a single-page app\'s refresh token ends after 24 hours in all, used or not: 700084', async () => {
  const story = await newStory(server.mock)
  const origin = { origin: 'http://localhost:3999', ...from(places.office) }
  const dave = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  const request = await ask(story, dave, apps.salesSpa)
  await dave.signIn('dave@contoso.example')
  const { body: tokens } = await redeem(story, request, dave.page, {}, origin)
  const renew = (refreshToken: string | undefined) => story.token({ grant_type: 'refresh_token', client_id: apps.salesSpa, refresh_token: refreshToken ?? '' }, origin)

  await story.control('POST', '/clock', { advance: 'PT23H' })
  const { status, body: younger } = await renew(tokens.refresh_token)
  expect(status, JSON.stringify(younger)).toBe(200)

  await story.control('POST', '/clock', { advance: 'PT2H' })
  expect((await renew(younger.refresh_token)).body).toMatchObject({ error: 'invalid_grant', error_codes: [700084] })
})

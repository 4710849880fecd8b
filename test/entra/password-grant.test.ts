import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { apps, newStory, password, people, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'

const server = useMock()
const office = { 'x-mock-signals': `ipAddress=${places.office}` }
const cafe = { 'x-mock-signals': `ipAddress=${places.cafe}` }

function asUser(story: Story, form: Record<string, string> = {}, headers: Record<string, string> = office) {
  return story.token({
    grant_type: 'password',
    client_id: apps.salesMobile,
    username: 'alice@contoso.example',
    password,
    scope: 'openid profile offline_access api://sales-api/Orders.Read',
    client_info: '1',
    ...form,
  }, headers)
}

describe('user name and password sent by the application', () => {
  test('are good for tokens where a password is enough, and for renewing them', async () => {
    const story = await newStory(server.mock)
    const { status, body } = await asUser(story, { response_type: 'id_token token' })

    expect(status).toBe(200)
    expect(decodeJwt(body.access_token ?? '')).toMatchObject({ oid: people.alice, scp: 'Orders.Read' })
    expect(decodeJwt(body.id_token ?? '')).toMatchObject({ aud: apps.salesMobile, preferred_username: 'alice@contoso.example' })
    expect(body).toMatchObject({ scope: 'api://sales-api/Orders.Read profile openid email', client_info: expect.any(String) as string })
    const renewed = await story.token({ grant_type: 'refresh_token', client_id: apps.salesMobile, refresh_token: body.refresh_token ?? '' }, office)
    expect(renewed.status).toBe(200)
    expect((await story.control('GET', '/sign-ins')).body.entries).toEqual(expect.arrayContaining([expect.objectContaining({ authenticationProtocol: 'ropc' })]))
  })

  test('give no refresh token that was not asked for', async () => {
    const { body } = await asUser(await newStory(server.mock), { scope: 'api://sales-api/Orders.Read' })

    expect(Object.keys(body)).not.toContain('refresh_token')
    expect(Object.keys(body)).not.toContain('id_token')
  })

  test('are taken at organizations, which the user name finds the tenant for, and not at common', async () => {
    const form = new URLSearchParams({ grant_type: 'password', client_id: apps.salesMobile, username: 'alice@contoso.example', password, scope: 'User.Read' })
    const [organizations, common] = await Promise.all(['organizations', 'common'].map(async (alias) => {
      const response = await fetch(`${server.mock.http}/${alias}/oauth2/v2.0/token`, { method: 'POST', body: form, headers: office })

      return { status: response.status, body: (await response.json()) as Record<string, unknown> }
    }))

    expect(organizations?.status).toBe(200)
    expect(common?.body).toMatchObject({ error_codes: [9001023] })
  })

  const refusals: Record<string, { form?: Record<string, string>; from?: Record<string, string>; user?: Record<string, unknown>; error: string; code: number; suberror?: string }> = {
    'a wrong password': { form: { password: 'wrong' }, error: 'invalid_grant', code: 50126 },
    'a user nobody knows': { form: { username: 'nobody@contoso.example' }, error: 'invalid_grant', code: 50034 },
    'a disabled account': { user: { accountEnabled: false }, error: 'invalid_grant', code: 50057 },
    'a password that must be changed': { user: { forceChangePasswordNextSignIn: true }, error: 'invalid_grant', code: 50055, suberror: 'user_password_expired' },
    'a policy that wants a second factor': { form: { username: 'dave@contoso.example' }, from: cafe, error: 'invalid_grant', code: 50076, suberror: 'basic_action' },
    'a policy that wants one from a user who has none': { form: { username: 'bob@contoso.example' }, from: cafe, error: 'invalid_grant', code: 50079, suberror: 'basic_action' },
    'a policy that blocks': { form: { client_id: apps.salesHub, client_secret: 'sales-hub-secret' }, from: cafe, error: 'invalid_grant', code: 53003, suberror: 'message_only' },
    'a permission that nobody consented to': { form: { scope: 'openid User.ReadWrite.All' }, error: 'invalid_grant', code: 65001, suberror: 'consent_required' },
    'no password': { form: { password: '' }, error: 'invalid_request', code: 900144 },
    'no scope': { form: { scope: '' }, error: 'invalid_request', code: 900144 },
  }
  test.each(Object.entries(refusals))('are refused for %s', async (_fact, { form = {}, from, user, error, code, suberror }) => {
    const story = await newStory(server.mock)
    if (user) await story.control('PATCH', '/users/alice', user)
    const answer = await asUser(story, form, from)

    expect(answer).toMatchObject({ status: 400, body: { error, error_codes: [code], ...(suberror === undefined ? {} : { suberror }) } })
  })

  test('lock the account after ten guesses, for the right password too', async () => {
    const story = await newStory(server.mock)
    for (let guess = 0; guess < 10; guess += 1) await asUser(story, { password: `wrong ${guess}` })

    expect((await asUser(story)).body).toMatchObject({ error: 'invalid_grant', error_codes: [50053] })
  })
})

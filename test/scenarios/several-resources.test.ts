import { describe, expect, test } from 'vitest'
import { apps, changeApplication, newStory, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { ask, block, claimsIn, credentialsOf, endpoint, mfa, policy, redeem, setPolicies, standing } from './telling.ts'

/** A sign-in may be for several APIs at once; each token is for one of them (wire 5.1, reference 4.6). */
const server = useMock()
const alice = 'alice@contoso.example'
const both = 'openid offline_access User.Read api://sales-api/Orders.Read'

async function signedIn(story: Story, more: Record<string, string> = {}) {
  const browser = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  const request = await ask(story, browser, apps.salesMobile, { scope: both, ...more })
  await browser.signIn(alice)

  return { browser, request }
}

/** What the code is good for, redeemed with these parameters. */
async function token(story: Story, more: Record<string, string>, asked: Record<string, string> = {}) {
  const { browser, request } = await signedIn(story, asked)
  const { body } = await redeem(story, request, browser.page, more)
  if (body.error_codes) return String(body.error_codes)
  const { aud, scp } = claimsIn(body.access_token)

  return `${String(aud)} ${String(scp)} (${String(body.scope)})`
}

const graph = 'https://graph.microsoft.com User.Read openid (User.Read profile openid email)'
const api = `${apps.salesApi} Orders.Read (api://sales-api/Orders.Read profile openid email)`

describe('a code of a sign-in for two APIs', () => {
  const redemptions: Record<string, { more: Record<string, string>; gives: string }> = {
    'is for the first of them where the redemption names none': { more: {}, gives: graph },
    'is for the one that the redemption names': { more: { scope: 'openid api://sales-api/Orders.Read' }, gives: api },
    'is for the first of them where it names that one': { more: { scope: 'User.Read' }, gives: graph },
    'is not for both at once': { more: { scope: both }, gives: '28000' },
    'is for no permission that nobody consented to': { more: { scope: 'Mail.Read' }, gives: '65001' },
    'is for no API that there is not': { more: { scope: 'api://nothing/Read' }, gives: '500011' },
  }
  test.each(Object.entries(redemptions))('%s', async (_fact, { more, gives }) => {
    expect(await token(await newStory(server.mock), more)).toBe(gives)
  })

  test('leaves a refresh token for both', async () => {
    const story = await newStory(server.mock)
    const { browser, request } = await signedIn(story)
    const { body } = await redeem(story, request, browser.page, { scope: 'api://sales-api/Orders.Read' })
    const again = await story.token({ grant_type: 'refresh_token', ...credentialsOf(apps.salesMobile), refresh_token: body.refresh_token ?? '', scope: 'User.Read' }, { 'x-mock-signals': `ipAddress=${places.office}` })

    expect(claimsIn(again.body.access_token)).toMatchObject({ aud: 'https://graph.microsoft.com' })
  })

  test('may be redeemed for a third API, of which permissions were granted', async () => {
    expect(await token(await newStory(server.mock), { scope: 'api://sales-api/Orders.Write' }, { scope: 'openid User.Read' })).toBe(`${apps.salesApi} Orders.Write (api://sales-api/Orders.Write profile openid email)`)
  })

  test('at v1 is for the resource that the redemption names, and the answer says so', async () => {
    const story = await newStory(server.mock)
    const browser = visitor(server.mock, { signals: `ipAddress=${places.office}` })
    const redeemed = async (more: Record<string, string>) => {
      const request = await ask(story, browser, apps.salesMobile)
      await browser.open(request.url.replace('/oauth2/v2.0/', '/oauth2/'))
      if (browser.page.step) await browser.signIn(alice)
      const response = await fetch(endpoint(story, '/oauth2/token'), { method: 'POST', body: new URLSearchParams({
        grant_type: 'authorization_code', client_id: apps.salesMobile, code: browser.page.answer.code ?? '', redirect_uri: request.redirectUri, code_verifier: request.verifier, ...more,
      }) })
      const body = (await response.json()) as { access_token?: string; resource?: string }

      return [claimsIn(body.access_token).aud, body.resource]
    }

    expect(await redeemed({ resource: 'api://sales-api' })).toEqual([apps.salesApi, 'api://sales-api'])
    expect(await redeemed({})).toEqual(['https://graph.microsoft.com', 'https://graph.microsoft.com'])
  })
})

describe('a sign-in for two APIs', () => {
  test('is asked for what both of them want', async () => {
    const story = await newStory(server.mock)
    await setPolicies(story, policy('The API wants more', { conditions: { applications: { includeApplications: ['Sales API'] } }, grantControls: mfa }))

    expect(standing((await signedIn(story)).browser.page)).toBe('one-time-code')
    expect(standing((await signedIn(story, { scope: 'openid User.Read' })).browser.page)).toBe('granted')
  })

  test('is refused where one of them is', async () => {
    const story = await newStory(server.mock)
    await setPolicies(story, policy('Not the API', { conditions: { applications: { includeApplications: ['Sales API'] } }, grantControls: block }))

    expect(standing((await signedIn(story)).browser.page)).toBe('53003')
  })

  test('asks for consent to both, and remembers it', async () => {
    const story = await newStory(server.mock)
    await changeApplication(story, apps.salesMobile, { consents: [] })
    const { browser, request } = await signedIn(story)
    expect(browser.page.step).toBe('consent')
    expect(browser.page.text).toMatch(/User\.Read.*Orders\.Read/)
    await browser.submit({})
    expect(standing(browser.page)).toBe('granted')

    expect(standing(await browser.open(`${request.url}&prompt=none`))).toBe('granted')
  })
})

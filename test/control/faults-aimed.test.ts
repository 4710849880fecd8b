import { describe, expect, test } from 'vitest'
import type { Sandbox } from '../../src/index.ts'
import { apps, password, places, useMock } from '../support/mock.ts'
import { authorizeRequest, visitor } from '../support/visitor.ts'

const server = useMock()

type World = { readonly sandbox: Sandbox; readonly root: string }
type Aimed = { readonly on: 'token' | 'authorize' | 'userinfo'; readonly profile?: 'standard'; /** Makes the request ready, and gives how to send it. */ prepare: (world: World) => Promise<() => Promise<number>> }

const office = { 'x-mock-signals': `ipAddress=${places.office}` }
const post = async (world: World, form: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${world.root}/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(form), headers: { ...office, ...headers } })
const tokensOf = async (world: World, scope: string) =>
  (await (await post(world, { grant_type: 'password', client_id: apps.salesMobile, username: 'alice@contoso.example', password, scope })).json()) as Record<string, string>

async function browserAtOffice({ sandbox }: World, client: string) {
  const browser = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  const request = authorizeRequest(sandbox.issuer, client, { scope: 'openid' })
  await browser.open(request.url)
  await browser.signIn('alice@contoso.example')
  if (browser.page.step === 'consent') await browser.submit({})

  return { browser, request }
}

/** The ways in which a request is Alice's without saying so by name. */
const alices: Record<string, Aimed> = {
  'by her refresh token': {
    on: 'token',
    async prepare(world) {
      const { refresh_token: token = '' } = await tokensOf(world, 'openid offline_access')

      return async () => (await post(world, { grant_type: 'refresh_token', refresh_token: token, client_id: apps.salesMobile })).status
    },
  },
  'by the token that is exchanged on her behalf': {
    on: 'token',
    async prepare(world) {
      const { applications = [] } = (await world.sandbox.snapshot()) as { applications?: { appId: string }[] }
      await world.sandbox.patch({ applications: applications.map((app) => (app.appId === apps.salesApi ? { ...app, secrets: ['secret'] } : app)) })
      const { access_token: assertion = '' } = await tokensOf(world, 'api://sales-api/Orders.Read')

      return async () => (await post(world, { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', client_id: apps.salesApi, client_secret: 'secret', requested_token_use: 'on_behalf_of', scope: 'User.Read', assertion })).status
    },
  },
  'by her device code': {
    on: 'token',
    async prepare(world) {
      const asked = await fetch(`${world.root}/oauth2/v2.0/devicecode`, { method: 'POST', body: new URLSearchParams({ client_id: apps.salesMobile, scope: 'openid' }) })
      const device = (await asked.json()) as Record<string, string>
      const browser = visitor(server.mock, { signals: `ipAddress=${places.office}` })
      await browser.open(device.verification_uri!)
      await browser.submit({ user_code: device.user_code! })
      await browser.signIn('alice@contoso.example')
      while (browser.page.step !== null) await browser.submit({})

      return async () => (await post(world, { grant_type: 'device_code', client_id: apps.salesMobile, device_code: device.device_code! })).status
    },
  },
  'by who is signed in at the browser': {
    on: 'authorize',
    async prepare(world) {
      const { browser } = await browserAtOffice(world, apps.salesHub)

      return async () => {
        await browser.open(authorizeRequest(world.sandbox.issuer, apps.salesHub, { prompt: 'none' }).url)

        return browser.page.answer.code === undefined ? browser.page.status : 200
      }
    },
  },
  'by her access token, in the standard profile': {
    on: 'userinfo',
    profile: 'standard',
    async prepare(world) {
      const { browser, request } = await browserAtOffice(world, apps.salesHub)
      const basic = `Basic ${Buffer.from(`${apps.salesHub}:sales-hub-secret`).toString('base64')}`
      const answer = await post(world, { grant_type: 'authorization_code', code: browser.page.answer.code ?? '', redirect_uri: request.redirectUri, code_verifier: request.verifier }, { authorization: basic })
      const { access_token: token } = (await answer.json()) as { access_token?: string }

      return async () => (await fetch(`${world.root}/oidc/userinfo`, { headers: { authorization: `Bearer ${token}` } })).status
    },
  },
}

async function newWorld(profile: 'entra' | 'standard' = 'entra'): Promise<World> {
  const sandbox = await server.mock.sandbox({ profile })

  return { sandbox, root: sandbox.issuer.replace(/\/v2\.0$/, '') }
}

describe('a fault that is aimed at Alice', () => {
  for (const [how, { on, profile, prepare }] of Object.entries(alices)) {
    test(`meets her request, which is known ${how}, and a fault that is aimed at Bob does not`, async () => {
      const world = await newWorld(profile)
      const send = await prepare(world)
      await world.sandbox.faults.add({ on, error: { status: 503 }, where: { user: 'bob' } })
      await world.sandbox.faults.add({ on, error: { status: 503 }, where: { user: 'alice' }, times: 1 })

      expect(await send()).toBe(503)
      expect(await send()).toBe(200)
    })
  }
})

test('a fault that is aimed at a client meets it, however it says who it is', async () => {
  const world = await newWorld()
  const form = { grant_type: 'client_credentials', scope: 'api://sales-api/.default' }
  const ways: Record<string, () => Promise<Response>> = {
    'in the form': () => post(world, { ...form, client_id: apps.nightlyJob, client_secret: 'nightly-job-secret' }),
    'in the header': () => post(world, form, { authorization: `Basic ${Buffer.from(`${apps.nightlyJob}:nightly-job-secret`).toString('base64')}` }),
  }
  for (const [way, send] of Object.entries(ways)) {
    await world.sandbox.faults.add({ on: 'token', error: { status: 503 }, where: { client: 'Sales Hub' } })
    await world.sandbox.faults.add({ on: 'token', error: { status: 503 }, where: { client: 'Nightly Job', grant: 'client_credentials' }, times: 1 })

    expect([way, (await send()).status, (await send()).status]).toEqual([way, 503, 200])
  }
})

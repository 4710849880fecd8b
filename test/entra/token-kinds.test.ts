import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, test } from 'vitest'
import { apps, changeApplication, newStory, password, people, places, useMock } from '../support/mock.ts'
import type { Story, TokenBody } from '../support/mock.ts'
import { approveDevice } from '../support/oidc-clients.ts'
import { authorizeRequest, visitor } from '../support/visitor.ts'

/** Every kind of token there is, to the last claim, as a client gets it (wire 9). */
const server = useMock()

const office = { 'x-mock-signals': `ipAddress=${places.office}` }
const redirectUri = 'http://localhost:3999/callback'

/** A tenant in which time stands still, so that what is dated can be told. */
async function still(): Promise<Story & { readonly now: number }> {
  const story = await newStory(server.mock)
  await story.control('POST', '/clock', { now: '2030-01-01T08:00:00Z' })
  await story.control('POST', '/clock', { frozen: true })

  return { ...story, now: Date.UTC(2030, 0, 1, 8) / 1000 }
}

async function answerTo(story: Story, more: Record<string, string>, clientId: string) {
  const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await alice.open(authorizeRequest(story.issuer, clientId, { code_challenge: '', code_challenge_method: '', ...more }).url)

  return (await alice.signIn('alice@contoso.example')).answer
}

async function byCode(story: Story, scope: string, form: Record<string, string> = {}): Promise<TokenBody> {
  const { code = '' } = await answerTo(story, { scope: `openid profile offline_access ${scope}` }, apps.salesMobile)

  return (await story.token({ grant_type: 'authorization_code', client_id: apps.salesMobile, code, redirect_uri: redirectUri, client_info: '1', ...form })).body
}

type Claims = Readonly<Record<string, unknown>>

const daemon = { grant_type: 'client_credentials', client_id: apps.nightlyJob, client_secret: 'nightly-job-secret' }
const ofPassword = { grant_type: 'password', client_id: apps.salesMobile, username: 'alice@contoso.example', password }
const pairwise = expect.stringMatching(/^[\w-]{43}$/) as string
const kid = expect.stringMatching(/^[\w-]{27}$/) as string
const tenantsOwn = { xms_ftd: expect.stringMatching(/^[\w-]{54}$/) as string }
const [v1, v2] = [{ typ: 'JWT', alg: 'RS256', kid, x5t: kid }, { typ: 'JWT', alg: 'RS256', kid }]

/** What tokens of both versions say alike: when, and where from. */
const common = ({ now, tenantId, issuer }: Story & { now: number }, version: 1 | 2): Claims => ({
  iss: version === 1 ? issuer.replace('v2.0', '') : issuer,
  iat: now - 300,
  nbf: now - 300,
  exp: expect.any(Number) as number,
  aio: expect.any(String) as string,
  rh: expect.stringMatching(/^1\.AXEA[\w-]+\.$/) as string,
  uti: expect.stringMatching(/^[\w-]{22}$/) as string,
  tid: tenantId,
  ver: `${version}.0`,
})
const named = { oid: people.alice, sub: pairwise, name: 'Alice Adams' }
const atVersion1 = { amr: ['pwd'], ipaddr: places.office, family_name: 'Adams', given_name: 'Alice', unique_name: 'alice@contoso.example', upn: 'alice@contoso.example' }
const atVersion2 = { preferred_username: 'alice@contoso.example' }
const ofGraph = { ...tenantsOwn, tenant_region_scope: 'NA', xms_tcdt: expect.any(Number) as number }

const forOrders = (story: Story & { now: number }, client: string = apps.salesMobile): Claims => (
  { ...common(story, 2), ...tenantsOwn, ...named, ...atVersion2, aud: apps.salesApi, azp: client, azpacr: '0', scp: 'Orders.Read' }
)
const forGraph = (story: Story & { now: number }, client: string, displayName: string, more: Claims = {}): Claims => ({
  ...common(story, 1), ...ofGraph, ...named, ...atVersion1, aud: 'https://graph.microsoft.com', acr: '1', appid: client, appidacr: '0', app_displayname: displayName, idtyp: 'user',
  puid: expect.stringMatching(/^1003[0-9A-F]{12}$/) as string, wids: ['b79fbf4d-3ef9-4689-8143-76b194e85509'], xms_idrel: '1 2', xms_st: { sub: pairwise }, ...more,
})
const idToken = (story: Story & { now: number }, client: string): Claims => ({ ...common(story, 2), ...named, ...atVersion2, aud: client })
const ofDaemon = { oid: 'c0ffee00-0000-4000-8000-0000000000f4', sub: 'c0ffee00-0000-4000-8000-0000000000f4' }

const orders = 'openid profile offline_access api://sales-api/Orders.Read'
const own = (story: Story) => story.issuer.replace('/v2.0', '')
const atV1 = async (story: Story, form: Record<string, string>) =>
  (await (await fetch(`${own(story)}/oauth2/token`, { method: 'POST', headers: office, body: new URLSearchParams(form) })).json()) as TokenBody

type Kind = { readonly token: (story: Story) => Promise<string | undefined>; readonly header: object; readonly claims: (story: Story & { now: number }) => Claims }

const kinds: Record<string, Kind> = {
  'an access token of version 2, by code': {
    token: async (story) => (await byCode(story, 'api://sales-api/Orders.Read')).access_token,
    header: v2,
    claims: forOrders,
  },
  'an access token of version 1, by code: Graph\'s': {
    token: async (story) => (await byCode(story, 'User.Read')).access_token,
    header: v1,
    claims: (story) => forGraph(story, apps.salesMobile, 'Sales Mobile', { scp: 'User.Read openid profile' }),
  },
  'an ID token of version 2, from the token endpoint': {
    token: async (story) => (await byCode(story, 'User.Read')).id_token,
    header: v2,
    claims: (story) => ({ ...idToken(story, apps.salesMobile), nonce: 'n' }),
  },
  'an ID token of version 1': {
    token: async (story) => (await atV1(story, { ...ofPassword, resource: 'https://graph.microsoft.com', scope: 'openid' })).id_token,
    header: v1,
    claims: (story) => ({ ...common(story, 1), ...named, ...atVersion1, aud: apps.salesMobile }),
  },
  'an ID token beside a code, which it vouches for': {
    token: async (story) => (await answerTo(story, { response_type: 'code id_token' }, apps.salesMobile)).id_token,
    header: v2,
    claims: (story) => ({ ...idToken(story, apps.salesMobile), nonce: 'n', c_hash: expect.stringMatching(/^[\w-]{22}$/) as string }),
  },
  'an ID token beside an access token, which it vouches for': {
    token: async (story) => (await answerTo(story, { response_type: 'id_token token', scope: orders }, apps.salesMobile)).id_token,
    header: v2,
    claims: (story) => ({ ...idToken(story, apps.salesMobile), nonce: 'n', at_hash: expect.stringMatching(/^[\w-]{22}$/) as string }),
  },
  'an access token from the authorize endpoint': {
    token: async (story) => (await answerTo(story, { response_type: 'id_token token', scope: orders }, apps.salesMobile)).access_token,
    header: v2,
    claims: forOrders,
  },
  'an access token for a user name and a password': {
    token: async (story) => (await story.token({ ...ofPassword, scope: orders }, office)).body.access_token,
    header: v2,
    claims: forOrders,
  },
  'an access token for a refresh token': {
    token: async (story) => {
      const { refresh_token: token = '' } = await byCode(story, 'api://sales-api/Orders.Read')
      return (await story.token({ grant_type: 'refresh_token', client_id: apps.salesMobile, refresh_token: token, scope: orders }, office)).body.access_token
    },
    header: v2,
    claims: forOrders,
  },
  'an ID token for a refresh token, which repeats no nonce': {
    token: async (story) => {
      const { refresh_token: token = '' } = await byCode(story, 'api://sales-api/Orders.Read')
      return (await story.token({ grant_type: 'refresh_token', client_id: apps.salesMobile, refresh_token: token, scope: orders }, office)).body.id_token
    },
    header: v2,
    claims: (story) => idToken(story, apps.salesMobile),
  },
  'an access token for a device': {
    token: async (story) => (await byDevice(story)).access_token,
    header: v2,
    claims: forOrders,
  },
  'an ID token for a device': {
    token: async (story) => (await byDevice(story)).id_token,
    header: v2,
    claims: (story) => idToken(story, apps.salesMobile),
  },
  'an access token on behalf of a user': {
    token: async (story) => {
      await changeApplication(story, apps.salesApi, { secrets: ['sales-api-secret'] })
      const { body: { access_token: assertion = '' } } = await story.token({ ...ofPassword, scope: orders }, office)
      const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', requested_token_use: 'on_behalf_of', client_id: apps.salesApi, client_secret: 'sales-api-secret', assertion, scope: 'https://graph.microsoft.com/User.Read' }
      return (await story.token(form, office)).body.access_token
    },
    header: v1,
    claims: (story) => forGraph(story, apps.salesApi, 'Sales API', { appidacr: '1', scp: 'User.Read' }),
  },
  'an access token of version 2 for a daemon': {
    token: async (story) => (await story.token({ ...daemon, scope: 'api://sales-api/.default' })).body.access_token,
    header: v2,
    claims: (story) => ({ ...common(story, 2), ...tenantsOwn, ...ofDaemon, aud: apps.salesApi, azp: apps.nightlyJob, azpacr: '1', roles: ['Orders.Process'] }),
  },
  'an access token of version 1 for a daemon: Graph\'s': {
    token: async (story) => (await story.token({ ...daemon, scope: 'https://graph.microsoft.com/.default' })).body.access_token,
    header: v1,
    claims: (story) => ({
      ...common(story, 1), ...ofGraph, ...ofDaemon, aud: 'https://graph.microsoft.com', appid: apps.nightlyJob, appidacr: '1', app_displayname: 'Nightly Job', idtyp: 'app',
      idp: story.issuer.replace('v2.0', ''), wids: ['0997a1d0-0d1d-4acb-b408-d5ca73121e90'], xms_idrel: '7 2',
    }),
  },
}

async function byDevice(story: Story): Promise<TokenBody> {
  const response = await fetch(`${own(story)}/oauth2/v2.0/devicecode`, { method: 'POST', body: new URLSearchParams({ client_id: apps.salesMobile, scope: orders }) })
  const device = (await response.json()) as { device_code: string; user_code: string; verification_uri: string }
  await approveDevice(server.mock.http ?? '', { userCode: device.user_code, verificationUri: device.verification_uri }, 'alice@contoso.example')

  return (await story.token({ grant_type: 'device_code', client_id: apps.salesMobile, device_code: device.device_code })).body
}

describe('to the last claim', () => {
  test.each(Object.entries(kinds))('%s', async (_kind, { token, header, claims }) => {
    const story = await still()
    await story.control('PUT', '/signals/alice', { ipAddress: places.office })
    const jwt = (await token(story)) ?? ''

    expect(decodeProtectedHeader(jwt)).toEqual(header)
    expect(decodeJwt(jwt)).toEqual(claims(story))
  })
})

const members = { token_type: 'Bearer', expires_in: expect.any(Number) as number, ext_expires_in: expect.any(Number) as number, access_token: expect.any(String) as string }
const ofUser = { ...members, scope: 'api://sales-api/Orders.Read profile openid email', refresh_token: expect.any(String) as string, id_token: expect.any(String) as string }

const answers: Record<string, { readonly answer: (story: Story) => Promise<TokenBody>; readonly is: object }> = {
  'a code, with client_info where it was asked for': { answer: (story) => byCode(story, 'api://sales-api/Orders.Read'), is: { ...ofUser, client_info: expect.any(String) as string } },
  'a user name and a password': { answer: async (story) => (await story.token({ ...ofPassword, scope: orders }, office)).body, is: ofUser },
  'a device': { answer: byDevice, is: ofUser },
  'a daemon, whatever it asked for': { answer: async (story) => (await story.token({ ...daemon, scope: 'api://sales-api/.default', client_info: '1' })).body, is: members },
  'a daemon at the v1 endpoint, in text': {
    answer: (story) => atV1(story, { ...daemon, resource: 'https://graph.microsoft.com' }),
    is: { token_type: 'Bearer', expires_in: expect.stringMatching(/^\d+$/) as string, ext_expires_in: expect.stringMatching(/^\d+$/) as string, expires_on: expect.stringMatching(/^\d+$/) as string, not_before: expect.stringMatching(/^\d+$/) as string, resource: 'https://graph.microsoft.com', access_token: expect.any(String) as string },
  },
}

describe('to the last member, the answer to', () => {
  test.each(Object.entries(answers))('%s', async (_grant, { answer, is }) => {
    const story = await still()
    await story.control('PUT', '/signals/alice', { ipAddress: places.office })

    expect(await answer(story)).toEqual(is)
  })
})

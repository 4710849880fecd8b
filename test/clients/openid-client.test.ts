import * as openid from 'openid-client'
import { beforeAll, describe, expect, test } from 'vitest'
import { testCertificates } from '../support/keys.ts'
import { trustTestCa } from '../support/https.ts'
import { apps, places, useMock } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'

const server = useMock({ httpsPort: 0, certificates: testCertificates() })
beforeAll(trustTestCa)

const redirectUri = 'http://localhost:3999/callback'

for (const profile of ['entra', 'standard'] as const) {
  describe(`openid-client 6 against the ${profile} profile`, () => {
    test('signs Alice in with a code, reads userinfo and refreshes', async () => {
      const { config, sandbox } = await clientOf(profile)
      sandbox.signals('alice', { ipAddress: places.office })
      const { currentUrl, checks } = await signIn(config)

      const tokens = await openid.authorizationCodeGrant(config, currentUrl, checks)
      const claims = tokens.claims()
      expect(claims).toMatchObject({ nonce: checks.expectedNonce, aud: apps.salesHub })
      const who = await openid.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '')
      expect(who).toMatchObject({ sub: claims?.sub, name: 'Alice Adams' })

      const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '')
      expect(refreshed.access_token).not.toBe(tokens.access_token)
      expect(refreshed.claims()?.sub).toBe(claims?.sub)
    })

    test('hears the refusal when a refresh comes from the café, and goes on at the office', async () => {
      const { config, sandbox } = await clientOf(profile)
      sandbox.signals('alice', { ipAddress: places.office })
      const { currentUrl, checks } = await signIn(config)
      const tokens = await openid.authorizationCodeGrant(config, currentUrl, checks)
      sandbox.signals('alice', { ipAddress: places.cafe })

      const renewed = () => openid.refreshTokenGrant(config, tokens.refresh_token ?? '')
      await expect(renewed()).rejects.toMatchObject({ error: 'invalid_grant', error_description: expect.stringContaining(profile === 'entra' ? 'AADSTS53003' : '') as string })
      sandbox.signals('alice', { ipAddress: places.office })
      expect((await renewed()).token_type).toBe('bearer')
    })

    test('is told by a page that it is refused at the café', async () => {
      const { config, sandbox } = await clientOf(profile)
      sandbox.signals('alice', { ipAddress: places.cafe })
      const { page } = await signIn(config)

      expect([page.answer, page.text]).toEqual([{}, expect.stringContaining('Sales Hub only from trusted locations')])
    })

    test('gets a token for a daemon', async () => {
      const { base } = await clientOf(profile)
      const config = await openid.discovery(new URL(base), apps.nightlyJob, undefined, openid.ClientSecretPost('nightly-job-secret'))

      const tokens = await openid.clientCredentialsGrant(config, profile === 'entra' ? { scope: 'api://sales-api/.default' } : { resource: 'api://sales-api' })
      const payload = JSON.parse(Buffer.from(tokens.access_token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>

      expect(payload).toMatchObject({ roles: ['Orders.Process'] })
    })
  })
}

async function clientOf(profile: 'entra' | 'standard') {
  const sandbox = await server.mock.sandbox({ profile })
  const base = `${server.mock.https}/${sandbox.id}/v2.0`
  const config = await openid.discovery(new URL(base), apps.salesHub, undefined, openid.ClientSecretPost('sales-hub-secret'))

  return { sandbox, base, config }
}

/** A person with a browser, sent off by the client and coming back to it. */
async function signIn(config: openid.Configuration) {
  const verifier = openid.randomPKCECodeVerifier()
  const checks = { pkceCodeVerifier: verifier, expectedNonce: openid.randomNonce(), expectedState: openid.randomState() }
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid profile offline_access',
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    nonce: checks.expectedNonce,
    state: checks.expectedState,
    prompt: 'consent',
  })
  const alice = visitor({ http: server.mock.https })
  await alice.open(url.href)
  await alice.signIn('alice@contoso.example')
  if (alice.page.step === 'consent') await alice.submit({})

  return { currentUrl: new URL(alice.page.url), checks, page: alice.page }
}


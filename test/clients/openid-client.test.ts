import * as openid from 'openid-client'
import { beforeAll, describe, expect, test } from 'vitest'
import { testCertificates } from '../support/keys.ts'
import { trustTestCa } from '../support/https.ts'
import { newCertificate } from '../support/certificate.ts'
import { apps, people, places, useMock } from '../support/mock.ts'
import { approveDevice, blocksDaemonOutside, blocksOutside, claimsIn, clientTenant } from '../support/oidc-clients.ts'
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

describe('openid-client 6 without a browser of its own', () => {
  test('signs in a device where policy allows it', async () => {
    const tenant = await clientTenant(server.mock)
    await tenant.sandbox.patch({ conditionalAccessPolicies: [blocksOutside('Sales API')] })
    const config = await openid.discovery(new URL(tenant.issuer), apps.salesMobile, undefined, openid.None())
    const device = await openid.initiateDeviceAuthorization(config, { scope: 'openid profile offline_access api://sales-api/Orders.Read' })
    const approvedFrom = (ipAddress: string) => {
      tenant.sandbox.signals('dave', { ipAddress })
      return approveDevice(tenant.https, { userCode: device.user_code, verificationUri: device.verification_uri }, 'dave@contoso.example')
    }
    expect((await approvedFrom(places.cafe)).text).toContain('53003')

    await approvedFrom(places.office)
    const tokens = await openid.pollDeviceAuthorizationGrant(config, device)
    expect(tokens.claims()).toMatchObject({ oid: people.dave, aud: apps.salesMobile })
  })

  test('proves a daemon by its certificate, not where a policy for workloads blocks', async () => {
    const certificate = newCertificate('Nightly Job')
    const tenant = await clientTenant(server.mock, { [apps.nightlyJob]: { secrets: [], certificates: [certificate.pem] } })
    await tenant.sandbox.patch({ conditionalAccessPolicies: [blocksDaemonOutside('c0ffee00-0000-4000-8000-0000000000f4')] })
    const key = await crypto.subtle.importKey('pkcs8', certificate.privateKey.export({ type: 'pkcs8', format: 'der' }), { name: 'RSA-PSS', hash: 'SHA-256' }, false, ['sign'])
    const config = await openid.discovery(new URL(tenant.issuer), apps.nightlyJob, undefined, openid.PrivateKeyJwt(key))
    const tokenFrom = (ipAddress: string) => {
      tenant.sandbox.signals(null, { ipAddress })
      return openid.clientCredentialsGrant(config, { scope: 'api://sales-api/.default' })
    }
    await expect(tokenFrom(places.cafe)).rejects.toMatchObject({ error: 'invalid_grant', error_description: expect.stringContaining('AADSTS53003') as string })
    expect(claimsIn((await tokenFrom(places.office)).access_token)).toMatchObject({ azpacr: '2', roles: ['Orders.Process'] })
  })
})

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

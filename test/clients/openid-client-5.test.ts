import { generators, Issuer } from 'openid-client-5'
import { beforeAll, describe, expect, test } from 'vitest'
import { trustTestCa } from '../support/https.ts'
import { testCertificates } from '../support/keys.ts'
import { apps, places, useMock } from '../support/mock.ts'
import { clientTenant } from '../support/oidc-clients.ts'

const server = useMock({ httpsPort: 0, certificates: testCertificates() })
beforeAll(trustTestCa)

const redirectUri = 'http://localhost:3999/callback'

describe('openid-client 5, unmodified, over HTTPS', () => {
  test('signs in, asks userinfo, refreshes, and hears of a block', async () => {
    const { sandbox, issuer: address, signIn } = await clientTenant(server.mock)
    sandbox.signals('alice', { ipAddress: places.office })
    const issuer = await Issuer.discover(address)
    expect(issuer.issuer).toBe(address)
    const client = new issuer.Client({ client_id: apps.salesHub, client_secret: 'sales-hub-secret', redirect_uris: [redirectUri], response_types: ['code'] })
    const [verifier, nonce] = [generators.codeVerifier(), generators.nonce()]
    const url = client.authorizationUrl({ scope: 'openid profile email offline_access User.Read', code_challenge: generators.codeChallenge(verifier), code_challenge_method: 'S256', nonce })
    const { answer } = await signIn(url, 'alice@contoso.example')
    const tokens = await client.callback(redirectUri, answer, { code_verifier: verifier, nonce })
    expect(tokens.claims()).toMatchObject({ aud: apps.salesHub, preferred_username: 'alice@contoso.example' })
    expect(await client.userinfo(tokens)).toMatchObject({ name: 'Alice Adams', sub: tokens.claims().sub })

    const renewed = await client.refresh(tokens)
    expect(renewed.access_token).not.toBe(tokens.access_token)
    sandbox.signals('alice', { ipAddress: places.cafe })
    expect(await client.refresh(renewed).catch((error: unknown) => error)).toMatchObject({ error: 'invalid_grant', error_description: expect.stringContaining('AADSTS53003') as string })
    sandbox.signals('alice', { ipAddress: places.office })
    expect((await client.refresh(renewed)).token_type).toBe('Bearer')
  })
})

import { BearerStrategy } from 'passport-azure-ad'
import { beforeAll, describe, expect, test } from 'vitest'
import { trustTestCa } from '../support/https.ts'
import { testCertificates } from '../support/keys.ts'
import { apps, password, people, places, useMock } from '../support/mock.ts'
import { clientTenant } from '../support/oidc-clients.ts'
import type { ClientTenant } from '../support/oidc-clients.ts'

const server = useMock({ httpsPort: 0, certificates: testCertificates() })
beforeAll(trustTestCa)

/** An API that trusts a tenant, and what it says to a caller's token. */
function api({ authority }: ClientTenant, audience: string = apps.salesApi): (token: string) => Promise<unknown> {
  const strategy = new BearerStrategy(
    { identityMetadata: `${authority}/v2.0/.well-known/openid-configuration`, clientID: apps.salesApi, audience, validateIssuer: true, loggingLevel: 'error', passReqToCallback: false },
    (claims, done) => void done(null, claims as object),
  )

  return (token) => new Promise((resolve, reject) => {
    const bound = Object.assign(Object.create(strategy) as BearerStrategy & Record<string, unknown>, {
      success: resolve,
      fail: (challenge: unknown) => void resolve({ refused: String(challenge) }),
      error: reject,
    })
    bound.authenticate({ headers: { authorization: `Bearer ${token}` }, query: {}, body: {} } as never, {})
  })
}

async function userToken({ authority }: ClientTenant): Promise<string> {
  const response = await fetch(`${authority}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', client_id: apps.salesMobile, username: 'alice@contoso.example', password, scope: 'api://sales-api/Orders.Read' }),
  })

  return ((await response.json()) as { access_token: string }).access_token
}

describe('an API behind passport-azure-ad 4, unmodified', () => {
  test('lets in whoever holds a token of its tenant for it, and nobody else', async () => {
    const tenant = await clientTenant(server.mock)
    tenant.sandbox.signals('alice', { ipAddress: places.office })
    const token = await userToken(tenant)

    expect(await api(tenant)(token)).toMatchObject({ oid: people.alice, scp: 'Orders.Read', tid: tenant.sandbox.id })
    expect(await api(tenant, 'api://another')(token)).toEqual({ refused: expect.stringContaining('') as string })
    expect(await api(tenant)(`${token.slice(0, -8)}AAAAAAAA`)).toEqual({ refused: expect.stringContaining('') as string })
    expect(await api(await clientTenant(server.mock))(token)).toEqual({ refused: expect.stringContaining('') as string })
  })
})

import { BearerStrategy } from 'passport-azure-ad'
import { beforeAll, describe, expect, test } from 'vitest'
import { trustTestCa } from '../support/https.ts'
import { testCertificates } from '../support/keys.ts'
import { apps, password, people, places, useMock } from '../support/mock.ts'
import { clientTenant, mfaForContext } from '../support/oidc-clients.ts'
import type { ClientTenant } from '../support/oidc-clients.ts'

const server = useMock({ httpsPort: 0, certificates: testCertificates() })
beforeAll(trustTestCa)

/** An API that trusts a tenant, and what it says to a caller's token. */
function api({ authority }: ClientTenant, { audience = apps.salesApi, context }: { audience?: string; context?: string } = {}): (token: string) => Promise<unknown> {
  const strategy = new BearerStrategy(
    { identityMetadata: `${authority}/v2.0/.well-known/openid-configuration`, clientID: apps.salesApi, audience, validateIssuer: true, loggingLevel: 'error', passReqToCallback: false },
    (claims, done) => {
      const isGoodEnough = context === undefined || (claims as { acrs?: string[] }).acrs?.includes(context)
      done(null, isGoodEnough ? (claims as object) : false)
    },
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
    expect(await api(tenant, { audience: 'api://another' })(token)).toEqual({ refused: expect.any(String) as string })
    expect(await api(tenant)(`${token.slice(0, -8)}AAAAAAAA`)).toEqual({ refused: expect.any(String) as string })
    expect(await api(await clientTenant(server.mock))(token)).toEqual({ refused: expect.any(String) as string })
  })

  test('lets nobody in without the authentication context that it wants, which policy gives for a second factor only', async () => {
    const tenant = await clientTenant(server.mock)
    await tenant.sandbox.patch({ conditionalAccessPolicies: [mfaForContext('c1')] })
    const token = async (more: object) => {
      const { outcome, tokens } = await tenant.sandbox.signIn({ user: 'alice', client: 'Sales Mobile', scope: 'openid api://sales-api/Orders.Read', ...more })
      return { outcome, token: String((tokens as { access_token?: string } | undefined)?.access_token) }
    }
    const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'
    const wants = api(tenant, { context: 'c1' })
    const plain = await token({})
    expect([plain.outcome, await wants(plain.token)]).toEqual(['granted', { refused: expect.any(String) as string }])
    expect((await token({ claims })).outcome).toBe('interrupted')
    expect(await wants((await token({ claims, oneTimeCode: true })).token)).toMatchObject({ oid: people.alice, acrs: ['c1'] })
  })
})

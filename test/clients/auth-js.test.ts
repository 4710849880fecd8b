import { Auth } from '@auth/core'
import MicrosoftEntraID from '@auth/core/providers/microsoft-entra-id'
import type { AuthConfig } from '@auth/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { trustTestCa } from '../support/https.ts'
import { testCertificates } from '../support/keys.ts'
import { apps, places, useMock } from '../support/mock.ts'
import { clientTenant } from '../support/oidc-clients.ts'
import type { ClientTenant } from '../support/oidc-clients.ts'

const server = useMock({ httpsPort: 0, certificates: testCertificates() })
beforeAll(trustTestCa)

const home = 'http://localhost:3999'

function configOf({ issuer }: ClientTenant): AuthConfig {
  return {
    secret: 'a secret of the application itself',
    trustHost: true,
    basePath: '/auth',
    logger: { error() {}, warn() {}, debug() {} },
    providers: [MicrosoftEntraID({
      issuer,
      clientId: apps.salesHub,
      clientSecret: 'sales-hub-secret',
      profile: (profile) => ({ id: profile.sub, name: profile.name, email: profile.email ?? profile.preferred_username, image: null }),
    })],
  }
}

/** An application with Auth.js in it, and the cookies that one browser has for it. */
function application(config: AuthConfig) {
  const cookies = new Map<string, string>()
  const call = async (path: string, form?: Record<string, string>) => {
    const response = await Auth(new Request(`${home}${path}`, {
      method: form ? 'POST' : 'GET',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '), ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}) },
      ...(form ? { body: new URLSearchParams(form).toString() } : {}),
    }), config)
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      cookies.set(name, value)
    }

    return response
  }

  return {
    call,
    async start() {
      const { csrfToken } = (await (await call('/auth/csrf')).json()) as { csrfToken: string }

      return (await call('/auth/signin/microsoft-entra-id', { csrfToken })).headers.get('location') ?? ''
    },
    async session() {
      return (await (await call('/auth/session')).json()) as { user?: Record<string, unknown> } | null
    },
  }
}

describe('@auth/core, unmodified, over HTTPS', () => {
  test('signs in, and is refused where policy blocks, until Alice is back', async () => {
    const tenant = await clientTenant(server.mock)
    tenant.sandbox.signals('alice', { ipAddress: places.cafe })
    const app = application(configOf(tenant))
    const blocked = await tenant.signIn(await app.start(), 'alice@contoso.example')
    expect(blocked.text).toContain('AADSTS53003')
    expect((await app.session())?.user).toBeUndefined()

    tenant.sandbox.signals('alice', { ipAddress: places.office })
    const { url } = await tenant.signIn(await app.start(), 'alice@contoso.example')
    await app.call(url.slice(home.length))

    expect((await app.session())?.user).toMatchObject({ name: 'Alice Adams', email: 'alice@contoso.example' })
  })
})

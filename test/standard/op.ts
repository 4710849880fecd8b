import { readFileSync } from 'node:fs'
import tls from 'node:tls'
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll } from 'vitest'
import { startPortcullis } from '../../src/index.ts'
import type { Portcullis } from '../../src/index.ts'
import { apps, places } from '../support/mock.ts'
import { testCertificates, testKeys } from '../support/keys.ts'
import { visitor } from '../support/visitor.ts'
import type { Visitor } from '../support/visitor.ts'

/** A tenant of the standard profile, over HTTPS as the OpenID Foundation asks, and what its discovery says of it. */
export type Op = {
  readonly mock: Portcullis
  readonly tenant: Awaited<ReturnType<Portcullis['sandbox']>>
  readonly as: oauth.AuthorizationServer
  /** A browser of somebody at this place; in the office, where the whole tenant is, unless told otherwise. */
  browser(ipAddress?: string): Visitor
  /** A client that registers itself, as the suite's do. */
  register(metadata?: Partial<oauth.Client>): Promise<RelyingParty>
}

/** A client of an OP, its way to prove itself, and where it wants to hear the answer. */
export type RelyingParty = {
  readonly op: Op
  /** With the tenant's clock as its skew, so that both agree what time it is. */
  readonly client: oauth.Client
  readonly auth: oauth.ClientAuth
  readonly redirectUri: string
}

export const redirectUri = 'https://localhost:3999/callback'
export const postLogoutUri = 'https://localhost:3999/signed-out'

/** The shipped Contoso as a standard tenant, where Alice has an address and a telephone. */
function seed(): { tenants: Record<string, unknown>[] } {
  const { tenants: [contoso] } = JSON.parse(readFileSync(new URL('../../data/contoso.json', import.meta.url), 'utf8')) as { tenants: [{ users: Record<string, unknown>[] }] }
  const users = contoso.users.map((user) => (String(user.userPrincipalName).startsWith('alice@') ? { ...user, ...aliceHas } : user))

  return { tenants: [{ ...contoso, profile: 'standard', users }] }
}

const aliceHas = {
  mail: 'alice.adams@contoso.example',
  mobilePhone: '+1 425 555 0100',
  streetAddress: '1 Main Street',
  city: 'Springfield',
  postalCode: '12345',
  country: 'US',
  preferredLanguage: 'en-US',
  createdDateTime: '2024-03-01T08:00:00Z',
}

/** A server for the tests of one file; `op()` is a tenant for one test. */
export function useStandard(): { op(changes?: Parameters<Portcullis['sandbox']>[0]): Promise<Op> } {
  const holder: { mock?: Portcullis } = {}
  beforeAll(async () => {
    const certificates = testCertificates()
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), certificates.caCertificate])
    holder.mock = await startPortcullis({ port: 0, httpsPort: 0, keys: testKeys(), certificates, seed: seed() as never })
  })
  afterAll(() => holder.mock?.stop())

  return {
    async op(changes) {
      const { mock } = holder
      if (!mock) throw new Error('The server starts before the tests, not before that.')
      const tenant = await mock.sandbox(changes)
      tenant.signals(null, { ipAddress: places.office })
      const issuer = new URL(tenant.issuer)
      const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer))
      const op: Op = {
        mock,
        tenant,
        as,
        browser: (ipAddress) => visitor({ http: mock.https }, ipAddress === undefined ? {} : { signals: `ipAddress=${ipAddress}` }),
        register: (metadata) => register(op, metadata),
      }

      return op
    },
  }
}

async function register(op: Op, metadata: Partial<oauth.Client> = {}): Promise<RelyingParty> {
  const response = await oauth.dynamicClientRegistrationRequest(op.as, {
    client_name: 'A relying party',
    redirect_uris: [redirectUri],
    post_logout_redirect_uris: [postLogoutUri],
    grant_types: ['authorization_code', 'refresh_token'],
    ...metadata,
  })
  const client = await oauth.processDynamicClientRegistrationResponse(response)

  return relyingParty(op, client as oauth.Client)
}

/** Sales Hub, which the directory knows: the suite's static client. */
export function salesHub(op: Op, method: 'client_secret_basic' | 'client_secret_post' = 'client_secret_basic'): RelyingParty {
  return relyingParty(op, { client_id: apps.salesHub, client_secret: 'sales-hub-secret', token_endpoint_auth_method: method })
}

export function relyingParty(op: Op, metadata: oauth.Client): RelyingParty {
  const uris = metadata.redirect_uris as string[] | undefined
  return {
    op,
    get client() {
      return { ...metadata, [oauth.clockSkew]: Math.round((op.tenant.clock.now.getTime() - Date.now()) / 1000) }
    },
    auth: authOf(metadata),
    redirectUri: uris?.[0] ?? redirectUri,
  }
}

function authOf({ client_secret: secret, token_endpoint_auth_method: method }: oauth.Client): oauth.ClientAuth {
  if (method === 'none') return oauth.None()

  return method === 'client_secret_post' ? oauth.ClientSecretPost(String(secret)) : oauth.ClientSecretBasic(String(secret))
}

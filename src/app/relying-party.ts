import * as oidc from 'openid-client'
import type { Application } from '../directory/types.ts'
import type { AppPort, AppTenant } from './port.ts'

/** Sales Hub of the shipped tenant, and of every sandbox made from it. */
const salesHub = 'c0ffee00-0000-4000-8000-0000000000a1'

/** The registration the app uses: Sales Hub, or in a tenant of somebody's own the first web application with a secret. */
export function registrationOf({ tenant: { directory } }: AppTenant): Application | undefined {
  const isUsable = ({ secrets, web }: Application) => secrets.length > 0 && web.redirectUris.length > 0

  return directory.application(salesHub) ?? directory.list('applications').find(isUsable)
}

/**
 * The app as a client of the tenant's provider, as it would be anywhere: found by discovery, ID tokens verified by the
 * published keys. Only the time is the tenant's: the library is told how far the clock is from the wall's.
 */
export function createRelyingParty(port: Pick<AppPort, 'fetch'>) {
  const discovered = new WeakMap<object, Map<string, Promise<Found>>>()

  return async function configurationOf(at: AppTenant, base: string): Promise<oidc.Configuration> {
    const { tenant } = at
    const registration = registrationOf(at)
    if (!registration) throw new NoRegistration()

    const issuer = at.issuer(base)
    const found = await discoverOnce(issuer, registration.appId, (discovered.get(tenant) ?? remember(tenant)))
    const skew = tenant.clock.tokens === 'wire' ? 0 : Math.round(tenant.clock.offset / 1000)
    const configuration = new oidc.Configuration(found.metadata, registration.appId, {
      client_secret: registration.secrets[0] ?? '',
      [oidc.clockSkew]: skew,
    })
    configuration[oidc.customFetch] = port.fetch as oidc.CustomFetch
    for (const prepare of preparations(issuer)) prepare(configuration)
    oidc.enableNonRepudiationChecks(configuration)

    return configuration
  }

  function remember(tenant: object): Map<string, Promise<Found>> {
    const ofTenant = new Map<string, Promise<Found>>()
    discovered.set(tenant, ofTenant)

    return ofTenant
  }

  function discoverOnce(issuer: string, clientId: string, known: Map<string, Promise<Found>>): Promise<Found> {
    const earlier = known.get(issuer)
    if (earlier) return earlier

    const found = oidc
      .discovery(new URL(issuer), clientId, undefined, undefined, {
        execute: preparations(issuer),
        [oidc.customFetch]: port.fetch as oidc.CustomFetch,
      })
      .then((configuration) => ({ metadata: configuration.serverMetadata() }))
    known.set(issuer, found)
    // The next visitor tries again.
    found.catch(() => known.delete(issuer))

    return found
  }
}

export type ConfigurationOf = ReturnType<typeof createRelyingParty>

/** The tenant has no application that the sample app could be. */
export class NoRegistration extends Error {}

type Found = { readonly metadata: oidc.ServerMetadata }

/** Plain HTTP is for this machine alone. */
function preparations(issuer: string): ((configuration: oidc.Configuration) => void)[] {
  const { protocol, hostname } = new URL(issuer)
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')

  return protocol === 'http:' && isLoopback ? [oidc.allowInsecureRequests] : []
}

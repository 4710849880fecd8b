import type { Domain } from '../directory/types.ts'
import type { Refusal } from '../sign-in/refusal.ts'

const cloudInstance = 'microsoftonline.com'
const cloudAudience = 'urn:federation:MicrosoftOnline'

/**
 * Which authority hosts belong together: all names of this origin (wire 3.3). The host in the question is not looked
 * at: Python's drops the port, and whoever asks us has found us.
 */
export function instanceDiscovery({ base, authorizationEndpoint, apiVersion = '1.1' }: {
  readonly base: string
  readonly authorizationEndpoint: string | undefined
  readonly apiVersion?: string | undefined
}): Record<string, unknown> | { readonly refusal: Refusal } {
  const path = URL.parse(authorizationEndpoint ?? '')?.pathname.split('/') ?? []
  const [, segment] = path
  if (segment === undefined || !/^[0-9A-Za-z.-]+$/.test(segment)) return { refusal: { code: 50050 } }

  const { host, hostname } = new URL(base)
  const version = path.includes('v2.0') ? '/v2.0' : ''

  return {
    'tenant_discovery_endpoint': `${base}/${segment}${version}/.well-known/openid-configuration`,
    'api-version': apiVersion,
    'metadata': [{ preferred_network: host, preferred_cache: host, aliases: [...new Set([host, hostname])] }],
  }
}

/**
 * Where a user's password is checked: here, or at the home of a federated domain (wire 3.4). Only clients that send
 * a user name and password ask. From api-version 2 on the members have other names.
 */
export function userRealm({ userPrincipalName, domain, brand, base, apiVersion = '1.0' }: {
  readonly userPrincipalName: string
  readonly domain: Domain | undefined
  /** Display name of the tenant. */
  readonly brand?: string | undefined
  readonly base: string
  readonly apiVersion?: string | undefined
}): Record<string, unknown> {
  const domainName = domain?.id ?? userPrincipalName.slice(userPrincipalName.lastIndexOf('@') + 1).toLowerCase()
  const kind = domain?.authenticationType ?? 'Unknown'
  const home = kind === 'Federated' ? federationOf(domain, base) : null

  if (Number.parseFloat(apiVersion) >= 2) {
    return {
      NameSpaceType: kind,
      Login: userPrincipalName,
      ...(domain ? { DomainName: domainName, FederationBrandName: domain.federation?.displayName ?? brand ?? domainName, TenantBrandingInfo: null } : {}),
      ...(home ? { AuthURL: home.signIn, federation_protocol: home.protocol } : {}),
      cloud_instance_name: cloudInstance,
    }
  }

  return {
    ver: '1.0',
    account_type: kind,
    domain_name: domainName,
    ...(home ? { federation_protocol: home.protocol, federation_metadata_url: home.metadata, federation_active_auth_url: home.active } : {}),
    cloud_instance_name: cloudInstance,
    cloud_audience_urn: cloudAudience,
  }
}

function federationOf(domain: Domain | undefined, base: string) {
  const { metadataExchangeUri, activeSignInUri, passiveSignInUri }: Readonly<Record<string, unknown>> = domain?.federation ?? {}
  const own = (path: string) => `${base}/adfs/${path}`

  return {
    protocol: 'WSTrust',
    metadata: textOr(metadataExchangeUri, own('services/trust/mex')),
    active: textOr(activeSignInUri, own('services/trust/2005/usernamemixed')),
    signIn: textOr(passiveSignInUri, own('ls/')),
  }
}

function textOr(value: unknown, other: string): string {
  return typeof value === 'string' && value !== '' ? value : other
}

/** What Terraform and the Azure command line ask a cloud for (wire 11.2): one object; before 2022 a list of one. */
export function metadataEndpoints({ base, apiVersion = '2022-09-01' }: { readonly base: string; readonly apiVersion?: string | undefined }): unknown {
  const cloud = {
    name: 'MockCloud',
    resourceManager: `${base}/`,
    microsoftGraphResourceId: `${base}/`,
    portal: base,
    graph: `${base}/`,
    graphAudience: `${base}/`,
    authentication: { loginEndpoint: base, audiences: [`${base}/`], tenant: 'common', identityProvider: 'AAD' },
    suffixes: {},
  }

  return apiVersion < '2022' ? [cloud] : cloud
}

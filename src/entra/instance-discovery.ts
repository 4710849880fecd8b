import type { Refusal } from '../sign-in/refusal.ts'

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

import type { Domain } from '../directory/types.ts'

const cloudInstance = 'microsoftonline.com'
const cloudAudience = 'urn:federation:MicrosoftOnline'

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

/** Whom the first page of a sign-in turns to: nobody, this tenant, or the home of a federated domain (wire 3.4). */
export function credentialType({ userPrincipalName, domain, isKnown, base }: {
  readonly userPrincipalName: string
  readonly domain: Domain | undefined
  /** Whether the directory has such a user; of a federated domain only its home knows. */
  readonly isKnown: boolean
  readonly base: string
}): Record<string, unknown> {
  const isFederated = domain?.authenticationType === 'Federated'

  return {
    Username: userPrincipalName,
    Display: userPrincipalName,
    IfExistsResult: isKnown || isFederated ? 0 : 1,
    IsUnmanaged: false,
    ThrottleStatus: 0,
    Credentials: {
      PrefCredential: isFederated ? 4 : 1,
      HasPassword: true,
      ...(isFederated ? { FederationRedirectUrl: federationOf(domain, base).signIn } : {}),
    },
    EstsProperties: { DomainType: isFederated ? 4 : 3 },
    IsSignupDisallowed: true,
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

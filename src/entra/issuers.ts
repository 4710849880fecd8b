import type { Host } from '../oidc/host.ts'
import type { Refusal } from '../sign-in/refusal.ts'

/** Who says it: the tenant at one origin, by protocol version; on an alias with Entra's literal placeholder (wire 3.1). */
export type IssuerParts = { readonly base: string; readonly tenantId: string; readonly version: 1 | 2 }

/** `{base}/{tid}/v2.0`, and for v1 `{base}/{tid}/` with its trailing slash (wire 2.1: the mock's default for sts.windows.net). */
export function issuerOf({ base, tenantId, version }: IssuerParts): string {
  return version === 2 ? `${base}/${tenantId}/v2.0` : `${base}/${tenantId}/`
}

/** The tenant of personal accounts: the issuer on `consumers`. */
export const consumersTenantId = '9188040d-6c67-4c5b-b112-36a304b66dad'

/** The segment of a path: an alias stays a word, whoever asked by GUID or by domain reads the GUID. */
export type Place = { readonly base: string; readonly segment: string; readonly tenantId: string }

export type Alias = 'common' | 'organizations' | 'consumers'

export function aliasOf(segment: string): Alias | null {
  const word = segment.toLowerCase()
  // Whoever goes by the issuer on `consumers` finds the same place.
  if (word === consumersTenantId) return 'consumers'

  return word === 'common' || word === 'organizations' || word === 'consumers' ? word : null
}

/** An application that is for users of this tenant alone has no business where any tenant may be meant (AADSTS50194). */
export function singleTenantRefusal({ tenant }: Host, alias: Alias | null | undefined, clientId: string | undefined): Refusal | undefined {
  const isForAll = alias === 'common' || alias === 'organizations'

  return isForAll && tenant.directory.application(clientId ?? '')?.signInAudience === 'AzureADMyOrg' ? { code: 50194 } : undefined
}

/** The issuer that a document of this place names. */
export function issuerAt({ base, segment, tenantId }: Place, version: 1 | 2): string {
  const alias = aliasOf(segment)
  const tenant = alias === null ? tenantId : alias === 'consumers' ? consumersTenantId : '{tenantid}'

  return issuerOf({ base, tenantId: tenant, version })
}

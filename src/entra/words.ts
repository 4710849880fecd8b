import type { Requested, Situation, Words } from '../oidc/profile.ts'
import type { Refusal } from '../sign-in/refusal.ts'
import { describeRefusal } from './aadsts.ts'
import { noClaimsRequest, parseClaimsRequest } from './claims-request.ts'

/** A refusal in Entra's words, where only the words are wanted: trace and correlation are the response's to add. */
export function words(refusal: Refusal, { endpoint, isSilent }: Situation): Words {
  const said = describeRefusal(refusal, {
    surface: endpoint === 'token' ? 'token' : isSilent ? 'redirect' : 'page',
    base: '',
    traceId: '',
    correlationId: '',
    now: 0,
  })

  return { error: said.error, description: `AADSTS${said.code}: ${said.message}`, status: said.status, ...(said.suberror ? { suberror: said.suberror } : {}) }
}

/** Without `openid` the library takes neither `claims` nor `max_age`; `request.ts` then hands them through beside it. */
export function requested(params: Readonly<Record<string, unknown>>): Requested {
  const claims = params.claims ?? params.x_claims
  const maxAge = params.max_age ?? params.x_max_age
  const { authenticationContexts, policyIds, notBefore, capabilities, ipAddressSeenByResource } = parseClaimsRequest(claims === undefined ? undefined : String(claims)) ?? noClaimsRequest

  return {
    authenticationContexts,
    challenge: policyIds.length > 0 || notBefore !== null ? { policyIds, notBefore } : null,
    maxAge: maxAge === undefined ? null : Number(maxAge),
    capabilities,
    addressSeenByResource: ipAddressSeenByResource,
  }
}

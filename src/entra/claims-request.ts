import { perUserMfaId } from '../policy/per-user-mfa.ts'
import { securityDefaultsId } from '../policy/security-defaults.ts'

import { isAddress } from '../sign-in/address.ts'

/** The `claims` parameter, read: what a client wants of its tokens and of Conditional Access (reference 6.2–6.4, wire 10). */
export type ClaimsRequest = {
  /** `c1` … `c99`: what the sign-in must satisfy, and the token then says. */
  readonly authenticationContexts: readonly string[]
  /** Policies to ask again, as our own refusal named them. */
  readonly policyIds: readonly string[]
  /** The token must be newer than this second. */
  readonly notBefore: number | null
  /** What the client can do, as it spelled it: `cp1`. */
  readonly capabilities: readonly string[]
  /** The address that a resource saw. */
  readonly ipAddressSeenByResource: string | null
  /** Optional claims asked for the ID token: `login_hint`, `signin_state`, `sid` … */
  readonly idTokenClaims: readonly string[]
}

export const noClaimsRequest: ClaimsRequest = {
  authenticationContexts: [],
  policyIds: [],
  notBefore: null,
  capabilities: [],
  ipAddressSeenByResource: null,
  idTokenClaims: [],
}

/** Reads the parameter; null where it is no JSON object. Members nobody knows are ignored. */
export function parseClaimsRequest(text: string | undefined): ClaimsRequest | null {
  if (text === undefined || text === '') return noClaimsRequest
  const parsed = jsonObject(text)
  if (!parsed) return null

  const access = objectIn(parsed.access_token)
  const id = objectIn(parsed.id_token)
  const notBefore = Number(valuesOf(access.nbf)[0] ?? Number.NaN)
  const contexts = [...valuesOf(access.acrs), ...valuesOf(id.acrs)].filter(isContext)

  return {
    authenticationContexts: [...new Set(contexts.map((context) => context.toLowerCase()))],
    policyIds: [...new Set([...valuesOf(access.capolids), ...valuesOf(access.polids)])],
    notBefore: Number.isFinite(notBefore) ? notBefore : null,
    capabilities: [...new Set([...valuesOf(access.xms_cc), ...valuesOf(id.xms_cc)])],
    ipAddressSeenByResource: valuesOf(access.xms_rp_ipaddr).find((address) => isAddress(address)) ?? null,
    idTokenClaims: Object.keys(id).filter((name) => name !== 'acrs' && name !== 'xms_cc'),
  }
}

/** Whether a context is demanded that no tenant can have: an API that insists on it is not to be given a token without (wire 10). */
export function wantsImpossibleContext({ access_token: access, id_token: id }: Readonly<Record<string, unknown>>): boolean {
  return [objectIn(access).acrs, objectIn(id).acrs].some((acrs) => objectIn(acrs).essential === true && valuesOf(acrs).length > 0 && !valuesOf(acrs).some(isContext))
}

function isContext(value: string): boolean {
  return /^c[1-9]\d?$/i.test(value)
}

/** The challenge that names policies, as the token endpoint sends it (reference 6.3). Undefined where none is to be named. */
export function capolidsClaims(policyIds: readonly string[]): string | undefined {
  const values = policyIds.filter((id) => id !== securityDefaultsId && id !== perUserMfaId)

  return values.length === 0 ? undefined : JSON.stringify({ access_token: { capolids: { essential: true, values } } })
}

export function jsonObject(text: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(text)

    return isObject(parsed) ? parsed : null
  } catch {
    return null
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function objectIn(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {}
}

/** `value`, `values` or `Values`: documents and captures disagree. */
function valuesOf(member: unknown): string[] {
  const { value, values, Values } = objectIn(member)
  const list = [values, Values].find((candidate) => Array.isArray(candidate)) ?? (value === undefined || value === null ? [] : [value])

  return (list as unknown[]).map(String)
}

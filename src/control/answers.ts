import * as v from 'valibot'
import { signals } from './signals.ts'

/**
 * What calls answer, for whoever reads about it: the description and the typed client are made from these, and a test holds
 * the answers to them. Nothing is checked while the server runs. What is Graph's own or OAuth's is an object, documented there.
 */
const text = v.string()
const object = v.record(text, v.unknown())
const list = <S extends v.GenericSchema>(schema: S) => v.array(schema)
const yes = v.literal(true)

export const clockFace = v.strictObject({ now: text, offset: v.number(), frozen: v.boolean(), tokens: v.picklist(['wire', 'virtual']) })

export const code = v.strictObject({ code: text, secret: text, otpauth: text, expiresIn: v.number() })

export const user = v.looseObject({ id: text, userPrincipalName: text, displayName: text, accountEnabled: v.boolean(), roles: list(text), hasPassword: v.boolean(), authenticationMethods: list(object) })

export const tenant = v.strictObject({
  id: text,
  displayName: text,
  profile: v.picklist(['entra', 'standard']),
  licence: v.picklist(['none', 'lapsed', 'P1', 'P2']),
  securityDefaults: v.boolean(),
  mfaServiceSettings: object,
  settings: object,
  countries: v.record(text, text),
  domains: list(v.looseObject({ id: text, isDefault: v.boolean() })),
})

export const endOfSignIn = v.strictObject({
  outcome: v.picklist(['granted', 'interrupted', 'blocked', 'failed']),
  error: v.optional(v.strictObject({ code: v.number(), error: text, suberror: v.optional(text), message: text })),
  tokens: v.optional(object),
  why: v.nullable(object),
})

export const signInRows = v.strictObject({
  entries: list(v.looseObject({ id: text, sequence: v.number(), createdDateTime: text, userPrincipalName: text, appDisplayName: v.nullable(text), ipAddress: v.nullable(text), status: object, appliedConditionalAccessPolicies: list(object) })),
  next: v.number(),
})

const request = v.strictObject({
  sequence: v.number(), at: text, method: text, path: text, parameters: v.record(text, v.union([text, list(text)])), authorization: v.nullable(text), status: v.nullable(v.number()), correlationId: v.nullable(text),
})
export const requests = v.strictObject({ entries: list(request), next: v.number() })
export const noRequests = v.strictObject({ entries: list(request) })

export const fault = v.strictObject({
  id: text,
  on: v.picklist(['token', 'authorize', 'discovery', 'keys', 'graph', 'userinfo', 'devicecode', 'logout']),
  error: v.optional(v.strictObject({ code: v.optional(v.number()), status: v.optional(v.number()), oauth: v.optional(text) })),
  delay: v.optional(v.number()),
  drop: v.optional(v.boolean()),
  times: v.optional(v.number()),
  where: v.optional(v.strictObject({ user: v.optional(text), client: v.optional(text), grant: v.optional(text) })),
})
export const faults = v.strictObject({ faults: list(fault) })

export const token = v.strictObject({ token: text })
export const standing = v.union([
  v.strictObject({ active: yes, isContinuous: v.boolean() }),
  v.strictObject({ active: v.literal(false), because: text, message: text, claims: v.nullable(text), wwwAuthenticate: text }),
])
export const revoked = v.strictObject({ id: text, userPrincipalName: text, revoked: yes })
export const made = v.strictObject({ id: text, domain: text, issuer: text })
export const deleted = v.strictObject({ id: text, deleted: yes })
export const restored = v.strictObject({ id: text, restored: yes })
export const anything = object

export const information = v.strictObject({
  version: text,
  addresses: v.strictObject({ http: v.nullable(text), https: v.nullable(text), ca: v.nullable(text), publicUrl: v.optional(v.nullable(text)) }),
  tenants: list(v.strictObject({ id: text, domain: text, displayName: text, issuer: text })),
})

export { signals }

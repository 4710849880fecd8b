import type * as v from 'valibot'
import type { Tenant } from '../tenant.ts'
import type { ControlPort } from './port.ts'
import type { Schema } from './validate.ts'

/** One call of the control API. The router, the checks and the API's description are made from this value. */
export type Call = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/_mock`, and below `/_mock/tenants/{tenant}` where the call is about one tenant: `/users/{user}/revoke`. */
  readonly path: string
  readonly about: 'server' | 'tenant'
  /** One line for somebody who looks for it. */
  readonly summary: string
  readonly query?: Schema
  /** Without it the call takes none. */
  readonly body?: Schema
  /** Bytes; a megabyte unless said. */
  readonly bodyLimit?: number
  /** 200 unless said. */
  readonly status?: number
  /** What is answered, for whoever reads about it; left out where it is no JSON. */
  readonly answers?: Schema
  /** The media type of the answer; JSON unless said. */
  readonly gives?: 'text/event-stream'
  answer(asked: Asked<never, never>): unknown
}

/** A call as it was asked: everything checked and found. */
export type Asked<Body, Query> = {
  readonly port: ControlPort
  /** The tenant the path names, or the first. */
  readonly tenant: Tenant
  /** The path's own words, decoded. */
  readonly names: Readonly<Record<string, string>>
  readonly body: Body
  readonly query: Query
  /** Where issuers of this request are: its origin, or the public URL. */
  readonly base: string
  /** Aborted when whoever asked has gone: what waits for something may stop. */
  readonly signal: AbortSignal
}

type Said<B extends Schema, Q extends Schema> = Omit<Call, 'answer' | 'about' | 'body' | 'query'> & {
  readonly body?: B
  readonly query?: Q
  answer(asked: Asked<v.InferOutput<B>, v.InferOutput<Q>>): unknown
}

/** A call about one tenant: `/_mock/…` on the first, `/_mock/tenants/{tenant}/…` on that one. */
export const tenantCall = <B extends Schema, Q extends Schema>(said: Said<B, Q>): Call => ({ ...said, about: 'tenant' })

/** A call about the server and its tenants. */
export const serverCall = <B extends Schema, Q extends Schema>(said: Said<B, Q>): Call => ({ ...said, about: 'server' })

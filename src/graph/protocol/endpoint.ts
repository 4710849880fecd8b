import type { Application, Directory, User } from '../../directory/types.ts'
import type { Tenant } from '../../tenant.ts'
import type { GraphPort } from '../port.ts'
import type { Permissions } from './permissions.ts'

/** One thing Graph can be asked. The router, the permission check and the answer's status are made from this value. */
export type Endpoint = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /**
   * Below `/v1.0` and `/beta`: `/users/{id}/memberOf`. A word in braces is any one segment; `appId={appId}` is an alternate
   * key, written `(appId='…')` or `/appId=…`. `$count`, `$ref` and actions are written out.
   */
  readonly path: string
  readonly permissions: Permissions
  /** Both unless said. */
  readonly only?: GraphVersion
  /** The usual one of the method unless said: 200 with a body, 201 for a `POST`, 204 without a body. */
  readonly status?: number
  answer(asked: Asked): Answer | Promise<Answer>
}

export type GraphVersion = 'v1.0' | 'beta'
/** `none`: nothing but links and counts. `minimal`: a type where it does not go without saying. `full`: every type and address. */
export type Metadata = 'none' | 'minimal' | 'full'

/** What an endpoint says. Without a body the answer is 204. */
export type Answer = {
  readonly body?: unknown
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** A request that found its endpoint and may ask it. */
export type Asked = {
  readonly port: GraphPort
  readonly tenant: Tenant
  /** The tenant's directory, its changes made by the caller: the directory audit names whoever it is. */
  readonly directory: Directory
  readonly caller: Caller
  readonly version: GraphVersion
  /** `https://localhost:8443/v1.0`: what `@odata.context`, `Location` and `@odata.nextLink` begin with. */
  readonly root: string
  /** The path as it was asked, below the version: `/users/alice@contoso.example/memberOf`. */
  readonly path: string
  /** What the braces of the path stand for, decoded. */
  readonly names: Readonly<Record<string, string>>
  /** `members/microsoft.graph.user` asks for users only: `user`. Null where nothing of the kind was said. */
  readonly cast: string | null
  readonly query: URLSearchParams
  /** How much entities say of themselves beside their properties, as `Accept` or `$format` wishes. */
  readonly metadata: Metadata
  header(name: string): string
  /** The JSON object sent. Refused where there is none, or it is something else. */
  body(): Promise<Readonly<Record<string, unknown>>>
}

/** Who asks: a user through an application, an application itself, or (with permissions left out) anybody. */
export type Caller =
  | { readonly kind: 'user'; readonly user: User; readonly client: Application | null; readonly scopes: readonly string[] }
  | { readonly kind: 'application'; readonly client: Application | null; readonly objectId: string; readonly roles: readonly string[] }
  | { readonly kind: 'anybody'; /** Whose token came along; nothing depends on it but `/me`. */ readonly user: User | null }

/** A new object: 201, with the address it has from now on. */
export function created(asked: Asked, id: string, body: unknown): Answer {
  return { status: 201, headers: { location: `${asked.root}${asked.path}/${id}` }, body }
}

/** The usual answer to a change: nothing, unless the caller prefers to see the result. */
export function changed(asked: Asked, body: () => unknown): Answer {
  if (!/\breturn=representation\b/i.test(asked.header('prefer'))) return {}

  return { status: 200, headers: { 'preference-applied': 'return=representation' }, body: body() }
}

/** This instant in the tenant's time, as Graph writes it. */
export const nowOf = ({ tenant }: Asked) => new Date(tenant.clock.now()).toISOString()

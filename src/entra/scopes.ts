import type { Application } from '../directory/types.ts'
import type { Refusal } from '../sign-in/refusal.ts'

/** The scopes of a request, sorted by whom they are for. */
export type ParsedScopes = {
  /** In the order of first mention. */
  readonly resources: readonly RequestedResource[]
  /** `openid`, `profile`, `email`, `offline_access`, as asked. */
  readonly oidc: readonly string[]
  readonly refusal?: Refusal
}

export type RequestedResource = {
  readonly resource: Application
  /** How the library names it: an absolute URI that says the app id. */
  readonly indicator: string
  /** What a v1 token calls it: the identifier as requested (wire 9.2). */
  readonly audience: string
  /** As this request spells them, so that the token response can repeat them: `api://x/Orders.Read`, `User.Read`. */
  readonly scopes: readonly string[]
  /** In short, as the `scp` claim has them: `Orders.Read`. `.default` is not one of them. */
  readonly values: readonly string[]
  /** `{resource}/.default`: everything that was consented to. */
  readonly isDefault: boolean
}

export const openIdScopes = ['openid', 'profile', 'email', 'offline_access'] as const
export const graphAppId = '00000003-0000-0000-c000-000000000000'
export const graphIdentifier = 'https://graph.microsoft.com'

/** A resource as the library's resource indicators have it. */
export function indicatorOf(resource: Pick<Application, 'appId'>): string {
  return `urn:appid:${resource.appId}`
}

/** `purpose`: a code may be asked for several resources, a token is for one (wire 5.1). */
export type ScopeOptions = { readonly purpose?: 'consent' | 'token' | 'clientCredentials' }

/**
 * Finds the resource behind each scope: a bare name is Graph's, everything else is a resource, a slash and a name.
 * `{base}/…` is Graph too, since Graph lives at our own origin (wire F17).
 */
export function parseScopes(
  scope: string,
  resolveResource: (name: string) => Application | undefined,
  base: string,
  { purpose = 'consent' }: ScopeOptions = {},
): ParsedScopes {
  const words = [...new Set(scope.split(' ').filter((word) => word !== ''))]
  const oidc = words.filter(isOpenId)
  const found = new Map<string, Found>()
  for (const word of words) {
    if (isOpenId(word)) continue
    const outcome = locate(word, resolveResource, base)
    if ('code' in outcome) return { resources: [], oidc, refusal: outcome }
    const earlier = found.get(outcome.resource.appId)
    found.set(outcome.resource.appId, earlier ? { ...earlier, scopes: [...earlier.scopes, word], values: [...earlier.values, outcome.value] } : { ...outcome, scopes: [word], values: [outcome.value] })
  }

  const resources = [...found.values()].map((one) => requested(one))
  const refusal = checkTogether(resources, scope, purpose)

  return refusal ? { resources, oidc, refusal } : { resources, oidc }
}

/** What an API's scopes are called, in every spelling that a request may use. */
export function spellingsOf(resource: Application, value: string, base: string): string[] {
  const prefixes = [...resource.identifierUris.map((uri) => uri.replace(/\/$/, '')), `api://${resource.appId}`, resource.appId]
  const names = [...new Set(prefixes)].map((prefix) => `${prefix}/${value}`)

  return resource.appId === graphAppId ? [value, `${base}/${value}`, ...names] : names
}

/**
 * The scopes of a token response: as asked, `.default` followed by what it stood for in the same spelling
 * (`api://x/.default` → `api://x/Orders.Read api://x/.default`).
 */
export function spelledGrant(scopes: readonly string[], consented: readonly string[]): string[] {
  const all = scopes.flatMap((scope) => (scope.endsWith('/.default') ? [...consented.map((value) => `${scope.slice(0, -'.default'.length)}${value}`), scope] : [scope]))

  return [...new Set(all)]
}

type Located = { readonly resource: Application; readonly audience: string; readonly value: string }
type Found = Omit<Located, 'value'> & { readonly scopes: readonly string[]; readonly values: readonly string[] }

function locate(word: string, resolveResource: (name: string) => Application | undefined, base: string): Located | Refusal {
  const slash = word.lastIndexOf('/')
  const value = word.slice(slash + 1)
  const audience = slash < 0 ? graphIdentifier : nameOf(word.slice(0, slash), base)
  const resource = slash === 0 ? undefined : resolveResource(audience) ?? resolveResource(audience.replace(/^api:\/\//, ''))
  if (!resource) return slash < 0 ? { code: 70011, values: { scope: word } } : { code: 500011, values: { resource: word.slice(0, slash) } }
  if (value === '.default') return slash < 0 ? { code: 70011, values: { scope: word } } : { resource, audience: audience + slashAtEndOf(word, slash), value }

  const published = publishedScope(resource, value)

  return published === null ? { code: 70011, values: { scope: word } } : { resource, audience, value: published }
}

/** Two slashes before `.default` are how a v2 request names a resource that ends in one: its tokens are for it with the slash. */
function slashAtEndOf(word: string, slash: number): string {
  return word[slash - 1] === '/' && word[slash - 2] !== '/' ? '/' : ''
}

/** A resource as requested, trailing slashes ignored; our own origin is Graph. */
function nameOf(prefix: string, base: string): string {
  const name = prefix.replace(/\/+$/, '')

  return name.toLowerCase() === base.toLowerCase() ? graphIdentifier : name
}

/** The permission as the resource spells it; one that is switched off or does not exist is none. A resource that lists none is taken at its word. */
function publishedScope({ api }: Application, value: string): string | null {
  if (api.oauth2PermissionScopes.length === 0) return value === '' ? null : value

  return api.oauth2PermissionScopes.find((scope) => scope.isEnabled && scope.value.toLowerCase() === value.toLowerCase())?.value ?? null
}

function requested({ resource, audience, scopes, values }: Found): RequestedResource {
  return {
    resource,
    indicator: indicatorOf(resource),
    audience,
    scopes,
    values: [...new Set(values.filter((value) => value !== '.default'))],
    isDefault: values.includes('.default'),
  }
}

/** `.default` stands alone; a token is for one resource; a daemon asks for one `.default`. */
function checkTogether(resources: readonly RequestedResource[], scope: string, purpose: ScopeOptions['purpose']): Refusal | undefined {
  if (purpose !== 'consent' && resources.length > 1) return { code: 28000, values: { scope } }
  if (resources.some(({ isDefault, values }) => isDefault && values.length > 0)) return { code: 70011, values: { scope } }
  if (purpose !== 'clientCredentials') return undefined
  if (resources.length === 0) return scope.trim() === '' ? { code: 900144, values: { parameter: 'scope' } } : { code: 70011, values: { scope } }

  return resources.every(({ isDefault }) => isDefault) ? undefined : { code: 70011, values: { scope } }
}

function isOpenId(word: string): boolean {
  return (openIdScopes as readonly string[]).includes(word)
}

import type { Application } from '../directory/types.ts'
import { requireConsent } from '../oidc/grants/user-tokens.ts'
import type { TokenTarget } from '../oidc/grants/user-tokens.ts'
import { RefusedError } from '../oidc/errors.ts'
import type { Host } from '../oidc/host.ts'
import type { Redeemed } from '../oidc/judge.ts'
import { stateOf } from '../oidc/request-state.ts'
import { scopeValues } from '../oidc/resources.ts'
import { graphAppId, indicatorOf, openIdScopes, parseScopes } from './scopes.ts'
import type { ParsedScopes, ScopeOptions } from './scopes.ts'

type LibraryContext = Parameters<typeof stateOf>[0]
type Params = { scope?: string | undefined; resource?: unknown }

/** The resources behind the scopes of an authorize or token request: a sign-in may be for several. Who asks for none of any API asks for Graph. */
export function targetsOfRequest(ctx: LibraryContext, host: Host): string[] {
  const params = ctx.oidc.params as (Params & { grant_type?: string }) | undefined
  const purpose = params?.grant_type === 'client_credentials' ? 'clientCredentials' : 'consent'
  const { resources } = parsedScopes(ctx, host, params?.scope ?? '', purpose)
  if (resources.length > 0) return resources.map(({ indicator }) => indicator)

  const graph = host.tenant.directory.resource(graphAppId)

  return graph ? [indicatorOf(graph)] : []
}

/**
 * A token is for one resource: of those that a code is for, the one that the redemption names, else the first. It may
 * name another one, or other permissions, if there is consent to them.
 */
export function aimCode(ctx: LibraryContext, host: Host, code: Redeemed): void {
  const { resources, oidc } = parsedScopes(ctx, host, code.scope ?? '')
  const wanted = parsedScopes(ctx, host, stateOf(ctx).redeemedFor ?? '', 'token').resources[0]
  if (!wanted) return void (code.resource = [code.resource ?? []].flat()[0])

  const { indicator, scopes, resource } = wanted
  requireConsent(host, code.clientId ?? '', code.accountId ?? '', { indicator, audience: resource.appId, offered: scopes, scopes, openIdScopes: oidc })
  ctx.oidc.entities.Grant?.addResourceScope(indicator, scopes.join(' '))
  code.resource = indicator
  code.scope = [...oidc, ...scopes, ...resources.filter((other) => other.indicator !== indicator).flatMap((other) => other.scopes)].join(' ')
}

/** What the library must know of a resource: the scopes it has, spelled as this request spells them. */
export function resourceInfo(ctx: LibraryContext, host: Host, indicator: string) {
  const resource = resourceAt(host, indicator)
  const asked = parsedScopes(ctx, host, scopeInPlay(ctx)).resources.find((target) => target.indicator === indicator)

  return {
    scope: (asked?.scopes ?? []).join(' '),
    audience: resource.appId,
    accessTokenFormat: 'jwt' as const,
    jwt: { sign: { alg: 'RS256' as const } },
  }
}

/** A refresh is for what the client now asks, or else for what the token was issued for; of that, what was consented to. */
export function refreshTarget(ctx: LibraryContext, host: Host, token: { readonly scope?: string | undefined }): TokenTarget {
  const { scope: asked } = (ctx.oidc.params ?? {}) as Params
  // A sign-in may have been for several resources; a token is for one.
  const parsed = asked === undefined ? parsedScopes(ctx, host, token.scope ?? '') : parsedScopes(ctx, host, asked, 'token')
  const graph = host.tenant.directory.resource(graphAppId)
  const [target] = parsed.resources
  const resource = target?.resource ?? graph
  if (!resource) throw refused(host, { code: 500011 })

  const granted = (token.scope ?? '').split(' ')
  const openId = openIdScopes.filter((scope) => granted.includes(scope))
  return {
    indicator: indicatorOf(resource),
    audience: resource.appId,
    offered: target?.scopes ?? [],
    scopes: target?.scopes ?? [],
    openIdScopes: openId,
  }
}

/** A user's token asked for directly is for one resource, and asks anew for whatever it wants. */
export function userTarget(ctx: LibraryContext, host: Host): TokenTarget {
  const { scope } = ctx.oidc.params as Params
  if (!scope) throw refused(host, { code: 900144, values: { parameter: 'scope' } })
  const { resources: [target], oidc } = parsedScopes(ctx, host, scope, 'token')
  const resource = target?.resource ?? host.tenant.directory.resource(graphAppId)
  if (!resource) throw refused(host, { code: 500011 })

  return { indicator: indicatorOf(resource), audience: resource.appId, offered: target?.scopes ?? [], scopes: target?.scopes ?? [], openIdScopes: oidc }
}

/** Delegated permissions in short form, `.default` spelled out as everything that was consented to. */
export function grantedValues(scopes: readonly string[], resource: Application, consented: readonly string[]): string[] {
  const values = scopes.map((scope) => scope.slice(scope.lastIndexOf('/') + 1))
  const published = new Map(scopeValues(resource).map((value) => [value.toLowerCase(), value]))
  const wanted = values.some((value) => value === '.default') ? [...values, ...consented] : values

  return [...new Set(wanted.filter((value) => value !== '.default').map((value) => published.get(value.toLowerCase()) ?? value))]
}

export function resourceAt(host: Host, indicator: string): Application {
  const resource = host.tenant.directory.resource(indicator.replace(/^urn:appid:/, ''))
  if (!resource) throw refused(host, { code: 500011, values: { resource: indicator } })

  return resource
}

export function parsedScopes(ctx: LibraryContext, host: Host, scope: string, purpose: ScopeOptions['purpose'] = 'consent'): ParsedScopes {
  const parsed = parseScopes(scope, (name) => host.tenant.directory.resource(name), host.base, { purpose })
  if (parsed.refusal) throw refused(host, parsed.refusal, ctx.oidc.route, ctx.oidc.prompts?.has('none'))

  return parsed
}

/** The scope text that this request is about: its own, or that of the code being redeemed. */
function scopeInPlay(ctx: LibraryContext): string {
  const { params, entities } = ctx.oidc as unknown as { params?: Params; entities: { AuthorizationCode?: { scope?: string }; DeviceCode?: { scope?: string } } }

  return params?.scope ?? entities.AuthorizationCode?.scope ?? entities.DeviceCode?.scope ?? ''
}

const jsonRoutes: ReadonlySet<string> = new Set(['token', 'device_authorization'])

function refused(host: Host, refusal: ConstructorParameters<typeof RefusedError>[0], route = 'token', isSilent = false): RefusedError {
  return new RefusedError(refusal, host.profile, { endpoint: jsonRoutes.has(route) ? 'token' : 'authorize', isSilent })
}

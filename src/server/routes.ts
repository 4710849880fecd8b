import compose from 'koa-compose'
import type { Middleware } from 'koa'
import { createApp } from '../app/app.ts'
import { createControl } from '../control/control.ts'
import { admit } from '../control/gate.ts'
import { commonEndpoints } from '../entra/common-endpoints.ts'
import { graphTokenReader } from '../entra/graph-token.ts'
import { userinfo } from '../entra/userinfo.ts'
import { resolveTenantSegment } from '../entra/tenants.ts'
import { errorLookup } from '../entra/error-lookup.ts'
import { rootPaths } from '../entra/paths.ts'
import { tenantMeant } from './tenant-meant.ts'
import { refuseTenant } from '../entra/unknown-tenant.ts'
import { baseOf } from '../http/base.ts'
import { assets } from '../http/assets.ts'
import type { GraphPort } from '../graph/port.ts'
import { refusals, sayPageOrJson } from '../http/errors.ts'
import { knownHosts } from '../http/known-hosts.ts'
import { securityHeaders } from '../http/security-headers.ts'
import { metadataAtRoot } from '../oidc/standard-paths.ts'
import { refusalPage } from './refusal-page.ts'
import type { RouteParts } from './route-parts.ts'
import { appPort } from './app-port.ts'
import { captured } from './capture.ts'
import { controlPort } from './control-port.ts'
import { graphPort } from './graph-port.ts'
import { homePage } from './home.ts'
import type { Origins } from './origins.ts'
import type { Tenants } from './tenants.ts'

/** What this origin answers, in the order of asking. */
export function routes(parts: RouteParts): Middleware {
  const hosts = ['localhost', '127.0.0.1', '[::1]', parts.host, ...parts.allowHosts, ...publicHost(parts.origins)]

  const readToken = graphTokenReader({ keys: parts.keys, tenant: (id) => parts.tenants.find(id) })

  const control = controlPort(parts)

  return compose([
    parts.metrics.timed,
    securityHeaders(),
    refusals(sayPageOrJson(refusalPage(parts.render))),
    knownHosts(hosts),
    basing(parts.origins),
    health(parts.tenants),
    parts.metrics.endpoint(parts.tenants, (ctx) => admit(ctx, control)),
    assets(),
    createControl(control),
    createApp(appPort(parts)),
    home(parts),
    userinfo({ keys: parts.keys, readToken, faultsOf: (id) => parts.tenants.find(id)?.faults, firstFaults: () => parts.tenants.list()[0]?.faults }),
    graph(graphPort(parts, readToken)),
    commonEndpoints({ domainOf: (name) => domainNamed(parts.tenants, name) }),
    errorLookup(parts.render),
    deviceLogin(),
    metadataAtRoot(),
    tenantPaths(parts),
  ] as Middleware[]) as Middleware
}

function publicHost({ publicUrl }: Origins): string[] {
  return publicUrl ? [new URL(publicUrl).hostname] : []
}

/** Notes the origin that this request came in on; a public URL stands in for it, for the library too. */
function basing(origins: Origins): Middleware {
  return async (ctx, next) => {
    if (origins.publicUrl !== null) {
      const { protocol, host } = new URL(origins.publicUrl)
      Object.defineProperty(ctx.request, 'protocol', { value: protocol.slice(0, -1) })
      Object.defineProperty(ctx.request, 'host', { value: host })
    }
    ctx.state.base = baseOf(ctx)

    return next()
  }
}

/** Loaded with the first request for it: a start has no use for it. */
function graph(port: GraphPort): Middleware {
  let loaded: Promise<Middleware> | null = null

  return async (ctx, next) => {
    if (!/^\/(?:v1\.0|beta)(?:\/|$)/i.test(ctx.path)) return next()
    loaded ??= import('../graph/graph.ts').then(({ createGraph }) => createGraph(port))

    return (await loaded)(ctx, next)
  }
}

function health(tenants: Tenants): Middleware {
  return async (ctx, next) => {
    if (ctx.path === '/healthz') return void (ctx.body = { status: 'ok' })
    if (ctx.path === '/readyz') return void (ctx.body = { status: 'ready', tenants: tenants.list().length })

    return next()
  }
}

/** The realm of a user name: the tenant and domain that its suffix names. */
function domainNamed(tenants: Tenants, userPrincipalName: string) {
  const name = userPrincipalName.slice(userPrincipalName.lastIndexOf('@') + 1)
  const tenant = tenants.find(name)

  return tenant && { brand: tenant.directory.settings.displayName, domain: tenant.directory.domainOf(userPrincipalName), isKnown: tenant.directory.user(userPrincipalName) !== undefined }
}

function home({ tenants, controlKey, passwordOf }: RouteParts): Middleware {
  return async (ctx, next) => {
    const [, segment, rest] = ctx.path.split('/')
    if (rest) return next()
    const tenant = segment ? tenants.find(segment) : tenants.list()[0]
    if (!tenant || ctx.method !== 'GET') return next()

    ctx.type = 'html'
    const base = ctx.state.base as string
    ctx.body = homePage(tenants.at(tenant, base).host, { base, isFirst: tenant === tenants.list()[0], isOpen: controlKey === null, passwordOf })
  }
}

/** The short address for people; the long one is what clients print. */
function deviceLogin(): Middleware {
  return async (ctx, next) => {
    if (ctx.path.toLowerCase() === rootPaths.deviceLogin) ctx.path = '/common/oauth2/deviceauth'

    return next()
  }
}

function tenantPaths({ tenants, render }: RouteParts): Middleware {
  return async (ctx, next) => {
    const [, name = '', ...rest] = ctx.path.split('/')
    if (name === '' || rest.length === 0) return next()
    const base = ctx.state.base as string
    const segment = resolveTenantSegment(name, (idOrDomain) => tenants.find(idOrDomain))
    if (segment.kind === 'reserved') return next()
    if (segment.kind === 'unknown') return refuseTenant(ctx, segment.refusal, base, render)
    const tenant = segment.kind === 'tenant' ? segment.tenant : await tenantMeant(ctx, tenants.list(), (domain) => tenants.find(domain))
    if (!tenant) return next()

    ctx.state.alias = segment.kind === 'alias' ? segment.alias : null
    ctx.mountPath = `/${name}`
    ctx.path = `/${rest.join('/')}`

    return captured(ctx, tenant, tenants.at(tenant, base).handle, next)
  }
}

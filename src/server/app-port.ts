import type { AppPort } from '../app/port.ts'
import { inProcessFetch } from '../http/in-process.ts'
import { createViews } from '../http/views.ts'
import type { AppPages } from '../app/pages.ts'
import { issuerOf } from '../oidc/host.ts'
import { observationOf } from '../oidc/tenant-app.ts'
import type { RouteParts } from './route-parts.ts'

/** Hands the sample app what it needs of the server. It speaks to the provider as any application does, but in process. */
export function appPort({ tenants, handler, isSimulationOn, trustProxy }: RouteParts): AppPort {
  const { render } = createViews<AppPages>()

  return {
    tenant(idOrDomain) {
      const tenant = idOrDomain === null ? tenants.list()[0] : tenants.find(idOrDomain)

      return tenant && { tenant, issuer: (base) => issuerOf(base, tenant.id) }
    },
    fetch: inProcessFetch(handler),
    base: (ctx) => ctx.state.base as string,
    observe: (ctx, tenant) => observationOf(ctx, { base: ctx.state.base as string, tenant, isSimulationOn }, { trustProxy }),
    render,
  }
}

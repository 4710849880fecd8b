import { signToken } from '../oidc/signing.ts'
import type { ControlPort, TokenOrder } from '../control/port.ts'
import { standingTeller } from '../entra/continuous-access.ts'
import { issuerOf } from '../oidc/host.ts'
import type { RouteParts } from './route-parts.ts'
import { sandboxData } from './sandbox.ts'
import { clientsBase } from './origins.ts'
import type { Tenant } from '../tenant.ts'
import { version } from '../package.ts'

/** Hands the control API what it needs of the server. */
export function controlPort({ tenants, origins, keys, controlKey, certificates }: RouteParts): ControlPort {
  return {
    version,
    addresses: () => ({ ...origins, ca: certificates?.caFile ?? null }),
    tenants: () => tenants.list(),
    tenant: (idOrDomain) => tenants.find(idOrDomain),
    async createTenant({ from, ...changes }) {
      const like = from === undefined ? tenants.list()[0] : tenants.find(from)
      if (!like) throw new Error(`There is no tenant "${from}".`)

      return tenants.create(sandboxData(like.seed, changes))
    },
    deleteTenant: (id) => tenants.delete(id),
    orderToken: (tenant, order) => orderedToken(tenant, order),
    standingOf: standingTeller(keys, (id) => tenants.find(id)),
    controlKey,
  }

  function orderedToken(tenant: Tenant, { claims, header, lifetime, key }: TokenOrder): Promise<string> {
    const now = tenant.clock.tokens === 'wire' ? tenant.clock.realNow() : tenant.clock.now()
    const usual = {
      iss: issuerOf(clientsBase(origins), tenant.id),
      tid: tenant.id,
      ver: '2.0',
      iat: Math.floor(now / 1000),
      nbf: Math.floor(now / 1000),
      exp: Math.floor((now + lifetime) / 1000),
    }
    const said = Object.fromEntries(Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== null))

    return signToken(keys, key, header, said)
  }
}

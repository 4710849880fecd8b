import { createControl } from '../../src/control/control.ts'
import type { ControlPort } from '../../src/control/port.ts'
import { createDirectory } from '../../src/directory/index.ts'
import type { TenantData } from '../../src/directory/types.ts'
import { createTenant } from '../../src/tenant.ts'
import type { HeadlessSignIn, Tenant } from '../../src/tenant.ts'
import { serve } from '../http/serve.ts'
import { contoso } from '../support/contoso.ts'

/** A tenant, whole but for its front door: a headless sign-in is just noted. */
export function tenantOf(seed: TenantData): Tenant & { readonly asked: readonly HeadlessSignIn[] } {
  const asked: HeadlessSignIn[] = []
  const tenant = createTenant({
    directory: createDirectory(seed),
    seed,
    isSimulationOn: true,
    async signIn(_tenant, request) {
      asked.push(request)
      return { outcome: 'granted', why: null }
    },
  })

  return Object.assign(tenant, { asked })
}

/** The control API over Contoso, on a free port, and how to call it. */
export async function driven(changes: Partial<ControlPort> = {}) {
  const seed = await contoso()
  const tenants = [tenantOf(seed)]
  const port: ControlPort = {
    version: '1.2.3',
    addresses: () => ({ http: 'http://localhost:8400', https: null, ca: null }),
    tenants: () => tenants,
    tenant: (name) => tenants.find(({ id, domain }) => [id, domain].includes(name.toLowerCase())),
    async createTenant({ domain, ...changes }) {
      const id = crypto.randomUUID()
      const like = { ...seed, ...changes, id }
      const sandbox = tenantOf(domain === undefined ? like : { ...like, domains: [{ ...like.domains[0]!, id: domain }, ...like.domains.slice(1)] })
      tenants.push(sandbox)
      return sandbox
    },
    async deleteTenant(id) {
      const index = tenants.findIndex((tenant) => tenant.id === id)
      return index >= 0 && tenants.splice(index, 1).length === 1
    },
    controlKey: null,
    ...changes,
  }
  const server = await serve(createControl(port))

  async function call(line: string, body?: unknown, headers: Record<string, string> = {}): Promise<Called> {
    const [method = '', path = ''] = line.split(' ')
    const response = await server.fetch(path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })

    return { status: response.status, headers: response.headers, json: await response.json() as Json }
  }

  return { ...server, call, tenant: tenants[0]!, tenants }
}

// eslint-disable-next-line -- what an answer holds is for each test to say
export type Json = any
export type Called = { readonly status: number; readonly headers: Headers; readonly json: Json }

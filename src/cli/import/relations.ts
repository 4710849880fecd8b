import type { IdentifiedTenant } from '../../directory/file/identify.ts'
import type { Relation } from './pieces.ts'
import type { Written } from './recognise.ts'
import type { References } from './references.ts'

/** Entities with what was said of them apart: roles at whoever has them, consents and assignments at the application. */
export type Related = { readonly users: readonly Written[]; readonly groups: readonly Written[]; readonly devices: readonly Written[]; readonly applications: readonly Written[] }

/** One thing more in a list of an entity; null where one of the two is not here, which is then listed. */
type Addition = { readonly to: string; readonly list: string; readonly what: unknown } | null

/** Puts each relation where a tenant file has it. `servicePrincipals`: app ids by the object ids that were read. */
export function withRelations(known: IdentifiedTenant, relations: readonly Relation[], servicePrincipals: ReadonlyMap<string, string>, references: References): Related {
  const appIds = new Map([...servicePrincipals, ...known.applications.map(({ whole }) => [whole.servicePrincipalId, whole.appId] as const)])
  const principals = new Set([...known.users, ...known.groups].map(({ id }) => id))
  const applications = new Set(known.applications.map(({ whole }) => whole.appId))
  const additions = new Map<string, Record<string, unknown[]>>()
  /** The application of a service principal, where that is one of this tenant's or Microsoft's. */
  const appOf = (id: string, what: string) => appIds.get(id.toLowerCase()) ?? (references.resolve('party', id, what), null)

  const additionOf: { readonly [K in Relation['kind']]: (relation: Extract<Relation, { kind: K }>) => Addition } = {
    role({ principal, role }) {
      const to = principal.toLowerCase()
      if (!principals.has(to)) references.resolve('member', principal, `the role ${role}`)

      return principals.has(to) ? { to, list: 'roles', what: role } : null
    },
    assignment({ principal, resource, role }) {
      const to = appOf(resource, 'an assignment')
      // What Microsoft's own applications were assigned to decides nothing here.
      const who = to === null || !applications.has(to) ? null : references.resolve('member', principal, 'an assignment')

      return to === null || who === null ? null : { to, list: 'assignments', what: { principal: who, ...(role === null ? {} : { role }) } }
    },
    consent({ client, resource, scopes, principal }) {
      const [to, of] = [appOf(client, 'a consent'), appOf(resource, 'a consent')]
      if (to === null || of === null || !applications.has(to)) return null
      if (principal === null) return { to, list: 'consents', what: { resource: of, scopes } }
      const who = references.resolve('member', principal, 'a consent')

      return who === null ? null : { to, list: 'userConsents', what: { principal: who, resource: of, scopes } }
    },
  }
  for (const relation of relations) add(additionOf[relation.kind](relation as never))

  return {
    users: known.users.map(({ id, written }) => added(id, written as Written)),
    groups: known.groups.map(({ id, written }) => added(id, written as Written)),
    devices: known.devices.map(({ written }) => written as Written),
    applications: known.applications.map(({ whole, written }) => added(whole.appId, written as Written)),
  }

  function add(addition: Addition): void {
    if (addition === null) return
    const lists = additions.get(addition.to) ?? {}
    additions.set(addition.to, lists)
    lists[addition.list] = [...(lists[addition.list] ?? []), addition.what]
  }

  function added(key: string, written: Written): Written {
    const lists = Object.entries(additions.get(key) ?? {}).map(([list, more]) => [list, [...((written[list] as unknown[] | undefined) ?? []), ...more]])

    return { ...written, ...Object.fromEntries(lists) }
  }
}

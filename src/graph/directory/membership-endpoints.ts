import type { Directory, Group } from '../../directory/types.ts'
import { limitOf } from '../../sign-in/limits.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { badProperty, noSuchObject } from '../protocol/refusal.ts'
import { ofUser, userAskedOrMe } from './asking.ts'
import { isSecurityGroup } from './group-type.ts'
import { memberOf, transitiveMemberOf } from './memberships.ts'
import { objectsEndpoints, readingObjects } from './objects-list.ts'
import { objectById, type DirectoryObject } from './objects.ts'
import { askMemberships, ownProfile, readApplications, readDevices, readGroups, readMemberships } from './permissions.ts'

type Action = (asked: Asked, object: DirectoryObject) => Promise<Answer>

/** What is asked about somebody's memberships, nested ones included. `…Groups` is about groups, `…Objects` about directory roles too. */
const actions: Readonly<Record<string, Action>> = {
  async getMemberGroups(asked, { id }) {
    const isSecurityOnly = truth(await asked.body(), 'securityEnabledOnly')

    return ids(asked, 'Collection(Edm.String)', groupsOf(asked.tenant.directory, id, isSecurityOnly).map((group) => group.id))
  },
  async getMemberObjects(asked, { id }) {
    const isSecurityOnly = truth(await asked.body(), 'securityEnabledOnly')
    const { directory } = asked.tenant
    const security = new Set(groupsOf(directory, id, isSecurityOnly).map((group) => group.id))
    const objects = transitiveMemberOf(directory, id).filter((object) => security.has(object.id) || !directory.get('groups', object.id))

    return ids(asked, 'Collection(Edm.String)', objects.map((object) => object.id))
  },
  async checkMemberGroups(asked, { id }) {
    const wanted = idsIn(await asked.body(), 'groupIds', asked)
    const held = new Set(asked.tenant.directory.groupIdsOf(id))

    return ids(asked, 'Collection(Edm.String)', wanted.filter((one) => held.has(one)))
  },
  async checkMemberObjects(asked, { id }) {
    const wanted = idsIn(await asked.body(), 'ids', asked)
    const held = new Set(transitiveMemberOf(asked.tenant.directory, id).map((object) => object.id))

    return ids(asked, 'Collection(Edm.String)', wanted.filter((one) => held.has(one)))
  },
}

const lists = { memberOf, transitiveMemberOf }
const collections = { groups: readGroups, servicePrincipals: readApplications, devices: readDevices }

/** What somebody is in: listed, fetched and checked, of users, groups, service principals, devices, and anything by its id. */
export const membershipEndpoints: readonly Endpoint[] = [
  ...Object.entries(lists).flatMap(([name, list]): readonly Endpoint[] => [
    ...readingObjects((asked) => list(asked.tenant.directory, userAskedOrMe(asked).id))
      .flatMap(({ suffix, answer }) => ofUser({ method: 'GET', suffix: `/${name}${suffix}`, own: ownProfile, others: readMemberships, answer })),
    ...Object.entries(collections).flatMap(([collection, permissions]) => (
      objectsEndpoints(`/${collection}/{id}/${name}`, permissions, (asked) => list(asked.tenant.directory, objectAsked(asked).id))
    )),
  ]),
  ...Object.entries(actions).flatMap(([name, answer]): readonly Endpoint[] => [
    ...ofUser({ method: 'POST', suffix: `/${name}`, own: ownProfile, others: askMemberships, status: 200, answer }),
    ...[...Object.keys(collections), 'directoryObjects'].map((collection): Endpoint => (
      { method: 'POST', path: `/${collection}/{id}/${name}`, permissions: askMemberships, status: 200, answer: (asked) => answer(asked, objectAsked(asked)) }
    )),
  ]),
]

/** The object that the id in a path is of. */
export function objectAsked({ tenant, names: { id = '' } }: Asked): DirectoryObject {
  const object = objectById(tenant.directory, id)
  if (!object) throw noSuchObject(id)

  return object
}

function groupsOf(directory: Directory, id: string, isSecurityOnly: boolean): readonly Group[] {
  const groups = directory.groupIdsOf(id).flatMap((groupId) => directory.get('groups', groupId) ?? [])

  return isSecurityOnly ? groups.filter(isSecurityGroup) : groups
}

function ids({ root }: Asked, type: string, value: readonly string[]): Answer {
  return { body: { '@odata.context': `${root}/$metadata#${type}`, value } }
}

function truth(body: Readonly<Record<string, unknown>>, name: string): boolean {
  const value = body[name] ?? false
  if (typeof value !== 'boolean') throw badProperty(name, `'${name}' is true or false.`)

  return value
}

/** A list of object ids, as many as a request may ask about. */
function idsIn(body: Readonly<Record<string, unknown>>, name: string, { tenant }: Asked): readonly string[] {
  const value = body[name]
  const most = limitOf(tenant.directory.settings, 'checkMemberGroupsIds', null, 20)
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) throw badProperty(name, `A value is required for property '${name}': a list of object ids.`)
  if (value.length > most) throw badProperty(name, `'${name}' holds ${value.length} ids; a request asks about ${most} at most.`)

  return (value as string[]).map((one) => one.toLowerCase())
}

import type { Collection, Entities } from './types.ts'
import { keyed, type Keyed, type Keys } from './keyed.ts'

/** Every collection of a tenant, in the order a tenant file lists them. */
export const collections = [
  'domains', 'users', 'groups', 'applications', 'devices',
  'namedLocations', 'authenticationStrengths', 'authenticationContextClassReferences', 'conditionalAccessPolicies', 'tokenLifetimePolicies', 'agreements', 'deletedItems',
] as const satisfies readonly Collection[]

/** What one entity of each collection is called in a sentence. */
export const nounOf: Readonly<Record<Collection, string>> = {
  domains: 'domain',
  users: 'user',
  groups: 'group',
  applications: 'application',
  devices: 'device',
  namedLocations: 'named location',
  authenticationStrengths: 'authentication strength',
  authenticationContextClassReferences: 'authentication context',
  conditionalAccessPolicies: 'policy',
  tokenLifetimePolicies: 'token lifetime policy',
  agreements: 'agreement',
  deletedItems: 'deleted item',
}

/** How one entity of each collection is shown to a person: the name it goes by. */
export const nameOf: { readonly [C in Collection]: (entity: Entities[C]) => string } = {
  domains: ({ id }) => id,
  users: ({ userPrincipalName }) => userPrincipalName,
  groups: ({ displayName }) => displayName,
  applications: ({ displayName }) => displayName,
  devices: ({ displayName }) => displayName,
  namedLocations: ({ displayName }) => displayName,
  authenticationStrengths: ({ displayName }) => displayName,
  authenticationContextClassReferences: ({ displayName }) => displayName,
  conditionalAccessPolicies: ({ displayName }) => displayName,
  tokenLifetimePolicies: ({ displayName }) => displayName,
  agreements: ({ displayName }) => displayName,
  deletedItems: ({ id }) => id,
}

const displayName = (entity: { readonly displayName: string }) => keysOf(entity.displayName)
const byDisplayName = { displayName }

/**
 * What the entities of a collection are found by, beside their id. Unless `named` says otherwise, an index is no name: it
 * finds those who refer to somebody (`members`: the groups somebody is in).
 */
const keysOfCollection: { readonly [C in Collection]: Keys<Entities[C]> } = {
  domains: {},
  users: {
    userPrincipalName: (user) => keysOf(user.userPrincipalName),
    localPart: (user) => keysOf(user.userPrincipalName.split('@')[0] ?? ''),
    displayName,
    mail: (user) => (user.mail === null ? [] : keysOf(user.mail)),
    roles: (user) => user.roles,
  },
  groups: {
    displayName,
    members: (group) => group.members,
    owners: (group) => group.owners,
    roles: (group) => group.roles ?? [],
    dynamic: (group) => (group.membershipRule === null ? [] : ['yes']),
  },
  applications: {
    appId: (application) => keysOf(application.appId),
    servicePrincipalId: (application) => keysOf(application.servicePrincipalId),
    identifierUri: (application) => keysOf(...application.identifierUris.map(withoutTrailingSlash)),
    displayName,
    principals: (application) => keysOf(...application.assignments.map(({ principal }) => principal)),
    consenters: (application) => keysOf(...(application.userConsents ?? []).map(({ principal }) => principal)),
    resources: (application) => keysOf(...[...application.consents, ...(application.userConsents ?? [])].map(({ resource }) => resource)),
    roles: (application) => application.roles ?? [],
    owners: (application) => application.owners ?? [],
  },
  devices: {
    deviceId: (device) => keysOf(device.deviceId),
    displayName,
    registeredOwners: (device) => device.registeredOwners,
  },
  namedLocations: byDisplayName,
  authenticationStrengths: byDisplayName,
  authenticationContextClassReferences: byDisplayName,
  conditionalAccessPolicies: byDisplayName,
  tokenLifetimePolicies: byDisplayName,
  agreements: byDisplayName,
  deletedItems: {},
}

/** The indexes that are names, nearest first: what `named` looks through after the id. */
export const namesOf: Readonly<Record<Collection, readonly string[]>> = {
  domains: [],
  users: ['userPrincipalName', 'localPart', 'displayName'],
  groups: ['displayName'],
  applications: ['appId', 'servicePrincipalId', 'identifierUri', 'displayName'],
  devices: ['deviceId', 'displayName'],
  namedLocations: ['displayName'],
  authenticationStrengths: ['displayName'],
  authenticationContextClassReferences: ['displayName'],
  conditionalAccessPolicies: ['displayName'],
  tokenLifetimePolicies: ['displayName'],
  agreements: ['displayName'],
  deletedItems: [],
}

/** The indexes in which no two entities of a tenant may meet. */
export const uniqueIn: Readonly<Record<Collection, readonly string[]>> = {
  domains: [],
  users: ['userPrincipalName'],
  groups: [],
  applications: ['appId', 'servicePrincipalId', 'identifierUri'],
  devices: ['deviceId'],
  namedLocations: [],
  authenticationStrengths: [],
  authenticationContextClassReferences: [],
  conditionalAccessPolicies: [],
  tokenLifetimePolicies: [],
  agreements: [],
  deletedItems: [],
}

export type Collections = { readonly [C in Collection]: Keyed<Entities[C]> }

/** The collections of a tenant, indexed. */
export function keyedCollections(data: { readonly [C in Collection]: readonly Entities[C][] }): Collections {
  const made = collections.map((collection) => [collection, keyed<never>((data[collection] ?? []) as never, keysOfCollection[collection] as never)])

  return Object.fromEntries(made) as Collections
}

/** An identifier URI is the same with and without a slash at its end. */
export function withoutTrailingSlash(uri: string): string {
  return uri.endsWith('/') ? uri.slice(0, -1) : uri
}

function keysOf(...names: readonly string[]): readonly string[] {
  return names.length === 1 ? [names[0]?.toLowerCase() ?? ''] : [...new Set(names.map((name) => name.toLowerCase()))]
}

export { keysOfCollection }

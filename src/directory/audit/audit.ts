import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { collections } from '../collections.ts'
import { settingsOf } from '../change.ts'
import type { Collection, DeletedItem, Directory, Entities, Initiator, Made, Restorable, TenantData } from '../types.ts'
import { target, type Activity, type Target } from './activity.ts'
import { applications } from './applications.ts'
import { core, entityActivities, type Changed } from './entity.ts'
import { devices, groups, users } from './people.ts'
import { domainActivities, policyActivities, policyKinds, settingsActivities } from './policies.ts'
import { applicationTarget, groupTarget, userTarget } from './principals.ts'

/** A row of the directory audit: Graph's `directoryAudit` (reference 9.3). */
export type DirectoryAudit = {
  readonly id: string
  readonly category: string
  readonly correlationId: string
  readonly result: 'success'
  readonly resultReason: null
  readonly activityDisplayName: string
  readonly activityDateTime: string
  readonly loggedByService: string
  readonly operationType: string
  readonly initiatedBy: { readonly app: Initiator['app'] | null; readonly user: Initiator['user'] | null }
  readonly targetResources: readonly Target[]
  readonly additionalDetails: readonly { readonly key: string; readonly value: string }[]
}

/**
 * What the directory audit says of a change: one row for each activity it was, all of one correlation id. `at` is the
 * tenant's time, ms; the directory is asked for the names of those who were added or taken away.
 */
export function auditsOf(made: Made, at: number, directory: Directory): readonly DirectoryAudit[] {
  const correlationId = made.by?.correlationId ?? randomUUID()
  const activityDateTime = new Date(at).toISOString().replace('Z', '0000Z')

  return activitiesOf(made, directory).map(({ name, service, category, operation, targets }) => ({
    id: `Directory_${randomUUID()}`,
    category,
    correlationId,
    result: 'success',
    resultReason: null,
    activityDisplayName: name,
    activityDateTime,
    loggedByService: service,
    operationType: operation,
    initiatedBy: { user: made.by?.user ?? null, app: made.by?.app ?? (made.by?.user ? null : portcullis) },
    targetResources: targets,
    additionalDetails: [],
  }))
}

/** Who it was when nobody says so: the control API, a reset, the server itself. */
const portcullis = { appId: null, displayName: 'Portcullis', servicePrincipalId: null, servicePrincipalName: null } as const

function activitiesOf(made: Made, directory: Directory): readonly Activity[] {
  if (made.kind === 'settings') return settingsActivities(made.before, made.after)
  if (made.kind === 'replace') return [...settingsActivities(settingsOf(made.before), settingsOf(made.after)), ...collections.flatMap((collection) => differences(collection, made, directory))]
  const { collection, before, after, by, wasDeleted } = made

  return tellers[collection]({ before, after, by, wasDeleted, directory } as never)
}

/** The activities that made one list of another; of entities that are shared or equal there is nothing to tell. */
function differences(collection: Collection, { before, after, by }: { readonly before: TenantData; readonly after: TenantData; readonly by: Initiator | null }, directory: Directory): readonly Activity[] {
  if (before[collection] === after[collection]) return []
  const earlier = new Map((before[collection] as readonly Entities[Collection][]).map((entity) => [entity.id, entity]))
  const later = new Map((after[collection] as readonly Entities[Collection][]).map((entity) => [entity.id, entity]))
  const tell = (one: Entities[Collection] | null, other: Entities[Collection] | null) => tellers[collection]({ before: one, after: other, by, wasDeleted: false, directory } as never)

  return [
    ...[...earlier.values()].filter(({ id }) => !later.has(id)).flatMap((entity) => tell(entity, null)),
    ...[...later.values()].flatMap((entity) => {
      const one = earlier.get(entity.id) ?? null

      return one === entity || isDeepStrictEqual(one, entity) ? [] : tell(one, entity)
    }),
  ]
}

/** What is told of a change, by the collection it was in. */
const tellers: { readonly [C in Collection]: (change: Changed<Entities[C]>) => readonly Activity[] } = {
  users: (change) => entityActivities(users, change),
  groups: (change) => entityActivities(groups, change),
  applications: (change) => entityActivities(applications, change),
  devices: (change) => entityActivities(devices, change),
  domains: domainActivities,
  conditionalAccessPolicies: (change) => policyActivities(policyKinds.conditionalAccessPolicies, change),
  namedLocations: (change) => policyActivities(policyKinds.namedLocations, change),
  authenticationContextClassReferences: (change) => policyActivities(policyKinds.authenticationContextClassReferences, change),
  authenticationStrengths: (change) => policyActivities(policyKinds.authenticationStrengths, change),
  tokenLifetimePolicies: (change) => policyActivities(policyKinds.tokenLifetimePolicies, change),
  agreements: (change) => policyActivities(policyKinds.agreements, change),
  deletedItems: hardDeleted,
}

/** A deleted item that goes for good. That it came to be one was told when it was deleted. */
function hardDeleted({ before, after }: Changed<DeletedItem>): readonly Activity[] {
  if (!before || after) return []
  const { collection, entity } = before
  const { noun, service = core, category, show } = goneForGood[collection]

  return [{ name: `Hard Delete ${noun}`, service, category, operation: 'Delete', targets: [show(entity as never)] }]
}

type GoneForGood<E> = { readonly noun: string; readonly service?: Activity['service']; readonly category: Activity['category']; show(entity: E): Target }

const policyTarget = ({ id, displayName }: { readonly id: string; readonly displayName: string }) => target('Policy', id, displayName)
const goneForGood: { readonly [C in Restorable]: GoneForGood<Entities[C]> } = {
  users: { noun: 'user', category: 'UserManagement', show: userTarget },
  groups: { noun: 'group', category: 'GroupManagement', show: groupTarget },
  applications: { noun: 'application', category: 'ApplicationManagement', show: applicationTarget },
  conditionalAccessPolicies: { noun: 'conditional access policy', service: 'Conditional Access', category: 'Policy', show: policyTarget },
  namedLocations: { noun: 'named location', service: 'Conditional Access', category: 'Policy', show: policyTarget },
}

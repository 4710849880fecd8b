import * as v from 'valibot'
import { completeApplication, completeGroup, completeUser } from '../directory/index.ts'
import type { DeletedItem, Entities, Restorable, TenantData } from '../directory/types.ts'
import { badRequest } from './refusal.ts'
import { members, oneOf, text } from './validate.ts'

type Written = Readonly<Record<string, unknown>>

/** What was deleted and can come back, as a snapshot has it: a tenant file has no word for it. */
export const writtenDeleted = ({ deletedItems }: TenantData): Written => (deletedItems.length === 0 ? {} : { deletedItems })

/** The deleted items of a snapshot, as the directory keeps them; none where it says none. What is there again is not deleted. */
export function deletedFrom(written: unknown, tenant: TenantData): readonly DeletedItem[] {
  if (written === undefined) return []
  const result = v.safeParse(v.array(item), written)
  if (!result.success) {
    const [{ path, message }] = result.issues
    throw badRequest('invalid_body', `"${['deletedItems', ...(path ?? []).map(({ key }) => String(key))].join('.').slice(0, 120)}" ${message} Send it as GET /_mock/snapshot gives it, or leave it out.`)
  }

  return result.output
    .map((found) => ({ ...found, entity: whole[found.collection](tenant.id, found.entity as never) }))
    .filter(({ collection, id }) => !(tenant[collection] as readonly { readonly id: string }[]).some((entity) => entity.id === id))
}

const ids = v.array(text, 'is not a list of ids.')
const named = { id: text, displayName: text }
const lists = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, v.array(v.unknown(), 'is not a list.')]))
const object = v.looseObject({}, 'is not an object.')

/** As much of each kind as everybody who reads one relies on; what else is left out is completed. */
const entities = {
  users: v.looseObject({ ...named, userPrincipalName: text, ...lists('roles', 'authenticationMethods') }),
  groups: v.looseObject({ ...named, members: ids, owners: ids }),
  applications: v.looseObject({ ...named, appId: text, servicePrincipalId: text, secrets: ids, certificates: ids, ...lists('identifierUris', 'appRoles', 'assignments', 'consents'), web: object, spa: object, publicClient: object, api: object }),
  conditionalAccessPolicies: v.looseObject({ ...named, state: text, conditions: object }),
  namedLocations: v.looseObject({ ...named, '@odata.type': text }),
} satisfies Record<Restorable, v.GenericSchema>

const item = v.pipe(
  members({
    id: text,
    collection: oneOf('users', 'groups', 'applications', 'conditionalAccessPolicies', 'namedLocations'),
    deletedDateTime: v.pipe(text, v.isoTimestamp('is not an instant.')),
    entity: v.looseObject(named, 'is not an object.'),
    memberOf: ids,
    ownerOf: ids,
    assignedTo: v.array(members({ application: text, principal: text, role: v.nullable(text) }), 'is not a list.'),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const { id, collection, entity } = dataset.value
    if (entity.id !== id || !v.is(entities[collection], entity)) addIssue({ message: `is not one of the ${collection} as they are kept.` })
  }),
)

const whole: { readonly [C in Restorable]: (tenantId: string, entity: Entities[C]) => Entities[C] } = {
  users: completeUser,
  groups: completeGroup,
  applications: completeApplication,
  conditionalAccessPolicies: (_tenantId, policy) => policy,
  namedLocations: (_tenantId, location) => location,
}

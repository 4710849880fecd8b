import { valueOf } from '../odata/types.ts'
import type { EntityType, Properties, Property } from '../odata/types.ts'
import { guid, text } from '../odata/types.ts'
import { applicationType } from './application-type.ts'
import { deviceType } from './device-type.ts'
import { groupType } from './group-type.ts'
import { kindOf, type DirectoryObject, type DirectoryRole, type ObjectKind } from './objects.ts'
import { servicePrincipalType } from './service-principal-type.ts'
import { userType } from './user-type.ts'

/** A directory role as Graph shows one. */
export const directoryRoleType: EntityType<DirectoryRole> = {
  name: 'directoryRole',
  key: ({ id }) => id,
  properties: {
    id: guid({ filter: 'eq in', isReadOnly: true }),
    deletedDateTime: text({ of: () => null, isReadOnly: true }),
    description: text({ of: ({ role }) => `${role.displayName}.`, isReadOnly: true }),
    displayName: text({ filter: 'eq in startswith', isSortable: true, of: ({ role }) => role.displayName, isReadOnly: true }),
    roleTemplateId: guid({ filter: 'eq in', of: ({ role }) => role.templateId }),
  },
}

const types: Readonly<Record<ObjectKind, unknown>> = {
  user: userType, group: groupType, device: deviceType, application: applicationType, servicePrincipal: servicePrincipalType, directoryRole: directoryRoleType,
}

export const kinds = Object.keys(types) as readonly ObjectKind[]

/** The type of each kind of object. */
export const typeOfKind = (kind: ObjectKind) => types[kind] as EntityType<never>

/** Objects of several kinds in one list: what any of them has can be asked for, and each shows its own. */
export const objectType: EntityType<DirectoryObject> = {
  name: 'directoryObject',
  home: 'directoryObjects',
  key: ({ id }) => id,
  typeOf: (object) => `#microsoft.graph.${kindOf(object)}`,
  variantOf: (object) => typeOfKind(kindOf(object)) as EntityType<DirectoryObject>,
  properties: union(kinds.map(typeOfKind)),
}

/** The objects of one kind in a list of several, by the cast that a path asks for. */
export function ofKind(objects: readonly DirectoryObject[], cast: string | null): readonly DirectoryObject[] {
  return cast === null || cast.toLowerCase() === 'directoryobject' ? objects : objects.filter((object) => kindOf(object).toLowerCase() === cast.toLowerCase())
}

function union(all: readonly EntityType<never>[]): Properties<DirectoryObject> {
  const found: Record<string, Property<DirectoryObject>> = {}
  for (const type of all) {
    for (const [name, property] of Object.entries(type.properties) as [string, Property<never>][]) {
      found[name] ??= { ...property, of: (object, asked) => ownValue(name, object, asked) } as Property<DirectoryObject>
    }
  }

  return found
}

function ownValue(name: string, object: DirectoryObject, asked: Parameters<typeof valueOf>[3]): unknown {
  const property = typeOfKind(kindOf(object)).properties[name]

  return property ? valueOf(name, property, object as never, asked) : null
}

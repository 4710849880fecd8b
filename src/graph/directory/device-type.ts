import type { Device } from '../../directory/types.ts'
import { complex, flag, guid, instant, json, many, number, text } from '../odata/types.ts'
import type { EntityType, Properties } from '../odata/types.ts'
import { unsaid } from './unsaid.ts'

const known = { isReadOnly: true } as const
const member = (device: Device, name: string) => (device as Readonly<Record<string, unknown>>)[name] ?? null

/** `extensionAttribute1` to `15`: written together, kept one by one, as the filter for devices asks for them. */
export const extensionAttributeNames = Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`)
const extensionAttributes: Properties<never> = Object.fromEntries(extensionAttributeNames.map((name) => [name, text({ filter: 'eq ne in startswith' })]))

/** A device as Graph shows one. */
export const deviceType: EntityType<Device> = {
  name: 'device',
  home: 'directoryObjects',
  key: ({ id }) => id,
  properties: {
    id: guid({ filter: 'eq ne in', ...known }),
    deletedDateTime: instant(known),
    accountEnabled: flag({ filter: 'eq ne in', of: (device) => member(device, 'accountEnabled') ?? true }),
    alternativeSecurityIds: json({ of: (device) => member(device, 'alternativeSecurityIds') ?? [] }),
    approximateLastSignInDateTime: instant({ filter: 'eq ne ge le', isSortable: true, ...known }),
    complianceExpirationDateTime: instant(known),
    createdDateTime: instant(known),
    deviceCategory: text(),
    deviceId: guid({ filter: 'eq ne in startswith' }),
    deviceMetadata: text(),
    deviceOwnership: text(),
    deviceVersion: number(),
    displayName: text({ filter: 'eq ne in ge le startswith', isSortable: true, isSearchable: true }),
    enrollmentProfileName: text(),
    enrollmentType: text(),
    isCompliant: flag({ filter: 'eq ne in' }),
    isManaged: flag({ filter: 'eq ne in' }),
    isRooted: flag(),
    managementType: text(),
    manufacturer: text(),
    mdmAppId: text({ filter: 'eq ne in startswith' }),
    model: text(),
    onPremisesLastSyncDateTime: instant(known),
    onPremisesSyncEnabled: flag({ filter: 'eq ne in', ...known }),
    operatingSystem: text({ filter: 'eq ne in ge le startswith' }),
    operatingSystemVersion: text({ filter: 'eq ne in ge le startswith' }),
    physicalIds: many(text({ filter: 'eq startswith' }), { filter: 'any count', of: (device) => member(device, 'physicalIds') ?? [] }),
    profileType: text(),
    registrationDateTime: instant({ filter: 'eq ne ge le', ...known }),
    systemLabels: many(text({ filter: 'eq startswith' }), { filter: 'any count', of: (device) => member(device, 'systemLabels') ?? [] }),
    trustType: text({ filter: 'eq ne in' }),
    extensionAttributes: complex(extensionAttributes, { of: extensionAttributesOf }),
    ...unsaid(['domainName', 'isManagementRestricted', 'kind', 'name', 'onPremisesSecurityIdentifier', 'platform', 'status'], ['hostnames']),
  },
}

function extensionAttributesOf(device: Device): Record<string, unknown> {
  return Object.fromEntries(extensionAttributeNames.map((name) => [name, member(device, name)]))
}

import type { Device } from '../sign-in.ts'
import { filterHolds, type AttributeValue } from './holds.ts'
import { operators, parseFilterRule, type FilterRule, type FilterSubject, type Operator } from './parse.ts'

/** Reads a device filter: `device.isCompliant -ne True -and device.operatingSystem -startsWith "Windows"`. */
export function parseDeviceFilter(rule: string): FilterRule {
  return parseFilterRule(rule, deviceSubject)
}

/** Whether the rule is true of the device; of an unregistered one every attribute is missing. */
export function deviceFilterHolds(rule: FilterRule, device: Device | null): boolean {
  return filterHolds(rule, (name) => attributeOf(device, name))
}

function attributeOf(device: Device | null, name: string): AttributeValue {
  if (device === null) return null
  const isExtension = name.startsWith('extensionAttribute')
  if (isExtension && !hasExtensionAttributes(device)) return null
  const nested = isExtension ? (device['extensionAttributes'] as Record<string, unknown> | null | undefined) : null
  const value = device[name] ?? nested?.[name]

  return typeof value === 'string' || typeof value === 'boolean' || Array.isArray(value) ? (value as AttributeValue) : null
}

/** They are filled for managed, compliant and hybrid joined devices only. */
function hasExtensionAttributes(device: Device): boolean {
  return device.isCompliant === true || device.trustType === 'ServerAD' || device['isManaged'] === true || typeof device['mdmAppId'] === 'string'
}

const exact: readonly Operator[] = ['eq', 'ne']
const listed: readonly Operator[] = ['eq', 'ne', 'in', 'notIn']
const elements: readonly Operator[] = ['contains', 'notContains']

/** Each attribute with the operators it takes. */
const attributes: Record<string, readonly Operator[]> = {
  deviceId: listed,
  displayName: operators,
  deviceOwnership: exact,
  enrollmentProfileName: operators,
  isCompliant: exact,
  manufacturer: operators,
  mdmAppId: listed,
  model: operators,
  operatingSystem: operators,
  operatingSystemVersion: operators,
  physicalIds: elements,
  profileType: exact,
  systemLabels: elements,
  trustType: exact,
  ...Object.fromEntries(Array.from({ length: 15 }, (_, at) => [`extensionAttribute${at + 1}`, operators])),
}

const byLowerName = new Map(Object.keys(attributes).map((name) => [name.toLowerCase(), name]))

const deviceSubject: FilterSubject = {
  prefix: 'device.',
  attribute: (spelled) => {
    const name = byLowerName.get(spelled.toLowerCase())

    return name === undefined ? null : { name, operators: attributes[name]!, isBoolean: name === 'isCompliant' }
  },
  attributeHint: `there are ${Object.keys(attributes).slice(0, 14).join(', ')} and extensionAttribute1 to 15`,
}

import type { Group } from '../../directory/types.ts'
import { flag, guid, instant, json, many, text, words } from '../odata/types.ts'
import type { EntityType } from '../odata/types.ts'
import { unsaid } from './unsaid.ts'

const known = { isReadOnly: true } as const

/** The kinds a group is of (reference 11.1): `Unified` for Microsoft 365, `DynamicMembership` where a rule finds the members. */
export function groupTypesOf({ groupTypes, membershipRule }: Group): readonly string[] {
  const written = (groupTypes as readonly string[] | undefined) ?? []
  const isDynamic = membershipRule !== null && !written.includes('DynamicMembership')

  return isDynamic ? [...written, 'DynamicMembership'] : written
}

/** Whether a group can be used to give access; a group is, unless it says that it is not. */
export const isSecurityGroup = ({ securityEnabled }: Group) => securityEnabled !== false

/** A group as Graph shows one. */
export const groupType: EntityType<Group> = {
  name: 'group',
  home: 'directoryObjects',
  key: ({ id }) => id,
  properties: {
    id: guid({ filter: 'eq ne in', ...known }),
    deletedDateTime: instant({ ...known }),
    classification: text({ filter: 'eq ne in ge le startswith' }),
    createdDateTime: instant({ filter: 'eq ne in ge le', isSortable: true, ...known }),
    creationOptions: many(text(), { of: ({ creationOptions }) => creationOptions ?? [], ...known }),
    description: text({ filter: 'eq ne in ge le startswith', isSearchable: true }),
    displayName: text({ filter: 'eq ne in ge le startswith', isSortable: true, isSearchable: true }),
    expirationDateTime: instant({ ...known }),
    groupTypes: many(text({ filter: 'eq' }), { filter: 'any count', of: groupTypesOf }),
    isAssignableToRole: flag({ filter: 'eq ne in', of: ({ isAssignableToRole }) => (isAssignableToRole ? true : null) }),
    mail: text({ filter: 'eq ne in ge le startswith', isSearchable: true, ...known }),
    mailEnabled: flag({ filter: 'eq ne in', of: ({ mailEnabled, groupTypes }) => mailEnabled ?? (groupTypes as readonly string[] | undefined)?.includes('Unified') ?? false }),
    mailNickname: text({ filter: 'eq ne in ge le startswith', isSearchable: true }),
    membershipRule: text({ filter: 'eq ne in ge le startswith' }),
    membershipRuleProcessingState: words(['On', 'Paused'], { filter: 'eq ne in', of: ({ membershipRule, membershipRuleProcessingState }) => (membershipRule === null ? null : membershipRuleProcessingState ?? 'On') }),
    onPremisesDomainName: text(known),
    onPremisesLastSyncDateTime: instant(known),
    onPremisesNetBiosName: text(known),
    onPremisesSamAccountName: text(known),
    onPremisesSecurityIdentifier: text(known),
    onPremisesSyncEnabled: flag({ filter: 'eq ne in', ...known }),
    preferredDataLocation: text(),
    preferredLanguage: text(),
    proxyAddresses: many(text({ filter: 'eq startswith endswith' }), { filter: 'any count', of: ({ proxyAddresses }) => proxyAddresses ?? [], ...known }),
    renewedDateTime: instant({ of: ({ renewedDateTime, createdDateTime }) => renewedDateTime ?? createdDateTime, ...known }),
    resourceBehaviorOptions: many(text(), { of: ({ resourceBehaviorOptions }) => resourceBehaviorOptions ?? [] }),
    resourceProvisioningOptions: many(text({ filter: 'eq' }), { filter: 'any', of: ({ resourceProvisioningOptions }) => resourceProvisioningOptions ?? [] }),
    securityEnabled: flag({ filter: 'eq ne in', of: isSecurityGroup }),
    securityIdentifier: text({ of: ({ id }) => securityIdentifierOf(id), ...known }),
    theme: text(),
    uniqueName: text({ filter: 'eq' }),
    visibility: text({ of: ({ visibility }) => visibility ?? null }),
    onPremisesProvisioningErrors: json({ of: () => [], ...known }),
    serviceProvisioningErrors: json({ of: () => [], ...known }),
    ...unsaid(
      [
        'allowExternalSenders', 'autoSubscribeNewMembers', 'cloudLicensing', 'createdByAppId', 'hasMembersWithLicenseErrors', 'hideFromAddressLists', 'hideFromOutlookClients', 'isArchived', 'isManagementRestricted', 'isSubscribedByMail',
        'licenseProcessingState', 'organizationId', 'unseenCount', 'writebackConfiguration',
      ],
      ['assignedLabels', 'assignedLicenses', 'infoCatalogs'],
    ),
  },
}

/** `S-1-12-1-…`: the object id as four numbers, as Windows knows the group. */
function securityIdentifierOf(id: string): string {
  const bytes = Buffer.from(id.replaceAll('-', ''), 'hex')
  if (bytes.length !== 16) return 'S-1-12-1-0-0-0-0'
  // The first three parts of a GUID are written with their bytes the other way round.
  const parts = [bytes.readUInt32BE(0), ((bytes.readUInt16BE(6) << 16) | bytes.readUInt16BE(4)) >>> 0, bytes.readUInt32LE(8), bytes.readUInt32LE(12)]

  return `S-1-12-1-${parts.join('-')}`
}

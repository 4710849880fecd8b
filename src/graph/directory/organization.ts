import type { Tenant } from '../../tenant.ts'
import type { Collection } from '../odata/collection.ts'
import { reading } from '../odata/reading.ts'
import { flag, guid, instant, json, many, number, text } from '../odata/types.ts'
import type { Asked, Endpoint } from '../protocol/endpoint.ts'
import { noSuchObject } from '../protocol/refusal.ts'
import { isVerified } from './domains.ts'
import { licencesOf, planOf, subscriptions, type Subscription } from './licences.ts'
import { readOrganization, readSkus } from './permissions.ts'

/** The tenant itself, as the one organization that it lists. */
const organization: Collection<Tenant> = {
  type: {
    name: 'organization',
    key: ({ id }) => id,
    properties: {
      id: guid({ filter: 'eq' }),
      deletedDateTime: instant({ of: () => null }),
      businessPhones: many(text(), { of: () => [] }),
      city: text({ of: () => null }),
      country: text({ of: () => null }),
      countryLetterCode: text({ of: () => null }),
      createdDateTime: instant({ of: () => null }),
      defaultUsageLocation: text({ of: () => null }),
      displayName: text({ filter: 'eq', of: ({ directory }) => directory.settings.displayName }),
      isMultipleDataLocationsForServicesEnabled: flag({ of: () => null }),
      marketingNotificationEmails: many(text(), { of: () => [] }),
      onPremisesLastSyncDateTime: instant({ of: () => null }),
      onPremisesSyncEnabled: flag({ of: () => null }),
      partnerTenantType: text({ of: () => null }),
      postalCode: text({ of: () => null }),
      preferredLanguage: text({ of: () => 'en' }),
      privacyProfile: json({ of: () => null }),
      securityComplianceNotificationMails: many(text(), { of: () => [] }),
      securityComplianceNotificationPhones: many(text(), { of: () => [] }),
      state: text({ of: () => null }),
      street: text({ of: () => null }),
      technicalNotificationMails: many(text(), { of: () => [] }),
      tenantType: text({ of: () => 'AAD' }),
      directorySizeQuota: json({ of: ({ directory }) => ({ used: directory.list('users').length + directory.list('groups').length + directory.list('applications').length, total: 300_000 }) }),
      assignedPlans: json({ of: assignedPlans }),
      provisionedPlans: json({ of: () => [] }),
      verifiedDomains: json({ of: verifiedDomains }),
    },
  },
  context: 'organization',
  source: { list: ({ tenant }) => [tenant] },
}

function assignedPlans({ directory }: Tenant): readonly unknown[] {
  return subscriptions(directory).flatMap(({ servicePlans, capabilityStatus }) => servicePlans.map(({ servicePlanId }) => ({ assignedDateTime: null, capabilityStatus, service: 'AADPremiumService', servicePlanId })))
}

function verifiedDomains({ directory }: Tenant): readonly unknown[] {
  const all = directory.list('domains')

  return all.filter(isVerified).map(({ id, isDefault, authenticationType }) => ({ capabilities: 'Email, OfficeCommunicationsOnline', isDefault, isInitial: all[0]?.id === id, name: id, type: authenticationType }))
}

const skus: Collection<Subscription> = {
  type: {
    name: 'subscribedSku',
    key: ({ id }) => id,
    properties: {
      accountId: guid({ of: (_, { tenant }) => tenant.id }),
      accountName: text({ of: (_, { tenant }) => tenant.directory.settings.displayName }),
      appliesTo: text({ of: () => 'User' }),
      capabilityStatus: text(),
      consumedUnits: number({ of: ({ skuId }, { tenant }) => tenant.directory.list('users').filter((user) => licencesOf(user, tenant.directory).some((licence) => licence.skuId === skuId)).length }),
      id: text(),
      skuId: guid(),
      skuPartNumber: text(),
      subscriptionIds: json({ of: () => [] }),
      prepaidUnits: json({ of: ({ capabilityStatus }) => ({ enabled: capabilityStatus === 'Enabled' ? units : 0, suspended: capabilityStatus === 'Suspended' ? units : 0, warning: 0, lockedOut: 0 }) }),
      servicePlans: json({ of: ({ servicePlans, capabilityStatus }) => servicePlans.map((plan) => planOf(plan, capabilityStatus === 'Enabled' ? 'Success' : 'Disabled')) }),
    },
  },
  context: 'subscribedSkus',
  source: { list: ({ tenant }) => subscriptions(tenant.directory) },
  options: ['select', 'format'],
}

/** How many licences a tenant has of its plan: more than anybody needs. */
const units = 1_000_000

/** The organization, and what it has bought. */
export const organizationEndpoints: readonly Endpoint[] = [
  ...reading('/organization', organization, readOrganization, organizationAsked),
  ...reading('/subscribedSkus', skus, readSkus, skuAsked),
]

function organizationAsked({ tenant, names: { id = '' } }: Asked): Tenant {
  if (id.toLowerCase() !== tenant.id) throw noSuchObject(id)

  return tenant
}

function skuAsked({ tenant, names: { id = '' } }: Asked): Subscription {
  const found = subscriptions(tenant.directory).find((sku) => sku.id === id.toLowerCase())
  if (!found) throw noSuchObject(id)

  return found
}

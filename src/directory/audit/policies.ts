import { namedLocationToGraph, strengthToGraph, toGraph } from '../../policy/index.ts'
import type { NamedLocation } from '../../policy/named-location.ts'
import type { AuthenticationStrength } from '../../policy/policy-set.ts'
import type { Policy } from '../../policy/policy.ts'
import type { Directory, Domain, TenantSettings } from '../types.ts'
import { target, type Activity, type Category, type Service } from './activity.ts'
import { changedMembers, modified, modifiedProperties, modifiedWhole } from './modified.ts'
import { core, type Changed } from './entity.ts'

/** How changes of one kind of policy are told: the whole policy, before and after. */
type Kind<E> = {
  readonly added: string
  readonly updated: string
  readonly deleted: string
  readonly service: Service
  readonly category: Category
  /** What the whole is called among the modified properties. */
  readonly property: string
  shown(entity: E, directory: Directory): unknown
}

const kind = <E>(said: Kind<E>): Kind<E> => said
const itself = <E>(entity: E): E => entity

/** Everything that is told as a whole, by its collection (facts/audit-activities.json). */
export const policyKinds = {
  conditionalAccessPolicies: kind<Policy>({
    added: 'Add conditional access policy', updated: 'Update conditional access policy', deleted: 'Delete conditional access policy', service: 'Conditional Access', category: 'Policy',
    property: 'ConditionalAccessPolicy', shown: (policy, directory) => toGraph(policy, directory.list('authenticationStrengths')),
  }),
  namedLocations: kind<NamedLocation>({
    added: 'Add named location', updated: 'Update named location', deleted: 'Delete named location', service: 'Conditional Access', category: 'Policy',
    property: 'NamedLocation', shown: namedLocationToGraph,
  }),
  authenticationContextClassReferences: kind({
    added: 'Add AuthenticationContextClassReference', updated: 'Update AuthenticationContextClassReference', deleted: 'Delete AuthenticationContextClassReference', service: 'Conditional Access', category: 'Policy',
    property: 'AuthenticationContextClassReference', shown: itself,
  }),
  authenticationStrengths: kind<AuthenticationStrength>({
    added: 'Authentication Strength Policy Create', updated: 'Authentication Strength Policy Update', deleted: 'Authentication Strength Policy Delete', service: 'Authentication Methods', category: 'ApplicationManagement',
    property: 'AuthenticationStrengthPolicy', shown: (strength) => strengthToGraph(strength),
  }),
  tokenLifetimePolicies: kind({
    added: 'Add policy', updated: 'Update policy', deleted: 'Delete policy', service: core, category: 'Policy',
    property: 'TokenLifetimePolicy', shown: itself,
  }),
  agreements: kind({
    added: 'Create Terms Of Use', updated: 'Edit Terms Of Use', deleted: 'Delete Terms Of Use', service: 'Terms Of Use', category: 'Policy',
    property: 'TermsOfUse', shown: itself,
  }),
} as const

export function policyActivities<E extends { readonly id: string; readonly displayName: string }>(said: Kind<E>, { before, after, wasDeleted, directory }: Changed<E>): readonly Activity[] {
  const { id, displayName } = (after ?? before) as E
  const shown = (entity: E | null) => (entity === null ? null : said.shown(entity, directory))

  return [{
    name: wasDeleted ? said.added.replace('Add', 'Restore') : !before ? said.added : !after ? said.deleted : said.updated,
    service: said.service,
    category: said.category,
    operation: wasDeleted ? 'Update' : !before ? 'Add' : !after ? 'Delete' : 'Update',
    targets: [target('Policy', id, displayName, { modifiedProperties: modifiedWhole(said.property, shown(before), shown(after)) })],
  }]
}

export function domainActivities({ before, after }: Changed<Domain>): readonly Activity[] {
  const { id, isVerified } = (after ?? before) as Domain
  const of = (name: string, operation: Activity['operation'], names: readonly string[]): Activity => ({
    name, service: core, category: 'DirectoryManagement', operation, targets: [target('Other', id, id, { modifiedProperties: modifiedProperties(names, before ?? {}, after ?? {}) })],
  })
  const word = isVerified === false ? 'unverified' : 'verified'
  if (!after) return [of(`Remove ${word} domain`, 'Delete', [])]
  if (!before) return [of(`Add ${word} domain`, 'Add', ['id', 'authenticationType', 'isDefault'])]

  return changedMembers(before, after).map((name) => of(domainChanges[name] ?? 'Update domain', 'Update', [name]))
}

const domainChanges: Readonly<Record<string, string>> = {
  isVerified: 'Verify domain',
  authenticationType: 'Set domain authentication',
  federation: 'Set federation settings on domain',
}

/** What a tenant is, apart from what is in it. */
export function settingsActivities(before: TenantSettings, after: TenantSettings): readonly Activity[] {
  const changed = changedMembers(before, after)
  const about = (modifiedOnes: ReturnType<typeof modifiedProperties>) => [target('Directory', after.id, after.displayName, { modifiedProperties: modifiedOnes })]
  const activities: Activity[] = []
  if (changed.includes('securityDefaults')) {
    const targets = [target('Policy', null, 'Security Defaults', { modifiedProperties: [modified('IsEnabled', before.securityDefaults, after.securityDefaults)] })]
    activities.push({ name: 'Update security defaults', service: 'Conditional Access', category: 'Policy', operation: 'Update', targets })
  }
  if (changed.includes('displayName')) activities.push({ name: 'Set Company Information', service: core, category: 'DirectoryManagement', operation: 'Update', targets: about(modifiedProperties(['displayName'], before, after)) })
  const rest = changed.filter((name) => name !== 'securityDefaults' && name !== 'displayName')
  if (rest.length > 0) activities.push({ name: 'Update company settings', service: core, category: 'DirectoryManagement', operation: 'Update', targets: about(modifiedProperties(rest, before, after)) })

  return activities
}

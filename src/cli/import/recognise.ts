import { isObject } from '../../directory/file/cleaned.ts'
import { collections } from '../../directory/collections.ts'
import type { Collection as AnyCollection } from '../../directory/types.ts'
import { tidied } from './tidied.ts'

/** What a tenant file lists: everything but what was deleted. */
export type Collection = Exclude<AnyCollection, 'deletedItems'>
export const listedCollections: readonly Collection[] = collections.filter((collection) => collection !== 'deletedItems')

/** What an export may hold that a tenant file has a place for: a collection, or something said of its entities. */
export type Kind = Collection | 'servicePrincipals' | 'directoryRoles' | 'roleAssignments' | 'permissionGrants' | 'appRoleAssignments' | 'licences' | 'organization' | 'securityDefaults' | 'tenant'

/** One object of an export, and where it was found. */
export type Found = { readonly kind: Kind; readonly written: Written; readonly from: string }
export type Written = Readonly<Record<string, unknown>>

/** Something in an export that a tenant file has no place for, and what it seems to be. */
export type Skipped = { readonly from: string; readonly what: string }

/** Everything in a file that has a place in a tenant, and what has none. */
export function recognised(value: unknown, from: string): { readonly found: readonly Found[]; readonly skipped: readonly Skipped[] } {
  const found: Found[] = []
  const skipped: Skipped[] = []
  visit(tidied(value), null)

  return { found, skipped }

  function visit(one: unknown, hint: Kind | null): void {
    if (Array.isArray(one)) for (const item of one) visit(item, hint)
    else if (!isObject(one)) skipped.push({ from, what: `${JSON.stringify(one) ?? 'nothing'} is no object` })
    else visitObject(one, hint)
  }

  function visitObject(one: Written, hint: Kind | null): void {
    const type = typeof one['@odata.type'] === 'string' ? one['@odata.type'].replace(/^#?microsoft\.graph\./i, '').toLowerCase() : undefined
    const told = contextOf(one)
    if (Array.isArray(one.value)) return visit(one.value, told)
    const kind = (type === undefined ? undefined : typed[type]) ?? shaped(one) ?? hint ?? told
    if (kind) return void found.push({ kind, written: one, from })
    const lists = Object.entries(one).flatMap(([member, inner]) => (containers[member.toLowerCase()] && (Array.isArray(inner) || isObject(inner)) ? [[containers[member.toLowerCase()]!, inner] as const] : []))
    if (type !== undefined || lists.length === 0) return void skipped.push({ from, what: type === undefined ? seeming(one) : `a ${type}` })
    for (const [inside, inner] of lists) visit(inner, inside)
  }
}

/** What an answer says it is: `…$metadata#identity/conditionalAccess/policies/$entity`, `…#users(id,displayName)`. */
function contextOf(one: Written): Kind | null {
  const [, path = ''] = /\$metadata#([^(]+)/.exec(typeof one['@odata.context'] === 'string' ? one['@odata.context'] : '') ?? []
  const last = path.replace(/\/\$entity$/, '').split('/').at(-1)?.toLowerCase() ?? ''

  return containers[last] ?? typed[last] ?? null
}

/** Graph's names of types, in small letters. */
const typed: Readonly<Record<string, Kind>> = {
  conditionalaccesspolicy: 'conditionalAccessPolicies',
  ipnamedlocation: 'namedLocations',
  countrynamedlocation: 'namedLocations',
  compliantnetworknamedlocation: 'namedLocations',
  authenticationstrengthpolicy: 'authenticationStrengths',
  authenticationcontextclassreference: 'authenticationContextClassReferences',
  user: 'users',
  group: 'groups',
  application: 'applications',
  serviceprincipal: 'servicePrincipals',
  device: 'devices',
  domain: 'domains',
  agreement: 'agreements',
  tokenlifetimepolicy: 'tokenLifetimePolicies',
  directoryrole: 'directoryRoles',
  unifiedroleassignment: 'roleAssignments',
  oauth2permissiongrant: 'permissionGrants',
  approleassignment: 'appRoleAssignments',
  subscribedsku: 'licences',
  organization: 'organization',
  identitysecuritydefaultsenforcementpolicy: 'securityDefaults',
}

/** The members by which an object without a type is known; the first row that fits says what it is. */
const shapes: readonly (readonly [kind: Kind, fits: (has: (member: string) => boolean, one: Written) => boolean])[] = [
  ['conditionalAccessPolicies', (has, one) => isObject(one.conditions) && (has('grantControls') || has('sessionControls') || has('state'))],
  ['namedLocations', (has) => has('ipRanges') || has('countriesAndRegions') || has('compliantNetworkType')],
  ['authenticationStrengths', (has) => has('allowedCombinations')],
  ['authenticationContextClassReferences', (has, one) => has('isAvailable') && /^c\d+$/.test(String(one.id))],
  ['organization', (has) => has('verifiedDomains')],
  ['users', (has) => has('userPrincipalName')],
  ['servicePrincipals', (has) => has('appId') && (has('servicePrincipalType') || has('servicePrincipalNames') || has('appOwnerOrganizationId'))],
  ['applications', (has) => has('appId') && has('displayName')],
  ['devices', (has) => has('deviceId') && has('displayName')],
  ['roleAssignments', (has) => has('roleDefinitionId') && has('principalId')],
  ['appRoleAssignments', (has) => has('appRoleId') && has('principalId') && has('resourceId')],
  ['permissionGrants', (has) => has('clientId') && has('resourceId') && has('consentType')],
  ['licences', (has) => has('skuPartNumber') && has('servicePlans')],
  ['directoryRoles', (has) => has('roleTemplateId') && has('displayName')],
  ['groups', (has) => has('groupTypes') || has('securityEnabled') || has('mailEnabled') || (has('displayName') && has('membershipRule'))],
  ['tokenLifetimePolicies', (has) => has('definition') && has('displayName')],
  ['agreements', (has) => has('isViewingBeforeAcceptanceRequired')],
  ['domains', (has, one) => has('authenticationType') && typeof one.id === 'string'],
  ['tenant', (has, one) => Array.isArray(one.domains) && (has('licence') || has('profile') || has('mfaServiceSettings'))],
]

function shaped(one: Written): Kind | undefined {
  return shapes.find(([, fits]) => fits((member) => Object.hasOwn(one, member), one))?.[0]
}

/** Lists that scripts and `portcullis export` put several things into, in small letters. */
const containers: Readonly<Record<string, Kind>> = {
  tenants: 'tenant',
  policies: 'conditionalAccessPolicies',
  conditionalaccesspolicies: 'conditionalAccessPolicies',
  namedlocations: 'namedLocations',
  iplocations: 'namedLocations',
  geolocations: 'namedLocations',
  countrylocations: 'namedLocations',
  authenticationstrengths: 'authenticationStrengths',
  authenticationstrengthpolicies: 'authenticationStrengths',
  authenticationcontextclassreferences: 'authenticationContextClassReferences',
  users: 'users',
  groups: 'groups',
  applications: 'applications',
  serviceprincipals: 'servicePrincipals',
  devices: 'devices',
  domains: 'domains',
  agreements: 'agreements',
  termsofuse: 'agreements',
  tokenlifetimepolicies: 'tokenLifetimePolicies',
  directoryroles: 'directoryRoles',
  roleassignments: 'roleAssignments',
  oauth2permissiongrants: 'permissionGrants',
  approleassignments: 'appRoleAssignments',
  approleassignedto: 'appRoleAssignments',
  subscribedskus: 'licences',
  organization: 'organization',
}

function seeming(one: Written): string {
  const members = Object.keys(one)
  const name = typeof one.displayName === 'string' ? `"${one.displayName}", ` : ''

  return `${name}an object with ${members.slice(0, 5).join(', ')}${members.length > 5 ? ', …' : ''}`
}

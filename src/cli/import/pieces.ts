import { isObject } from '../../directory/file/cleaned.ts'
import { wellKnownApplications } from '../../directory/index.ts'
import { builtInStrengths } from '../../policy/index.ts'
import { listedCollections, type Collection, type Kind, type Written } from './recognise.ts'

/** What one object of an export comes to: entities, settings of the tenant, a role that somebody has. */
export type Piece =
  | { readonly kind: 'entity'; readonly collection: Collection; readonly written: Written; /** Whatever else is known of it outranks this. */ readonly isLesser?: true }
  | { readonly kind: 'settings'; readonly written: Written }
  | Relation
  /** Which application a service principal is of. */
  | { readonly kind: 'servicePrincipal'; readonly id: string; readonly appId: string }
  | { readonly kind: 'licence'; readonly licence: 'none' | 'P1' | 'P2' }
  | { readonly kind: 'leftOut'; readonly what: string; readonly why: string; readonly isHarmless?: true }

/** Something that is said of two entities, apart from both. Applications are meant by their service principals. */
export type Relation =
  | { readonly kind: 'role'; readonly principal: string; readonly role: string }
  | { readonly kind: 'consent'; readonly client: string; readonly resource: string; readonly scopes: readonly string[]; /** Null = for everybody. */ readonly principal: string | null }
  | { readonly kind: 'assignment'; readonly principal: string; readonly resource: string; /** Null = default access. */ readonly role: string | null }

/** What each kind of object comes to; of the others, the entity it is. */
export function piecesOf(kind: Kind, written: Written): readonly Piece[] {
  return readers[kind]?.(written) ?? [{ kind: 'entity', collection: kind as Collection, written }]
}

const readers: Readonly<Partial<Record<Kind, (written: Written) => readonly Piece[]>>> = {
  conditionalAccessPolicies: (written) => [entity('conditionalAccessPolicies', withStrengthById(withClients(written))), ...strengthIn(written)],
  authenticationStrengths: (written) => (isBuiltIn(written) ? [] : [entity('authenticationStrengths', written)]),
  namedLocations({ name, countries, ...written }) {
    const location = { ...(name === undefined ? {} : { displayName: name }), ...(countries === undefined ? {} : { countriesAndRegions: countries }), ...written }
    const { isTrusted, ...ofCountries } = location as Written

    // Countries cannot be trusted; that they are not, some scripts say.
    return [entity('namedLocations', 'countriesAndRegions' in location && isTrusted === false ? ofCountries : location)]
  },
  users: (written) => [entity('users', withType(written))],
  groups: (written) => withPrincipals('groups', written, ['members', 'owners']),
  devices: (written) => withPrincipals('devices', written, ['registeredOwners']),
  servicePrincipals,
  directoryRoles: ({ members, roleTemplateId, displayName }) => idsIn(members).map((principal) => ({ kind: 'role', principal, role: String(roleTemplateId ?? displayName) })),
  roleAssignments({ principalId, roleDefinitionId, directoryScopeId = '/' }) {
    if (directoryScopeId !== '/') return [{ kind: 'leftOut', what: `the role of ${String(principalId)}`, why: `It is for ${String(directoryScopeId)} alone; policies look at roles of the whole tenant.` }]

    return [{ kind: 'role', principal: String(principalId), role: String(roleDefinitionId) }]
  },
  permissionGrants: ({ clientId, resourceId, scope, principalId }) => [{
    kind: 'consent', client: String(clientId), resource: String(resourceId), principal: typeof principalId === 'string' ? principalId : null,
    scopes: String(scope ?? '').split(' ').filter((word) => word !== ''),
  }],
  appRoleAssignments: ({ principalId, resourceId, appRoleId }) => [{
    kind: 'assignment', principal: String(principalId), resource: String(resourceId), role: appRoleId === defaultAccess ? null : String(appRoleId),
  }],
  licences: ({ servicePlans, capabilityStatus }) => [{ kind: 'licence', licence: capabilityStatus === 'Enabled' ? licenceOf(listOf(servicePlans)) : 'none' }],
  organization({ id, displayName, verifiedDomains, portcullis }) {
    const domains = listOf(verifiedDomains).map(({ name, isDefault }) => entity('domains', { id: name, ...(isDefault === undefined ? {} : { isDefault }) }))

    return [{ kind: 'settings', written: { ...(id === undefined ? {} : { id }), ...(displayName === undefined ? {} : { displayName }), ...(isObject(portcullis) ? portcullis : {}) } }, ...domains]
  },
  securityDefaults: ({ isEnabled }) => [{ kind: 'settings', written: { securityDefaults: isEnabled === true } }],
  tenant: piecesOfTenant,
}

/** The app role that is none. */
const defaultAccess = '00000000-0000-0000-0000-000000000000'

/** Conditional Access is a service plan of many products. */
function licenceOf(plans: readonly Written[]): 'none' | 'P1' | 'P2' {
  const names = plans.filter(({ provisioningStatus }) => provisioningStatus !== 'Disabled').map(({ servicePlanName }) => servicePlanName)
  if (names.includes('AAD_PREMIUM_P2')) return 'P2'

  return names.includes('AAD_PREMIUM') ? 'P1' : 'none'
}

/** A tenant as a tenant file has it, taken apart. */
export function piecesOfTenant(written: Written): readonly Piece[] {
  const { simulatedSignals, ...rest } = written
  const settings = Object.fromEntries(Object.entries(rest).filter(([member]) => !(listedCollections as readonly string[]).includes(member)))
  // A snapshot of a running tenant has them; a file says where somebody is at the user.
  const told: Piece[] = simulatedSignals === undefined ? [] : [{ kind: 'leftOut', what: 'the simulated signals of the snapshot', why: 'A tenant file has none.', isHarmless: true }]

  return [{ kind: 'settings', written: settings }, ...told, ...listedCollections.flatMap((collection) => listOf(written[collection]).map((one) => entity(collection, one)))]
}

function entity(collection: Collection, written: Written): Piece {
  return { kind: 'entity', collection, written }
}

/** Graph says of nobody what kind of user they are unless it is asked; a guest's name does. */
function withType(user: Written): Written {
  return user.userType === undefined && /#EXT#@/i.test(String(user.userPrincipalName)) ? { ...user, userType: 'Guest' } : user
}

/** Exports have an empty list of client types where they mean every one, as if it were left out. */
function withClients(policy: Written): Written {
  const { clientAppTypes, ...conditions } = isObject(policy.conditions) ? policy.conditions : {}

  return Array.isArray(clientAppTypes) && clientAppTypes.length === 0 ? { ...policy, conditions } : policy
}

/** A strength that is spelled out is known by its id, built in or by what was read of it. */
function withStrengthById(policy: Written): Written {
  const { grantControls } = policy
  const strength = isObject(grantControls) ? grantControls.authenticationStrength : undefined
  if (!isObject(grantControls) || !isObject(strength) || typeof strength.id !== 'string' || listed(strength.allowedCombinations).length === 0) return policy

  return { ...policy, grantControls: { ...grantControls, authenticationStrength: { id: strength.id } } }
}

/** A custom strength that a policy spells out is known by it, though nobody exported it. */
function strengthIn({ grantControls }: Written): readonly Piece[] {
  const strength = isObject(grantControls) ? grantControls.authenticationStrength : undefined
  if (!isObject(strength) || isBuiltIn(strength) || listed(strength.allowedCombinations).length === 0) return []

  return [{ kind: 'entity', collection: 'authenticationStrengths', written: strength, isLesser: true }]
}

function isBuiltIn({ id, policyType }: Written): boolean {
  return /^builtIn$/i.test(String(policyType)) || builtInStrengths.some((known) => known.id === id)
}

/** Lists of people and things hold ids, or what Graph shows expanded; whoever is expanded is known by it. */
function withPrincipals(collection: Collection, written: Written, lists: readonly string[]): readonly Piece[] {
  const ids = Object.fromEntries(lists.filter((list) => Array.isArray(written[list])).map((list) => [list, idsIn(written[list])]))
  const people = lists.flatMap((list) => listOf(written[list])).filter(({ userPrincipalName }) => typeof userPrincipalName === 'string')

  return [entity(collection, { ...written, ...ids }), ...people.map((person): Piece => ({ kind: 'entity', collection: 'users', written: withType(person), isLesser: true }))]
}

function idsIn(list: unknown): readonly string[] {
  return listed(list).map((one) => (isObject(one) ? one.id ?? one.userPrincipalName : one)).filter((id): id is string => typeof id === 'string')
}

/** What a tenant file says of an application, and Graph of its service principal, under the same name. */
const shared = ['displayName', 'appId', 'appRoles', 'appRoleAssignmentRequired', 'servicePrincipalType', 'customSecurityAttributes', 'accountEnabled', 'tags', 'homepage', 'loginUrl', 'logoutUrl', 'notes', 'preferredSingleSignOnMode']

/** An enterprise application is the application of its app id. Microsoft's own are in every tenant, and in no tenant file. */
function servicePrincipal(written: Written): Written {
  const { id, servicePrincipalNames, replyUrls, oauth2PermissionScopes } = written
  const uris = listed(servicePrincipalNames).filter((name) => String(name).includes(':'))

  return {
    ...Object.fromEntries(shared.filter((member) => member in written).map((member) => [member, written[member]])),
    servicePrincipalId: id,
    ...(uris.length > 0 ? { identifierUris: uris } : {}),
    ...(listed(replyUrls).length > 0 ? { web: { redirectUris: replyUrls } } : {}),
    ...(listed(oauth2PermissionScopes).length > 0 ? { api: { oauth2PermissionScopes } } : {}),
  }
}

function servicePrincipals(written: Written): readonly Piece[] {
  const appId = String(written.appId).toLowerCase()
  const known: Piece = { kind: 'servicePrincipal', id: String(written.id), appId }

  return wellKnownApplications.some((one) => one.appId === appId) ? [known] : [known, { kind: 'entity', collection: 'applications', written: servicePrincipal(written), isLesser: true }]
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function listOf(value: unknown): readonly Written[] {
  return listed(value).filter(isObject)
}

import { isDeepStrictEqual } from 'node:util'
import { mapReferences, type ReferenceKind } from '../../policy/index.ts'
import { completeAgreement, completeApplication, completeAuthenticationContext, completeDevice, completeDomain, completeGroup, completeTokenLifetimePolicy, completeUser } from '../complete.ts'
import { roleNamed } from '../roles.ts'
import type { Application, Group, RegisteredMethod, TenantData, User } from '../types.ts'
import { overWellKnown, wellKnownApplication } from '../well-known.ts'
import { isObject } from './cleaned.ts'
import { tenantNames, type Kind, type Names } from './names.ts'
import { agreement, application, authenticationContext, authenticationStrength, tokenLifetimePolicy } from './schema-applications.ts'
import { namedLocation } from './schema.ts'
import { device, domain, group, user } from './schema-people.ts'

type Written = Readonly<Record<string, unknown>>

/**
 * Tenants as a tenant file: names where they are clear, ids where they are not, nothing that goes without saying. What it
 * gives loads to the same tenants.
 */
export function exportTenantFile(...tenants: readonly TenantData[]): { readonly tenants: readonly Written[] } {
  return { tenants: tenants.map(tenantOf) }
}

function tenantOf(data: TenantData): Written {
  const name = naming(data)
  const { id, displayName, profile, licence, securityDefaults, mfaServiceSettings, settings, countries } = data

  return withoutEmpty({
    id, displayName, profile, licence, securityDefaults,
    domains: data.domains.map((entity) => said(entity, completeDomain({ id: entity.id }), domain, ['id', 'authenticationType'])),
    mfaServiceSettings,
    settings: withoutEmpty({ ...settings, activatedRoles: settings.activatedRoles?.map((role) => name(['roles'], role)) }),
    users: data.users.map((entity) => userOf(entity, data.id, name)),
    groups: data.groups.map((entity) => groupOf(entity, data.id, name)),
    applications: data.applications.map((entity) => applicationOf(entity, data.id, name)),
    devices: data.devices.map((entity) => ({
      ...said(entity, completeDevice(data.id, { displayName: entity.displayName }), device),
      registeredOwners: entity.registeredOwners.map((owner) => name(['users'], owner)),
    })).map(withoutEmpty),
    namedLocations: data.namedLocations.map((entity) => said(entity, {}, namedLocation)),
    conditionalAccessPolicies: data.conditionalAccessPolicies.map((policy) => policyOf(policy as unknown as Written, name)),
    authenticationStrengths: data.authenticationStrengths.filter(({ policyType }) => policyType === 'custom')
      .map((entity) => said(entity, { policyType: 'custom' }, authenticationStrength)),
    authenticationContextClassReferences: (data.authenticationContextClassReferences ?? []).map((entity) => said(entity, completeAuthenticationContext({ id: entity.id }), authenticationContext)),
    tokenLifetimePolicies: data.tokenLifetimePolicies.map((entity) =>
      said(entity, completeTokenLifetimePolicy(data.id, { displayName: entity.displayName }), tokenLifetimePolicy)),
    agreements: (data.agreements ?? []).map((entity) => said(entity, completeAgreement(data.id, { displayName: entity.displayName }), agreement)),
    countries,
  })
}

type Naming = (kinds: readonly Kind[], id: string) => string

/** What an id is called where a file names it: by a name that means it and nothing else, or by the id. */
function naming(data: TenantData): Naming {
  const names: Names = tenantNames()
  const called = new Map<string, string>()
  for (const { id, userPrincipalName, displayName } of data.users) add('users', id, userPrincipalName, displayName)
  for (const { id, displayName, deviceId } of data.devices) add('devices', id, displayName, deviceId)
  for (const { id, appId, servicePrincipalId, displayName, identifierUris } of data.applications) {
    add('applications', appId, displayName, id, ...identifierUris)
    add('servicePrincipals', servicePrincipalId, displayName, id, appId)
  }
  for (const kind of ['groups', 'namedLocations', 'authenticationStrengths', 'authenticationContextClassReferences', 'tokenLifetimePolicies', 'agreements'] as const) {
    for (const { id, displayName } of data[kind] ?? []) add(kind, id, displayName)
  }

  function add(kind: Kind, id: string, name: string, ...others: readonly string[]): void {
    names.add(kind, { id, names: [name, ...others] })
    called.set(`${kind} ${id}`, name)
  }

  return (kinds, id) => {
    for (const kind of kinds) {
      const name = kind === 'roles' ? roleNamed(id)?.displayName : called.get(`${kind} ${id}`) ?? (kind === 'applications' ? wellKnownApplication(id)?.displayName : undefined)
      if (name !== undefined && names.resolve(kinds, name, '', () => {}) === id) return name
    }

    return id
  }
}

function userOf(entity: User, tenantId: string, name: Naming): Written {
  const { userPrincipalName, passwordHash, roles, authenticationMethods } = entity
  const { externalType } = completeUser(tenantId, { userPrincipalName, userType: entity.userType, homeTenantId: entity.homeTenantId })
  const usual = { ...completeUser(tenantId, { userPrincipalName }), externalType }

  return withoutEmpty({
    ...said(entity, usual, user),
    ...(passwordHash === null ? {} : { password: passwordHash }),
    roles: roles.map((role) => name(['roles'], role)),
    authenticationMethods: authenticationMethods.map(methodOf),
  })
}

function methodOf({ id, type, ...rest }: RegisteredMethod): Written {
  return withoutEmpty({ id, type, ...rest })
}

function groupOf(entity: Group, tenantId: string, name: Naming): Written {
  const { displayName, members, owners, roles = [] } = entity

  return withoutEmpty({
    ...said(entity, completeGroup(tenantId, { displayName }), group),
    members: members.map((member) => name(principals, member)),
    owners: owners.map((owner) => name(principals, owner)),
    roles: roles.map((role) => name(['roles'], role)),
  })
}

const principals: readonly Kind[] = ['users', 'groups', 'servicePrincipals', 'devices']

function applicationOf(entity: Application, tenantId: string, name: Naming): Written {
  const { displayName, appId, appRoles, assignments, consents, userConsents = [], owners = [], roles = [], tokenLifetimePolicy: lifetime } = entity
  const roleOf = (id: string | null) => (id === null ? {} : { role: appRoles.find((role) => role.id === id)?.value ?? id })

  return withoutEmpty({
    ...said(entity, completeApplication(tenantId, overWellKnown({ displayName, appId })), application, ['appId', 'servicePrincipalId']),
    appId,
    assignments: assignments.map(({ principal, role }) => ({ principal: name(['users', 'groups', 'servicePrincipals'], principal), ...roleOf(role) })),
    consents: consents.map(({ resource, scopes }) => ({ resource: name(['applications'], resource), scopes })),
    userConsents: userConsents.map(({ principal, resource, scopes }) => ({ principal: name(['users'], principal), resource: name(['applications'], resource), scopes })),
    owners: owners.map((owner) => name(['users', 'servicePrincipals'], owner)),
    roles: roles.map((role) => name(['roles'], role)),
    ...(lifetime === null ? {} : { tokenLifetimePolicy: name(['tokenLifetimePolicies'], lifetime) }),
  })
}

function policyOf(policy: Written, name: Naming): Written {
  const { createdDateTime: _created, modifiedDateTime: _modified, templateId: _template, ...written } = policy
  const named = mapReferences(written, (kind, id) => name([kinds[kind]], id))

  return deeplySaid(named) as Written
}

const kinds: Readonly<Record<ReferenceKind, Kind>> = {
  user: 'users',
  group: 'groups',
  role: 'roles',
  application: 'applications',
  namedLocation: 'namedLocations',
  authenticationStrength: 'authenticationStrengths',
  authenticationContext: 'authenticationContextClassReferences',
  servicePrincipal: 'servicePrincipals',
  termsOfUse: 'agreements',
}

/** The members of an entity that a file may hold and that differ from what they would be unsaid; id and name always. */
function said(entity: object, usual: object, schema: { readonly entries: object }, always: readonly string[] = []): Written {
  const kept = Object.entries(entity).filter(([member, value]) => {
    if (!Object.hasOwn(schema.entries, member) || value === null) return false

    return ['id', 'displayName', 'userPrincipalName', ...always].includes(member) || !isDeepStrictEqual(value, (usual as Written)[member])
  })

  return Object.fromEntries(kept.map(([member, value]) => [member, isObject(value) ? withoutEmpty(value) : value]))
}

/** Without what says nothing: nulls, empty lists and objects. */
function withoutEmpty(written: object): Written {
  return Object.fromEntries(Object.entries(written).filter(([, value]) => !isEmpty(value)))
}

/** A policy without what says nothing, at any depth; `isEnabled: false` and the like say something. */
function deeplySaid(value: unknown): unknown {
  if (!isObject(value)) return value
  const kept = Object.entries(value).map(([member, inner]) => [member, deeplySaid(inner)] as const)

  return Object.fromEntries(kept.filter(([, inner]) => !isEmpty(inner)))
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0) || (isObject(value) && Object.keys(value).length === 0)
}

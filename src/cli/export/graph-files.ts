import { exportTenantFile } from '../../directory/index.ts'
import type { TenantData } from '../../directory/types.ts'
import { namedLocationToGraph, strengthToGraph, toGraph } from '../../policy/index.ts'

type Written = Readonly<Record<string, unknown>>

/** The objects of a tenant as Graph shows them, by the folder or list they are exported into. */
export type GraphFiles = Readonly<Record<string, readonly Written[]>>

/**
 * A tenant as Graph shows it, ready to be imported again: policies, locations and strengths exactly so; of what Graph has
 * no word for (a licence, a password, a session timeout), the tenant file's own members beside Graph's.
 */
export function graphFiles(data: TenantData): GraphFiles {
  const [written] = exportTenantFile(data).tenants
  const { id, displayName, ...rest } = written as Written
  const settings = Object.fromEntries(Object.entries(rest).filter(([, value]) => !isListOfObjects(value)))
  const listed = (collection: string) => (Array.isArray(rest[collection]) ? rest[collection] as readonly Written[] : [])
  const strengths = data.authenticationStrengths

  return {
    organization: [{ '@odata.type': '#microsoft.graph.organization', id, displayName, verifiedDomains: data.domains.map((domain) => ({ name: domain.id, isDefault: domain.isDefault })), portcullis: settings }],
    conditionalAccessPolicies: data.conditionalAccessPolicies.map((policy) => typed('conditionalAccessPolicy', { ...toGraph(policy, strengths), ...(policy.description === undefined ? {} : { description: policy.description }) })),
    namedLocations: data.namedLocations.map(namedLocationToGraph),
    authenticationStrengths: strengths.filter(({ policyType }) => policyType === 'custom').map((strength) => typed('authenticationStrengthPolicy', strengthToGraph(strength))),
    ...Object.fromEntries(Object.entries(types).map(([collection, type]) => [collection, listed(collection).map((one) => typed(type, one))])),
    groups: listed('groups').map((group, index) => typed('group', { ...group, ...membersOf(data, index) })),
  }
}

/** What is exported as a tenant file writes it, and Graph's name for it. */
const types: Readonly<Record<string, string>> = {
  authenticationContextClassReferences: 'authenticationContextClassReference',
  domains: 'domain',
  users: 'user',
  applications: 'application',
  devices: 'device',
  tokenLifetimePolicies: 'tokenLifetimePolicy',
  agreements: 'agreement',
}

function typed(type: string, written: Written): Written {
  return { '@odata.type': `#microsoft.graph.${type}`, ...written }
}

/** Members and owners by id, as Graph shows them expanded. */
function membersOf(data: TenantData, index: number): Written {
  const group = data.groups[index]
  const shown = (ids: readonly string[]) => ids.map((id) => ({ '@odata.type': `#microsoft.graph.${typeOf(data, id)}`, id }))

  return { ...(group?.members.length ? { members: shown(group.members) } : {}), ...(group?.owners.length ? { owners: shown(group.owners) } : {}) }
}

function typeOf({ users, groups, devices }: TenantData, id: string): string {
  if (users.some((user) => user.id === id)) return 'user'
  if (groups.some((group) => group.id === id)) return 'group'

  return devices.some((device) => device.id === id) ? 'device' : 'servicePrincipal'
}

function isListOfObjects(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'object')
}

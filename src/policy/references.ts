import { mfaTrustedIpsLocation } from './policy.ts'
import { isObject, pathTo, wordIn } from './validate/read.ts'

/** What a policy may name. */
export type ReferenceKind =
  | 'user' | 'group' | 'role' | 'application' | 'namedLocation' | 'authenticationStrength' | 'authenticationContext' | 'termsOfUse' | 'servicePrincipal'

/** Finds the id of what somebody named; undefined leaves the name as it is written. */
export type ResolveReference = (kind: ReferenceKind, nameOrId: string, path: string) => string | undefined

/**
 * The policy as it was written, with ids where names stood: wherever Graph wants an id of something in the directory, a
 * tenant file may hold its name. Keywords such as `All` pass. Nothing else is touched, so that validation still sees
 * what was written.
 */
export function mapReferences(policyInput: unknown, resolve: ResolveReference): unknown {
  return mapped(policyInput, '', tree, resolve)
}

/** Which members lead to references, and what these name. */
type Tree = { readonly [member: string]: Tree | Leaf }
type Leaf = (value: unknown, path: string, resolve: ResolveReference) => unknown

const users = listOf('user', ['All', 'None', 'GuestsOrExternalUsers', 'AllAgentIdUsers'])
const groups = listOf('group', ['All', 'None'])
const roles = listOf('role', ['All', 'None'])
const applications = listOf('application', ['All', 'None', 'Office365', 'MicrosoftAdminPortals', 'AllAgentIdResources'])
const locations = listOf('namedLocation', ['All', 'AllTrusted', mfaTrustedIpsLocation])
const servicePrincipals = listOf('servicePrincipal', ['ServicePrincipalsInMyTenant'])

const tree: Tree = {
  conditions: {
    users: { includeUsers: users, excludeUsers: users, includeGroups: groups, excludeGroups: groups, includeRoles: roles, excludeRoles: roles },
    applications: { includeApplications: applications, excludeApplications: applications, includeAuthenticationContextClassReferences: listOf('authenticationContext', []) },
    locations: { includeLocations: locations, excludeLocations: locations },
    clientApplications: { includeServicePrincipals: servicePrincipals, excludeServicePrincipals: servicePrincipals },
  },
  grantControls: { authenticationStrength: strength, termsOfUse: listOf('termsOfUse', []) },
}

function mapped(input: unknown, path: string, node: Tree | Leaf, resolve: ResolveReference): unknown {
  if (typeof node === 'function') return node(input, path, resolve)
  if (!isObject(input)) return input

  return Object.fromEntries(
    Object.entries(input).map(([written, value]) => {
      const member = wordIn(Object.keys(node), written)

      return [written, member === undefined ? value : mapped(value, pathTo(path, written), node[member]!, resolve)]
    }),
  )
}

function listOf(kind: ReferenceKind, keywords: readonly string[]): Leaf {
  return (value, path, resolve) =>
    Array.isArray(value)
      ? value.map((id, at) => (typeof id === 'string' && wordIn(keywords, id) === undefined ? (resolve(kind, id, `${path}[${at}]`) ?? id) : id))
      : value
}

/** A strength is written as `{ "id": … }`; its name alone will do, and exports that lost the id still have the name. */
function strength(value: unknown, path: string, resolve: ResolveReference): unknown {
  const named = typeof value === 'string' ? value : isObject(value) ? (value['id'] ?? value['displayName']) : undefined
  if (typeof named !== 'string') return value
  const id = resolve('authenticationStrength', named, path) ?? named

  return typeof value === 'string' ? { id } : { ...(value as object), id }
}

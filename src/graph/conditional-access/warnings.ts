import { isGuid, roleNamed } from '../../directory/index.ts'
import type { Directory, User } from '../../directory/types.ts'
import { mapReferences, whatIf } from '../../policy/index.ts'
import type { ClientAppType, Policy } from '../../policy/policy.ts'
import { userIdentity } from '../../sign-in/describe.ts'
import type { Tenant } from '../../tenant.ts'

/** Where policies are changed: Graph itself, which the portals use too. */
const graphAppId = '00000003-0000-0000-c000-000000000000'
const clients: readonly ClientAppType[] = ['browser', 'mobileAppsAndDesktopClients']

/**
 * What to tell whoever wrote a policy with which no Global Administrator gets to Graph any more, wherever they are and
 * whatever they use; null where one still does. Only what blocks without a further condition counts: what depends on a place,
 * a device or a risk can be met.
 */
export function lockoutWarning(written: Policy, tenant: Tenant): string | null {
  if (written.state !== 'enabled' || !blocks(written)) return null
  const administrators = globalAdministrators(tenant.directory)
  if (administrators.length === 0 || !administrators.every((user) => isLockedOut(user, tenant))) return null

  return `With the policy ${asciiOf(written.displayName)} every Global Administrator is blocked. Exclude an emergency access account.`
}

function isLockedOut(user: User, { directory, policySet }: Tenant): boolean {
  const identity = userIdentity(user, directory)

  return clients.every((clientAppType) => whatIf(policySet, { identity, target: { applications: [graphAppId] }, conditions: { clientAppType } })
    .some(({ policy, policyApplies }) => policyApplies && policy.state === 'enabled' && blocks(policy)))
}

const blocks = ({ grantControls }: Policy) => grantControls?.builtInControls.includes('block') === true

/** Those who hold the role themselves, or through a group it is assigned to; disabled accounts help nobody. */
function globalAdministrators(directory: Directory): readonly User[] {
  const role = roleNamed('Global Administrator')!.templateId
  const members = directory.found('groups', 'roles', role).flatMap(({ members: ids }) => ids.flatMap((id) => directory.get('users', id) ?? []))
  const holders = [...directory.found('users', 'roles', role), ...members]

  return [...new Map(holders.map((user) => [user.id, user])).values()].filter(({ accountEnabled }) => accountEnabled)
}

/** What to tell whoever wrote a policy that names people, groups or applications by something else than their ids; null where it does not. */
export function namesWarning(written: Policy): string | null {
  const names = new Set<string>()
  mapReferences(written, (kind, id) => {
    if (kind !== 'authenticationContext' && !isGuid(id)) names.add(id)

    return id
  })
  if (names.size === 0) return null
  const some = [...names].slice(0, 3).map((name) => asciiOf(name)).join(', ')

  return `The policy ${asciiOf(written.displayName)} names ${some}${names.size > 3 ? ` and ${names.size - 3} more` : ''}: no ids, so that nothing goes by them. Write the id of each object.`
}

/** A header holds neither quotes nor letters beyond ASCII. */
const asciiOf = (text: string) => text.replace(/[^\x20-\x7e]|["\\]/g, '?').slice(0, 120)

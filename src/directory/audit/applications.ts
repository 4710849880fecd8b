import type { Application } from '../types.ts'
import type { Activity, Target } from './activity.ts'
import { changedMembers, modified, modifiedProperties, type Modified } from './modified.ts'
import { applicationTarget, principalTarget, servicePrincipalTarget } from './principals.ts'
import { core, difference, lifecycle, relation, roleActivities, type Changed } from './relations.ts'

/** What was done to an application and its service principal. */
export function applicationActivities(change: Changed<Application>): readonly Activity[] {
  const { before, after, wasDeleted } = change
  const of = (name: string, operation: Activity['operation'], targets: readonly Target[]): Activity => ({ name, service: core, category: 'ApplicationManagement', operation, targets })
  const whole = (modifiedOnes: readonly Modified[], name: string, operation: Activity['operation']) => of(name, operation, [applicationTarget((after ?? before) as Application, { modifiedProperties: modifiedOnes })])
  const principal = servicePrincipalActivity(change, of)
  if (!before || !after) {
    const made = lifecycle('application', change, whole, ['secrets', 'certificates', 'assignments', 'consents', 'userConsents', 'owners', 'roles'])

    return [...made, ...principal, ...(after && !wasDeleted ? [...grantActivities(change, of), ...roleActivities(change, servicePrincipalTarget)] : [])]
  }
  const changed = changedMembers(before, after)
  const activities = [...principal, ...grantActivities(change, of), ...roleActivities(change, servicePrincipalTarget)]
  if (changed.some((name) => keys.has(name))) {
    activities.push(whole([modified('KeyDescription', keyDescriptions(before), keyDescriptions(after))], 'Update application – Certificates and secrets management', 'Update'))
  }
  const rest = changed.filter((name) => !toldOtherwise.has(name) && !keys.has(name))
  if (rest.length > 0) activities.push(whole(modifiedProperties(rest, before, after), 'Update application', 'Update'))

  return activities
}

const keys: ReadonlySet<string> = new Set(['secrets', 'certificates', 'passwordCredentials', 'keyCredentials'])

/** Members whose change is an activity of its own. */
const toldOtherwise: ReadonlySet<string> = new Set(['assignments', 'consents', 'userConsents', 'owners', 'roles', 'hasServicePrincipal'])

type Of = (name: string, operation: Activity['operation'], targets: readonly Target[]) => Activity

function servicePrincipalActivity({ before, after, wasDeleted }: Changed<Application>, of: Of): readonly Activity[] {
  const [had, has] = [before !== null && before.hasServicePrincipal !== false, after !== null && after.hasServicePrincipal !== false]
  if (had === has) return []
  const whom = servicePrincipalTarget((has ? after : before) as Application)

  return has ? [of(wasDeleted ? 'Restore service principal' : 'Add service principal', wasDeleted ? 'Update' : 'Add', [whom])] : [of('Remove service principal', 'Delete', [whom])]
}

/** Who may use an application, and what it may do for whom. */
function grantActivities(change: Changed<Application>, of: Of): readonly Activity[] {
  const { before, after, directory } = change
  const application = (after ?? before) as Application
  const assignments = difference(before?.assignments ?? [], after?.assignments ?? [])
  const consents = difference(allConsents(before), allConsents(after))
  const assigned = ({ principal, role }: Application['assignments'][number], isAdded: boolean): Activity => {
    const value = application.appRoles.find(({ id }) => id === role)?.value ?? null
    const whom = principalTarget(directory, principal)
    const noun = whom.type === 'User' ? 'user' : whom.type === 'Group' ? 'group' : 'service principal'
    const name = isAdded ? `Add app role assignment ${noun === 'user' ? 'grant ' : ''}to ${noun}` : `Remove app role assignment from ${noun}`

    return of(name, isAdded ? 'Assign' : 'Unassign', [servicePrincipalTarget(application, { modifiedProperties: [modified('AppRole.Id', isAdded ? undefined : role, isAdded ? role : undefined), modified('AppRole.Value', isAdded ? undefined : value, isAdded ? value : undefined)] }), whom])
  }
  const granted = ({ resource, scopes, principal }: { readonly resource: string; readonly scopes: readonly string[]; readonly principal: string | null }, isAdded: boolean): Activity => {
    const scope = scopes.join(' ')
    const to = directory.resource(resource)
    const changes = [['DelegatedPermissionGrant.Scope', scope], ['DelegatedPermissionGrant.ConsentType', principal === null ? 'AllPrincipals' : 'Principal']] as const
    const modifiedOnes = changes.map(([name, value]) => modified(name, isAdded ? undefined : value, isAdded ? value : undefined))

    return of(isAdded ? 'Add delegated permission grant' : 'Remove delegated permission grant', isAdded ? 'Assign' : 'Unassign', [
      ...(to ? [servicePrincipalTarget(to, { modifiedProperties: modifiedOnes })] : []),
      servicePrincipalTarget(application, to ? {} : { modifiedProperties: modifiedOnes }),
      ...(principal === null ? [] : [principalTarget(directory, principal)]),
    ])
  }

  return [
    ...relation(change, 'owners', { added: 'Add owner to application', removed: 'Remove owner from application', category: 'ApplicationManagement', target: applicationTarget }),
    ...assignments.came.map((one) => assigned(one, true)),
    ...assignments.went.map((one) => assigned(one, false)),
    ...consents.went.map((one) => granted(one, false)),
    ...consents.came.map((one) => granted(one, true)),
  ]
}

function allConsents(application: Application | null): readonly { readonly resource: string; readonly scopes: readonly string[]; readonly principal: string | null }[] {
  return [...(application?.consents ?? []).map((consent) => ({ ...consent, principal: null })), ...(application?.userConsents ?? [])]
}

/** What a key is for, and nothing of the key. */
function keyDescriptions({ secrets, certificates }: Application): readonly string[] {
  return [...secrets.map(() => '[KeyType=Password,KeyUsage=Verify]'), ...certificates.map(() => '[KeyType=AsymmetricX509Cert,KeyUsage=Verify]')]
}

import type { Application, UserConsent } from '../types.ts'
import type { Activity, Target } from './activity.ts'
import { core, type Changed, type Kind } from './entity.ts'
import { given, modified } from './modified.ts'
import { applicationTarget, principalTarget, servicePrincipalTarget } from './principals.ts'
import { belonging, roleHolding } from './relations.ts'

/** Applications, each with its service principal. */
export const applications: Kind<Application> = {
  noun: 'application',
  category: 'ApplicationManagement',
  show: applicationTarget,
  relations: {
    owners: belonging('owner', 'application', 'ApplicationManagement', applicationTarget),
    assignments: assigned,
    consents: granted,
    userConsents: granted,
    roles: roleHolding(servicePrincipalTarget),
  },
  silent: ['secrets', 'certificates', 'passwordCredentials', 'keyCredentials', 'hasServicePrincipal'],
  own: { secrets: keysChanged, certificates: keysChanged },
  also: servicePrincipal,
}

const activity = (name: string, operation: Activity['operation'], ...targets: readonly Target[]): Activity => ({ name, service: core, category: 'ApplicationManagement', operation, targets })

function servicePrincipal({ before, after, wasDeleted }: Changed<Application>): readonly Activity[] {
  const [had, has] = [before !== null && before.hasServicePrincipal !== false, after !== null && after.hasServicePrincipal !== false]
  if (had === has) return []
  const whom = servicePrincipalTarget((has ? after : before) as Application)
  if (!has) return [activity('Remove service principal', 'Delete', whom)]

  return [wasDeleted ? activity('Restore service principal', 'Update', whom) : activity('Add service principal', 'Add', whom)]
}

/** Somebody got an app role of an application, or lost it. */
function assigned({ principal, role }: Application['assignments'][number], isAdded: boolean, application: Application, { directory }: Changed<Application>): Activity {
  const value = application.appRoles.find(({ id }) => id === role)?.value ?? null
  const whom = principalTarget(directory, principal)
  const noun = whom.type === 'User' ? 'user' : whom.type === 'Group' ? 'group' : 'service principal'
  const name = isAdded ? `Add app role assignment ${noun === 'user' ? 'grant ' : ''}to ${noun}` : `Remove app role assignment from ${noun}`

  return activity(name, isAdded ? 'Assign' : 'Unassign', servicePrincipalTarget(application, [given('AppRole.Id', role, isAdded), given('AppRole.Value', value, isAdded)]), whom)
}

/** An application may ask a resource for something on behalf of everybody, or of one user; or may not any more. */
function granted({ resource, scopes, principal }: Omit<UserConsent, 'principal'> & Partial<UserConsent>, isAdded: boolean, application: Application, { directory }: Changed<Application>): Activity {
  const to = directory.resource(resource)
  const what = [given('DelegatedPermissionGrant.Scope', scopes.join(' '), isAdded), given('DelegatedPermissionGrant.ConsentType', principal === undefined ? 'AllPrincipals' : 'Principal', isAdded)]
  const name = isAdded ? 'Add delegated permission grant' : 'Remove delegated permission grant'

  return activity(
    name,
    isAdded ? 'Assign' : 'Unassign',
    ...(to ? [servicePrincipalTarget(to, what), servicePrincipalTarget(application)] : [servicePrincipalTarget(application, what)]),
    ...(principal === undefined ? [] : [principalTarget(directory, principal)]),
  )
}

function keysChanged(before: Application, after: Application): readonly Activity[] {
  return [activity('Update application – Certificates and secrets management', 'Update', applicationTarget(after, [modified('KeyDescription', keyDescriptions(before), keyDescriptions(after))]))]
}

/** What a key is for, and nothing of the key. */
function keyDescriptions({ secrets, certificates }: Application): readonly string[] {
  return [...secrets.map(() => '[KeyType=Password,KeyUsage=Verify]'), ...certificates.map(() => '[KeyType=AsymmetricX509Cert,KeyUsage=Verify]')]
}

import type { Application } from '../../directory/types.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { badProperty, noSuchObject } from '../protocol/refusal.ts'
import { addPassword, applicationAsked, removePassword } from './applications.ts'
import { mayChangeApplication } from './application-rights.ts'
import { alreadyThere, referredIn } from './asking.ts'
import { objectsEndpoints } from './objects-list.ts'
import { kindOf } from './objects.ts'
import { ownersOf } from './owners.ts'
import { readApplications, writeApplications } from './permissions.ts'
import { ownApplication, servicePrincipalAsked } from './service-principals.ts'

const ownRegistration = (asked: Asked): Application => {
  const application = applicationAsked(asked)
  mayChangeApplication(application, asked)

  return application
}

/** Where an application's secrets and owners are changed: at the registration, or at its service principal. */
const places: readonly { readonly path: string; readonly read: (asked: Asked) => Parameters<typeof ownersOf>[1]; readonly own: (asked: Asked) => Application }[] = [
  ...['/applications/{id}', '/applications/appId={appId}'].map((path) => ({ path, read: applicationAsked, own: ownRegistration })),
  ...['/servicePrincipals/{id}', '/servicePrincipals/appId={appId}'].map((path) => ({ path, read: servicePrincipalAsked, own: ownApplication })),
]

/** The secrets and the owners of applications. */
export const applicationPartEndpoints: readonly Endpoint[] = places.flatMap(({ path, read, own }): readonly Endpoint[] => [
  { method: 'POST', path: `${path}/addPassword`, permissions: writeApplications, status: 200, answer: (asked) => addPassword(asked, own) },
  { method: 'POST', path: `${path}/removePassword`, permissions: writeApplications, status: 204, answer: (asked) => removePassword(asked, own) },
  ...objectsEndpoints(`${path}/owners`, readApplications, (asked) => ownersOf(asked.tenant.directory, read(asked))),
  { method: 'POST', path: `${path}/owners/$ref`, permissions: writeApplications, status: 204, answer: (asked) => addOwner(asked, own) },
  { method: 'DELETE', path: `${path}/owners/{other}/$ref`, permissions: writeApplications, answer: (asked) => removeOwner(asked, own) },
])

async function addOwner(asked: Asked, own: (asked: Asked) => Application): Promise<Answer> {
  const object = await referredIn(asked)
  const kind = kindOf(object)
  if (kind !== 'user' && kind !== 'servicePrincipal') throw badProperty('owners', `A ${kind} cannot be an owner of an application; users and service principals can.`)
  const { owners = [], ...application } = own(asked)
  if (owners.includes(object.id)) {
    throw alreadyThere('owners')
  }
  await asked.directory.put('applications', { ...application, owners: [...owners, object.id] } as Application)

  return {}
}

async function removeOwner(asked: Asked, own: (asked: Asked) => Application): Promise<Answer> {
  const { owners = [], ...application } = own(asked)
  const id = asked.names.other?.toLowerCase() ?? ''
  if (!owners.includes(id)) throw noSuchObject(id)
  await asked.directory.put('applications', { ...application, owners: owners.filter((owner) => owner !== id) } as Application)

  return {}
}

import type { Application, TokenLifetimePolicy } from '../../directory/types.ts'
import { answerList } from '../odata/collection.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { GraphRefusal, noSuchObject } from '../protocol/refusal.ts'
import { tokenLifetimePolicies } from '../token-lifetime-policies.ts'
import { mayChangeApplication } from './application-rights.ts'
import { applicationAsked } from './applications.ts'
import { referredId } from './asking.ts'
import { objectsEndpoints } from './objects-list.ts'
import { registrations } from './objects.ts'
import { readTokenPolicies, useTokenPolicies } from './permissions.ts'
import { ownApplication, servicePrincipalAsked } from './service-principals.ts'

/** An application and its service principal have one policy between them; either address gives and takes it. */
const holders: readonly { readonly path: string; readonly find: (asked: Asked) => Application; readonly own: (asked: Asked) => Application }[] = [
  ...['/applications/{id}', '/applications/appId={appId}'].map((path) => ({ path, find: applicationAsked, own: ownRegistration })),
  ...['/servicePrincipals/{id}', '/servicePrincipals/appId={appId}'].map((path) => ({ path, find: (asked: Asked) => servicePrincipalAsked(asked).principalOf, own: ownApplication })),
]

/** Which application lives by which token lifetime policy. */
export const tokenLifetimeAssignmentEndpoints: readonly Endpoint[] = [
  ...holders.flatMap(({ path, find, own }): readonly Endpoint[] => [
    { method: 'GET', path: `${path}/tokenLifetimePolicies`, permissions: readTokenPolicies, answer: (asked) => answerList({ ...tokenLifetimePolicies, source: { list: () => policiesOf(find(asked), asked) } }, asked) },
    { method: 'POST', path: `${path}/tokenLifetimePolicies/$ref`, permissions: useTokenPolicies, answer: (asked) => give(own, asked) },
    { method: 'DELETE', path: `${path}/tokenLifetimePolicies/{policy}/$ref`, permissions: useTokenPolicies, answer: (asked) => take(own, asked) },
  ]),
  ...objectsEndpoints('/policies/tokenLifetimePolicies/{id}/appliesTo', readTokenPolicies, ({ directory, names: { id = '' } }) => {
    if (!directory.get('tokenLifetimePolicies', id)) throw noSuchObject(id)

    return registrations(directory).filter(({ tokenLifetimePolicy }) => tokenLifetimePolicy === id.toLowerCase())
  }),
]

function ownRegistration(asked: Asked): Application {
  const application = applicationAsked(asked)
  mayChangeApplication(application, asked)

  return application
}

function policiesOf({ tokenLifetimePolicy }: Application, { directory }: Asked): readonly TokenLifetimePolicy[] {
  const policy = tokenLifetimePolicy === null ? undefined : directory.get('tokenLifetimePolicies', tokenLifetimePolicy)

  return policy ? [policy] : []
}

async function give(own: (asked: Asked) => Application, asked: Asked): Promise<Answer> {
  const { '@odata.id': reference } = await asked.body()
  const id = referredId(reference)
  const policy = asked.directory.get('tokenLifetimePolicies', id)
  if (!policy) throw noSuchObject(id)
  const application = own(asked)
  const [other] = policiesOf(application, asked)
  if (other) throw new GraphRefusal(400, 'Request_BadRequest', `"${application.displayName}" has a token lifetime policy already: "${other.displayName}". Take that one away first.`, { details: [{ target: 'tokenLifetimePolicies', message: `"${other.displayName}" is there.` }] })
  await asked.directory.put('applications', { ...application, tokenLifetimePolicy: policy.id })

  return {}
}

async function take(own: (asked: Asked) => Application, asked: Asked): Promise<Answer> {
  const { policy = '' } = asked.names
  const application = own(asked)
  if (application.tokenLifetimePolicy !== policy.toLowerCase()) throw noSuchObject(policy)
  await asked.directory.put('applications', { ...application, tokenLifetimePolicy: null })

  return {}
}

import type { Application } from '../../directory/types.ts'
import { answerList, answerOne, entityBody } from '../odata/collection.ts'
import type { Collection } from '../odata/collection.ts'
import { many, text } from '../odata/types.ts'
import { readWritten } from '../odata/write.ts'
import { created } from '../protocol/endpoint.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { badProperty, GraphRefusal, noSuchObject } from '../protocol/refusal.ts'
import { mayChangeApplication } from './application-rights.ts'
import { applicationAsked } from './applications.ts'
import { required } from './asking.ts'
import { readApplications, writeApplications } from './permissions.ts'

/** Another issuer whose word for a subject is as good as the application's own secret. */
type Credential = { readonly id: string; readonly name: string; readonly issuer: string; readonly subject: string; readonly audiences: readonly string[]; readonly description?: string | null }

const credentialType: Collection<Credential>['type'] = {
  name: 'federatedIdentityCredential',
  key: ({ id }) => id,
  properties: { id: text({ isReadOnly: true }), name: text({ filter: 'eq' }), issuer: text({ filter: 'eq' }), subject: text({ filter: 'eq' }), description: text(), audiences: many(text()) },
}

const credentials: Collection<Credential> = {
  type: credentialType,
  context: (asked) => `applications('${applicationAsked(asked).id}')/federatedIdentityCredentials`,
  source: { list: (asked) => credentialsOf(applicationAsked(asked)) },
}

/** Those of a tenant file may have no id: their name is unique, and will do. */
function credentialsOf({ federatedIdentityCredentials: kept }: Application): readonly Credential[] {
  return Array.isArray(kept) ? (kept as Credential[]).map((credential) => ({ ...credential, id: credential.id ?? credential.name })) : []
}

/** What an application trusts in the place of a secret, such as the tokens of a build service. */
export const federatedCredentialEndpoints: readonly Endpoint[] = ['/applications/{id}', '/applications/appId={appId}'].flatMap((application): readonly Endpoint[] => {
  const path = `${application}/federatedIdentityCredentials`

  return [
    { method: 'GET', path, permissions: readApplications, answer: (asked) => answerList(credentials, asked) },
    { method: 'POST', path, permissions: writeApplications, answer: create },
    { method: 'GET', path: `${path}/{credential}`, permissions: readApplications, answer: (asked) => answerOne(credentialAsked(asked), credentials, asked) },
    { method: 'PATCH', path: `${path}/{credential}`, permissions: writeApplications, answer: change },
    { method: 'DELETE', path: `${path}/{credential}`, permissions: writeApplications, answer: remove },
  ]
})

/** By id or by name. */
function credentialAsked(asked: Asked): Credential {
  const { credential: wanted = '' } = asked.names
  const found = credentialsOf(applicationAsked(asked)).find(({ id, name }) => id === wanted || name === wanted)
  if (!found) throw noSuchObject(wanted)

  return found
}

async function create(asked: Asked): Promise<Answer> {
  const { members } = readWritten(await asked.body(), credentialType)
  for (const property of ['name', 'issuer', 'subject', 'audiences']) required(members[property], property, 'FederatedIdentityCredential')
  const application = applicationAsked(asked)
  const before = credentialsOf(application)
  if (before.some(({ name }) => name === members.name)) throw new GraphRefusal(409, 'Request_MultipleObjectsWithSameKeyValue', `FederatedIdentityCredential with name ${String(members.name).slice(0, 80)} already exists.`)
  const made = sound({ ...members, id: crypto.randomUUID() } as unknown as Credential)
  await put(asked, application, [...before, made])

  return created(asked, made.id, entityBody(made, credentials, asked))
}

async function change(asked: Asked): Promise<Answer> {
  const { members } = readWritten(await asked.body(), credentialType)
  const before = credentialAsked(asked)
  if ('name' in members && members.name !== before.name) throw badProperty('name', 'The name of a federated identity credential cannot be changed.')
  const application = applicationAsked(asked)
  const after = sound({ ...before, ...members })
  await put(asked, application, credentialsOf(application).map((one) => (one.id === before.id ? after : one)))

  return {}
}

async function remove(asked: Asked): Promise<Answer> {
  const gone = credentialAsked(asked)
  const application = applicationAsked(asked)
  await put(asked, application, credentialsOf(application).filter(({ id }) => id !== gone.id))

  return {}
}

function sound(credential: Credential): Credential {
  if (!URL.canParse(credential.issuer)) throw badProperty('issuer', `'${credential.issuer.slice(0, 80)}' is not the address of an issuer.`)
  if (credential.audiences.length !== 1) throw badProperty('audiences', 'audiences holds one audience, as api://AzureADTokenExchange.')

  return credential
}

async function put(asked: Asked, application: Application, federatedIdentityCredentials: readonly Credential[]): Promise<void> {
  mayChangeApplication(application, asked)
  await asked.directory.put('applications', { ...application, federatedIdentityCredentials })
}

import { idFor } from '../../directory/index.ts'
import type { Domain, Federation } from '../../directory/types.ts'
import { answerList, answerOne, entityBody } from '../odata/collection.ts'
import type { Collection } from '../odata/collection.ts'
import { flag, json, text, words } from '../odata/types.ts'
import type { EntityType } from '../odata/types.ts'
import { readWritten } from '../odata/write.ts'
import { changed, created } from '../protocol/endpoint.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { badProperty, GraphRefusal, noSuchObject } from '../protocol/refusal.ts'
import { required } from './asking.ts'
import { domainAsked, isVerified } from './domains.ts'
import { readFederation, writeFederation } from './permissions.ts'

/** A domain's federation with its domain. That MFA is on for it is ours (`mfaEnabled`), and stays as it is. */
type Federated = Domain & { readonly federation: Federation }

const idOf = ({ id, federation }: Federated) => String(federation.id ?? idFor(id, 'federation', id))
const said = (name: string) => ({ of: ({ federation }: Federated) => federation[name] ?? null })

const federationType: EntityType<Federated> = {
  name: 'internalDomainFederation',
  key: idOf,
  properties: {
    id: text({ of: idOf, isReadOnly: true }),
    displayName: text(said('displayName')),
    issuerUri: text(said('issuerUri')),
    metadataExchangeUri: text(said('metadataExchangeUri')),
    signingCertificate: text(said('signingCertificate')),
    passiveSignInUri: text(said('passiveSignInUri')),
    preferredAuthenticationProtocol: words(['wsFed', 'saml'], said('preferredAuthenticationProtocol')),
    activeSignInUri: text(said('activeSignInUri')),
    signOutUri: text(said('signOutUri')),
    promptLoginBehavior: words(['translateToFreshPasswordAuthentication', 'nativeSupport', 'disabled'], said('promptLoginBehavior')),
    isSignedAuthenticationRequestRequired: flag(said('isSignedAuthenticationRequestRequired')),
    nextSigningCertificate: text(said('nextSigningCertificate')),
    signingCertificateUpdateStatus: json({ ...said('signingCertificateUpdateStatus'), isReadOnly: true }),
    federatedIdpMfaBehavior: words(['acceptIfMfaDoneByFederatedIdp', 'enforceMfaByFederatedIdp', 'rejectMfaByFederatedIdp'], said('federatedIdpMfaBehavior')),
    passwordResetUri: text(said('passwordResetUri')),
  },
}

const federations: Collection<Federated> = {
  type: federationType,
  context: ({ names: { id = '' } }) => `domains('${id}')/federationConfiguration`,
  source: { list: (asked) => federationsOf(domainAsked(asked)) },
}

const federationsOf = (domain: Domain): readonly Federated[] => (domain.federation ? [domain as Federated] : [])

const path = '/domains/{id}/federationConfiguration'

/** The home identity provider of a federated domain; with it a domain is federated, without it managed. */
export const federationEndpoints: readonly Endpoint[] = [
  { method: 'GET', path, permissions: readFederation, answer: (asked) => answerList(federations, asked) },
  { method: 'POST', path, permissions: writeFederation, answer: create },
  { method: 'GET', path: `${path}/{federation}`, permissions: readFederation, answer: (asked) => answerOne(federationAsked(asked), federations, asked) },
  { method: 'PATCH', path: `${path}/{federation}`, permissions: writeFederation, answer: change },
  { method: 'DELETE', path: `${path}/{federation}`, permissions: writeFederation, answer: remove },
]

function federationAsked(asked: Asked): Federated {
  const { federation: id = '' } = asked.names
  const found = federationsOf(domainAsked(asked)).find((domain) => idOf(domain) === id.toLowerCase())
  if (!found) throw noSuchObject(id)

  return found
}

async function create(asked: Asked): Promise<Answer> {
  const { members } = readWritten(await asked.body(), federationType)
  for (const property of ['issuerUri', 'passiveSignInUri']) required(members[property], property, 'InternalDomainFederation')
  const domain = domainAsked(asked)
  if (domain.federation) throw new GraphRefusal(409, 'Request_BadRequest', `The domain ${domain.id} is federated already. Change its federationConfiguration ${idOf(domain as Federated)}.`)
  if (!isVerified(domain)) throw badProperty('id', `The domain ${domain.id} is not verified. Verify it before it is federated.`)
  await put(asked, domain, { mfaEnabled: true, federatedIdpMfaBehavior: null, displayName: null, ...members, id: crypto.randomUUID() })
  const [made] = federationsOf(domainAsked(asked)) as [Federated]

  return created(asked, idOf(made), entityBody(made, federations, asked))
}

async function change(asked: Asked): Promise<Answer> {
  const { members } = readWritten(await asked.body(), federationType)
  const domain = federationAsked(asked)
  await put(asked, domain, { ...domain.federation, ...members, id: idOf(domain) })

  return changed(asked, () => entityBody(federationAsked(asked), federations, asked))
}

async function put(asked: Asked, domain: Domain, federation: Federation): Promise<void> {
  await asked.directory.put('domains', { ...domain, authenticationType: 'Federated', federation })
}

async function remove(asked: Asked): Promise<Answer> {
  await asked.directory.put('domains', { ...federationAsked(asked), authenticationType: 'Managed', federation: null })

  return {}
}

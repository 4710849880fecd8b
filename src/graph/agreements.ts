import type { Agreement } from '../directory/types.ts'
import { acceptancesOf } from '../sign-in/challenges/terms-of-use.ts'
import { entityBody } from './odata/collection.ts'
import type { Collection } from './odata/collection.ts'
import { reading } from './odata/reading.ts'
import { complex, flag, instant, json, text, words } from './odata/types.ts'
import type { EntityType } from './odata/types.ts'
import { readWritten } from './odata/write.ts'
import { changed, created } from './protocol/endpoint.ts'
import type { Answer, Asked, Endpoint } from './protocol/endpoint.ts'
import { licensed } from './protocol/licensed.ts'
import type { Permissions } from './protocol/permissions.ts'
import { badRequest, notFound } from './protocol/refusal.ts'

/** Terms of use. The document itself is taken and not kept: a page names it, nobody reads it here. */
const agreement: EntityType<Agreement> = {
  name: 'agreement',
  key: ({ id }) => id,
  properties: {
    id: text({ filter: 'eq in', isReadOnly: true }),
    displayName: text({ filter: 'eq startswith', isSortable: true }),
    termsExpiration: complex({ startDateTime: instant(), frequency: text() }),
    userReacceptRequiredFrequency: text(),
    isViewingBeforeAcceptanceRequired: flag(),
    isPerDeviceAcceptanceRequired: flag(),
    file: json({ isOnRequest: true }),
    files: json({ isOnRequest: true }),
  },
}

const agreements: Collection<Agreement> = {
  type: agreement,
  context: 'identityGovernance/termsOfUse/agreements',
  source: { list: ({ directory }) => directory.list('agreements') },
}

/** One user's answer to an agreement. */
type Acceptance = Readonly<Record<'id' | 'agreementId' | 'userId' | 'userDisplayName' | 'userPrincipalName' | 'recordedDateTime' | 'state', string>> & { readonly deviceId: string | null }

const acceptance: EntityType<Acceptance> = {
  name: 'agreementAcceptance',
  key: ({ id }) => id,
  properties: {
    id: text(),
    agreementId: text({ filter: 'eq' }),
    userId: text({ filter: 'eq' }),
    userDisplayName: text({ filter: 'eq startswith' }),
    userPrincipalName: text({ filter: 'eq startswith' }),
    deviceId: text({ filter: 'eq' }),
    recordedDateTime: instant({ filter: 'eq ge le gt lt', isSortable: true }),
    state: words(['accepted', 'declined'], { filter: 'eq' }),
  },
}

const paths = ['/identityGovernance/termsOfUse/agreements', '/agreements']
const administrators = ['Conditional Access Administrator', 'Security Administrator']
const read: Permissions = { delegated: ['Agreement.Read.All'], application: [], roles: [...administrators, 'Security Reader', 'Global Reader'], denial: 'AccessDenied' }
const write: Permissions = { delegated: ['Agreement.ReadWrite.All'], application: [], roles: administrators, denial: 'AccessDenied' }

/** Terms of use and who accepted them (reference 12.4). */
export const agreementEndpoints: readonly Endpoint[] = paths.flatMap((path): readonly Endpoint[] => [
  ...reading(path, agreements, read, agreementOf),
  ...reading(`${path}/{id}/acceptances`, acceptances(), read),
  { method: 'POST', path, permissions: write, answer: licensed(create) },
  { method: 'PATCH', path: `${path}/{id}`, permissions: write, answer: licensed(change) },
  { method: 'DELETE', path: `${path}/{id}`, permissions: write, answer: remove },
])

function agreementOf({ directory, names: { id = '' } }: Asked): Agreement {
  const found = directory.get('agreements', id)
  if (!found) throw notFound(`The agreement '${id.slice(0, 120)}' was not found.`)

  return found
}

function acceptances(): Collection<Acceptance> {
  return {
    type: acceptance,
    context: ({ names: { id = '' } }) => `identityGovernance/termsOfUse/agreements('${encodeURIComponent(id)}')/acceptances`,
    source: {
      list(asked) {
        const { id } = agreementOf(asked)

        return asked.directory.list('users').flatMap((user) => acceptancesOf(user).filter(({ agreementId }) => agreementId === id).map(({ agreementId, recordedDateTime, state = 'accepted', deviceId = '' }) => ({
          id: [agreementId, user.id, deviceId].filter(Boolean).join('_'),
          agreementId,
          userId: user.id,
          userDisplayName: user.displayName,
          userPrincipalName: user.userPrincipalName,
          deviceId: deviceId || null,
          recordedDateTime,
          state,
        })))
      },
    },
  }
}

const mostAgreements = 40

async function create(asked: Asked): Promise<Answer> {
  const said = await readAgreement(asked)
  if (!said.displayName) throw badRequest('The agreement has no name.', [{ target: 'displayName', message: 'this member is required.' }])
  if (asked.directory.list('agreements').length >= mostAgreements) throw badRequest(`The tenant has ${mostAgreements} terms of use already, which is all it may have.`)
  const id = crypto.randomUUID()
  await asked.directory.put('agreements', { ...said, id } as Agreement)

  return created(asked, id, entityBody(asked.directory.get('agreements', id)!, agreements, asked))
}

async function change(asked: Asked): Promise<Answer> {
  const said = await readAgreement(asked)
  await asked.directory.put('agreements', { ...agreementOf(asked), ...said })

  return changed(asked, () => entityBody(agreementOf(asked), agreements, asked))
}

async function remove(asked: Asked): Promise<Answer> {
  await asked.directory.remove('agreements', agreementOf(asked).id)

  return {}
}

async function readAgreement(asked: Asked): Promise<Partial<Agreement>> {
  const { members: { file: _file, files: _files, ...said } } = readWritten(await asked.body(), agreement)

  return said
}

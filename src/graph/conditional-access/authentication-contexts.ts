import type { AuthenticationContext } from '../../directory/types.ts'
import { entityBody } from '../odata/collection.ts'
import type { Collection } from '../odata/collection.ts'
import { reading } from '../odata/reading.ts'
import { flag, text } from '../odata/types.ts'
import type { EntityType } from '../odata/types.ts'
import { readWritten } from '../odata/write.ts'
import { changed, created } from '../protocol/endpoint.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { licensed } from '../protocol/licensed.ts'
import { badRequest, notFound } from '../protocol/refusal.ts'
import { readConditionalAccess, writeLocations } from './permissions.ts'

const authenticationContext: EntityType<AuthenticationContext> = {
  name: 'authenticationContextClassReference',
  home: 'identity/conditionalAccess/authenticationContextClassReferences',
  key: ({ id }) => id,
  properties: {
    id: text({ filter: 'eq ne in', isSortable: true }),
    displayName: text({ filter: 'eq ne startswith', isSortable: true }),
    description: text(),
    isAvailable: flag({ filter: 'eq ne' }),
  },
}

const contexts: Collection<AuthenticationContext> = {
  type: authenticationContext,
  context: 'identity/conditionalAccess/authenticationContextClassReferences',
  source: { list: ({ directory }) => directory.list('authenticationContextClassReferences') },
}

const path = '/identity/conditionalAccess/authenticationContextClassReferences'

/** Authentication contexts: `c1` to `c99`, what applications step up by (reference 6.4). */
export const authenticationContextEndpoints: readonly Endpoint[] = [
  ...reading(path, contexts, readConditionalAccess, contextOf),
  { method: 'POST', path, permissions: writeLocations, answer: licensed(create) },
  { method: 'PATCH', path: `${path}/{id}`, permissions: writeLocations, answer: licensed(change) },
  { method: 'DELETE', path: `${path}/{id}`, permissions: writeLocations, answer: remove },
]

function contextOf({ directory, names: { id = '' } }: Asked): AuthenticationContext {
  const context = directory.get('authenticationContextClassReferences', id)
  if (!context) throw notFound(`The authentication context '${id.slice(0, 120)}' was not found.`)

  return context
}

async function create(asked: Asked): Promise<Answer> {
  const { members } = readWritten(await asked.body(), authenticationContext)
  const id = wellFormed(String(members.id ?? ''))
  if (asked.directory.get('authenticationContextClassReferences', id)) throw badRequest(`The authentication context '${id}' is there already. PATCH changes it.`, [{ target: 'id', message: `"${id}" is taken.` }])
  await asked.directory.put('authenticationContextClassReferences', { ...members, id } as unknown as AuthenticationContext)

  return created(asked, id, entityBody(asked.directory.get('authenticationContextClassReferences', id)!, contexts, asked))
}

/** What is not there yet is made by the first change of it. */
async function change(asked: Asked): Promise<Answer> {
  const { members } = readWritten(await asked.body(), authenticationContext)
  const id = wellFormed(asked.names.id ?? '')
  const before = asked.directory.get('authenticationContextClassReferences', id)
  await asked.directory.put('authenticationContextClassReferences', { ...before, ...members, id } as AuthenticationContext)

  return changed(asked, () => entityBody(contextOf(asked), contexts, asked))
}

async function remove(asked: Asked): Promise<Answer> {
  await asked.directory.remove('authenticationContextClassReferences', contextOf(asked).id)

  return {}
}

function wellFormed(id: string): string {
  if (!/^c[1-9]\d?$/i.test(id)) throw badRequest(`'${id.slice(0, 60)}' is no authentication context.`, [{ target: 'id', message: 'an authentication context is one of c1 to c99.' }])

  return id.toLowerCase()
}

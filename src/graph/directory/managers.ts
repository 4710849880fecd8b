import type { Directory, User } from '../../directory/types.ts'
import { answerOne } from '../odata/collection.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { badProperty, noSuchObject } from '../protocol/refusal.ts'
import { ofUser, referredIn, userAskedOrMe } from './asking.ts'
import { objectType } from './object-type.ts'
import { readingObjects } from './objects-list.ts'
import { kindOf, userNamed } from './objects.ts'
import { ownProfile, readUsers, writeUsers } from './permissions.ts'

/** To whom somebody reports, and who reports to him. */
export const managerEndpoints: readonly Endpoint[] = [
  ...ofUser({ method: 'GET', suffix: '/manager', own: ownProfile, others: readUsers, answer: read }),
  ...ofUser({ method: 'PUT', suffix: '/manager/$ref', own: null, others: writeUsers, status: 204, answer: put }),
  ...ofUser({ method: 'DELETE', suffix: '/manager/$ref', own: null, others: writeUsers, answer: remove }),
  ...readingObjects((asked) => reportsOf(asked.tenant.directory, userAskedOrMe(asked)))
    .flatMap(({ suffix, answer }) => ofUser({ method: 'GET', suffix: `/directReports${suffix}`, own: ownProfile, others: readUsers, answer })),
]

/** A tenant file may name the manager as anybody names a user. */
function managerOf(directory: Directory, { manager }: User): User | undefined {
  return typeof manager === 'string' ? userNamed(directory, manager) : undefined
}

function reportsOf(directory: Directory, { id }: User): readonly User[] {
  return directory.list('users').filter((user) => typeof user.manager === 'string' && managerOf(directory, user)?.id === id)
}

function read(asked: Asked, user: User): Answer {
  const manager = managerOf(asked.tenant.directory, user)
  if (!manager) throw noSuchObject('manager')

  return answerOne(manager, { type: objectType, context: 'directoryObjects', isMixed: true }, asked)
}

async function put(asked: Asked, { id }: User): Promise<Answer> {
  const manager = await referredIn(asked)
  if (kindOf(manager) !== 'user' || manager.id === id) throw badProperty('@odata.id', 'A manager is another user.')
  await asked.directory.put('users', { ...asked.tenant.directory.get('users', id) as User, manager: manager.id })

  return {}
}

async function remove(asked: Asked, user: User): Promise<Answer> {
  await asked.directory.put('users', { ...user, manager: null })

  return {}
}

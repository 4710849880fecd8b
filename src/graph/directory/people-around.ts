import type { User } from '../../directory/types.ts'
import { answerOne } from '../odata/collection.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { badProperty, GraphRefusal, noSuchObject } from '../protocol/refusal.ts'
import { ofUser, referredIn, userAskedOrMe, userOf } from './asking.ts'
import { managerOf, ownedBy, reportsOf } from './manager-of.ts'
import { objectType } from './object-type.ts'
import { readingObjects } from './objects-list.ts'
import { kindOf } from './objects.ts'
import { ownProfile, readUsers, writeUsers } from './permissions.ts'

/** To whom somebody reports, who reports to him, and what he looks after. */
export const peopleAroundEndpoints: readonly Endpoint[] = [
  ...ofUser({ method: 'GET', suffix: '/manager', own: ownProfile, others: readUsers, answer: read }),
  ...ofUser({ method: 'PUT', suffix: '/manager/$ref', own: null, others: writeUsers, status: 204, answer: put }),
  ...ofUser({ method: 'DELETE', suffix: '/manager/$ref', own: null, others: writeUsers, answer: remove }),
  ...readingObjects((asked) => reportsOf(asked.tenant.directory, userAskedOrMe(asked)))
    .flatMap(({ suffix, answer }) => ofUser({ method: 'GET', suffix: `/directReports${suffix}`, own: ownProfile, others: readUsers, answer })),
  ...readingObjects((asked) => ownedBy(asked.tenant.directory, userAskedOrMe(asked)))
    .flatMap(({ suffix, answer }) => ofUser({ method: 'GET', suffix: `/ownedObjects${suffix}`, own: ownProfile, others: readUsers, answer })),
  ...['/photo', '/photo/$value'].flatMap((suffix) => ofUser({ method: 'GET', suffix, own: ownProfile, others: readUsers, answer: noPhoto })),
]

function read(asked: Asked, user: User): Answer {
  const manager = managerOf(asked.tenant.directory, user)
  if (!manager) throw noSuchObject('manager')

  return answerOne(manager, { type: objectType, context: 'directoryObjects', isMixed: true }, asked)
}

async function put(asked: Asked, { id }: User): Promise<Answer> {
  const manager = await referredIn(asked)
  if (kindOf(manager) !== 'user' || manager.id === id) throw badProperty('@odata.id', 'A manager is another user.')
  await asked.directory.put('users', { ...userOf(asked, id), manager: manager.id })

  return {}
}

async function remove(asked: Asked, user: User): Promise<Answer> {
  await asked.directory.put('users', { ...user, manager: null })

  return {}
}

/** Nobody has a picture here, which applications are used to. */
function noPhoto(): never {
  throw new GraphRefusal(404, 'ImageNotFound', 'The photo wasn\'t found.')
}

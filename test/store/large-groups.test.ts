import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { completeGroup, completeUser } from '../../src/directory/index.ts'
import { openDirectories } from '../../src/store/directories.ts'
import { contoso } from '../support/contoso.ts'
import { emptyFolder } from '../support/folder.ts'

const contosoData = await contoso()
const users = Array.from({ length: 5000 }, (_, n) => completeUser(contosoData.id, { id: `user-${n}`, userPrincipalName: `user${n}@contoso.example` }))
const crowd = completeGroup(contosoData.id, { displayName: 'Crowd', members: users.slice(1).map(({ id }) => id) })
const seed = [{ ...contosoData, users: [...contosoData.users, ...users], groups: [...contosoData.groups, crowd] }]

test('one more in a large group costs one more in the journal, and is there after a restart', async () => {
  const folder = await emptyFolder()
  const store = await openDirectories({ folder, seed })
  const [directory] = store.list()
  await directory?.put('groups', { ...crowd, members: [...crowd.members, 'user-0'] })
  await directory?.put('groups', { ...crowd, members: [...crowd.members.slice(1), 'user-0'] })
  const journal = (await readdir(folder)).find((name) => name.endsWith('.journal')) ?? ''
  expect((await readFile(join(folder, journal), 'utf8')).length).toBeLessThan(2000)
  const before = directory?.snapshot()
  await store.close()

  const again = await openDirectories({ folder, seed: [] })
  expect(again.list()[0]?.snapshot()).toEqual(before)
  await again.close()
})

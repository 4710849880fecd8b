import { appendFile, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { completeUser, DirectoryRefusal } from '../../src/directory/index.ts'
import type { Directory, TenantData, User } from '../../src/directory/types.ts'
import { openDirectories, type DirectoryStore } from '../../src/store/directories.ts'
import { contoso } from '../support/contoso.ts'
import { emptyFolder } from '../support/folder.ts'

const seed = [await contoso()]
const tenantId = 'c0ffee00-0000-4000-8000-000000000001'

describe('a store with a data folder', () => {
  test('starts from the seed', async () => {
    const store = await open(await emptyFolder())

    expect(first(store).named('users', 'alice')?.displayName).toBe('Alice Adams')
    await store.close()
  })

  test('still knows an acknowledged change when it is opened again', async () => {
    const folder = await emptyFolder()
    const store = await open(folder)
    await first(store).put('users', newcomer('zoe'))
    await first(store).patchSettings({ licence: 'P1', settings: { kmsiPromptEnabled: false } })
    await first(store).remove('users', first(store).named('users', 'bob')?.id ?? '')
    await store.close()
    const again = await open(folder)

    expect(first(again).named('users', 'zoe')?.displayName).toBe('zoe')
    expect(first(again).named('users', 'bob')).toBeUndefined()
    expect(first(again).named('groups', 'Sales')?.members).toHaveLength(2)
    expect(first(again).settings).toMatchObject({ licence: 'P1', settings: { kmsiPromptEnabled: false, hourlyPolicyCheck: false } })
    await again.close()
  })

  test('finds every change in the journal where no snapshot followed', async () => {
    const folder = await emptyFolder()
    const store = await open(folder)
    for (let n = 0; n < 20; n++) await first(store).put('users', newcomer(`zoe${n}`))
    const copy = await emptyFolder()
    for (const name of await readdir(folder)) if (name !== 'lock') await writeFile(join(copy, name), await readFile(join(folder, name)))
    const again = await open(copy)

    expect(usersOf(again)).toEqual(usersOf(store))
    await Promise.all([store.close(), again.close()])
  })

  test('writes many changes at once with few flushes, all of them durable', async () => {
    const folder = await emptyFolder()
    const store = await open(folder)
    await Promise.all(Array.from({ length: 500 }, (_, n) => first(store).put('users', newcomer(`zoe${n}`))))
    await store.close()
    const again = await open(folder)

    expect(usersOf(again)).toEqual(usersOf(store))
    await again.close()
  })

  test('keeps secrets from other users of the machine', async () => {
    const folder = await emptyFolder()
    const store = await open(folder)
    await first(store).put('users', newcomer('zoe'))
    await store.close()

    for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o077).toBe(0)
  })

  test('leaves no journal when it was closed in good order', async () => {
    const folder = await emptyFolder()
    const store = await open(folder)
    await first(store).put('users', newcomer('zoe'))
    await store.close()

    expect(await readdir(folder)).toEqual(['directory.json'])
  })

  test('writes nothing when nothing was changed, so that a changed seed still counts', async () => {
    const folder = await emptyFolder()
    await (await open(folder)).close()

    expect(await readdir(folder)).toEqual([])
  })

  test('keeps tenants that were made, and forgets those that were removed', async () => {
    const folder = await emptyFolder()
    const store = await open(folder)
    const fabrikam = store.create(another('fab00000-0000-4000-8000-000000000001'))
    await fabrikam.put('users', newcomer('zoe'))
    store.create(another('fab00000-0000-4000-8000-000000000002'))
    await store.remove('fab00000-0000-4000-8000-000000000002')
    await store.close()
    const again = await open(folder)

    expect(again.list().map(({ settings }) => settings.id)).toEqual([tenantId, 'fab00000-0000-4000-8000-000000000001'])
    expect(again.get('FAB00000-0000-4000-8000-000000000001')?.named('users', 'zoe')).toBeDefined()
    await again.close()
  })

  test('forgets a sandbox', async () => {
    const folder = await emptyFolder()
    const store = await open(folder)
    const sandbox = store.create(another('fab00000-0000-4000-8000-000000000001'), { isPersistent: false })
    await sandbox.put('users', newcomer('zoe'))
    await first(store).put('users', newcomer('yann'))
    await store.close()
    const again = await open(folder)

    expect(again.list()).toHaveLength(1)
    await again.close()
  })

  test('a tenant id is there once', async () => {
    const store = await open(null)

    expect(() => store.create(another(tenantId))).toThrow('There is a tenant with the id')
  })

  test('starts again from the seed when told to, and keeps aside what was there', async () => {
    const folder = await emptyFolder()
    const store = await open(folder)
    await first(store).put('users', newcomer('zoe'))
    await store.close()
    const again = await open(folder, true)

    expect(first(again).named('users', 'zoe')).toBeUndefined()
    expect(await readdir(join(folder, 'before-reset'))).toEqual(['directory.json'])
    await again.close()
  })

  test('is refused while another has the folder', async () => {
    const folder = await emptyFolder()
    const store = await open(folder)

    await expect(open(folder)).rejects.toThrow(/is in use by another Portcullis \(process \d+\)\. Stop that one, or give this one its own folder with --data\./)
    await store.close()
    await (await open(folder)).close()
  })

  test('is refused while another process has the folder', async () => {
    const folder = await emptyFolder()
    await writeFile(join(folder, 'lock'), JSON.stringify({ pid: process.ppid, started: null }))

    await expect(open(folder)).rejects.toThrow(`process ${process.ppid}`)
  })

  test.each([
    ['of a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, started: null })],
    ['of a process whose number another has now', JSON.stringify({ pid: process.ppid, started: 'another boot 1' })],
    ['that makes no sense', 'half a li'],
  ])('takes over a lock %s', async (_, lock) => {
    const folder = await emptyFolder()
    await writeFile(join(folder, 'lock'), lock)
    const store = await open(folder)

    expect(store.list()).toHaveLength(1)
    await store.close()
  })
})

describe('a data folder after a crash', () => {
  test.each([
    ['a torn last line', (journal: string) => truncateBy(journal, 5)],
    ['a last line of zeros', (journal: string) => appendFile(journal, Buffer.alloc(300))],
    ['half a line', (journal: string) => appendFile(journal, '1234abcd 900 {"sequence":4,"rec')],
  ])('loads with %s, which nobody was told was there', async (_, tear) => {
    const folder = await crashed(['zoe', 'yann', 'xara'])
    await tear(join(folder, 'directory.1.journal'))
    const store = await open(folder)

    expect(first(store).named('users', 'zoe')).toBeDefined()
    expect(first(store).named('users', 'yann')).toBeDefined()
    await first(store).put('users', newcomer('will'))
    const copy = await copyOf(folder)
    const again = await open(copy)

    expect(usersOf(again)).toEqual(usersOf(store))
    await Promise.all([store.close(), again.close()])
  })

  test('loads when the snapshot was written and the journal not yet taken away', async () => {
    const folder = await crashed(['zoe', 'yann'])
    const journal = await readFile(join(folder, 'directory.1.journal'))
    await (await open(folder)).close()
    const store = await open(folder)
    await first(store).remove('users', first(store).named('users', 'zoe')?.id ?? '')
    await store.close()
    await writeFile(join(folder, 'directory.1.journal'), journal)
    const again = await open(folder)

    expect(first(again).named('users', 'zoe')).toBeUndefined()
    await again.close()
  })

  test('loads when a new snapshot was only half written', async () => {
    const folder = await crashed(['zoe'])
    await writeFile(join(folder, 'directory.json.tmp'), '{"format":1,"ten')
    const store = await open(folder)

    expect(first(store).named('users', 'zoe')).toBeDefined()
    await store.close()
  })
})

describe('a damaged data folder is refused with one sentence, and left as it is', () => {
  const cases: Record<string, { damage: (folder: string) => Promise<unknown>; says: RegExp }> = {
    'a snapshot that is no JSON': {
      damage: (folder) => writeFile(join(folder, 'directory.json'), '{"format":1,'),
      says: /directory\.json cannot be read: .*JSON.* Nothing was changed\. Put back a good copy, or start with --reset/,
    },
    'a snapshot of a later version': {
      damage: (folder) => writeFile(join(folder, 'directory.json'), '{"format":2}'),
      says: /its format is 2, and this version knows 1/,
    },
    'a snapshot that is something else': {
      damage: (folder) => writeFile(join(folder, 'directory.json'), '{"format":1}'),
      says: /it is no snapshot of a directory/,
    },
    'a journal without its snapshot': {
      damage: (folder) => rm(join(folder, 'directory.json')),
      says: /directory\.json is missing, but the journal of its changes is there/,
    },
    'a journal with a bad line in the middle': {
      damage: async (folder) => {
        const path = join(folder, 'directory.1.journal')
        const text = await readFile(path, 'utf8')
        await writeFile(path, text.replace('zoe@', 'zzz@'))
      },
      says: /directory\.1\.journal is damaged: lines in the middle of it cannot be read/,
    },
    'a journal that lacks its beginning': {
      damage: async (folder) => {
        const path = join(folder, 'directory.1.journal')
        await writeFile(path, (await readFile(path, 'utf8')).split('\n').slice(2).join('\n'))
      },
      says: /lacks a part of its journal/,
    },
  }

  test.each(Object.entries(cases))('%s', async (_, { damage, says }) => {
    const folder = await crashed(['zoe', 'yann', 'xara'])
    await damage(folder)
    const before = await contentsOf(folder)

    await expect(open(folder)).rejects.toThrow(says)
    await expect(open(folder)).rejects.toThrow(DirectoryRefusal)
    expect(await contentsOf(folder)).toEqual(before)

    const reset = await open(folder, true)
    expect(first(reset).named('users', 'alice')).toBeDefined()
    await reset.close()
  })

  test('a folder that is a file', async () => {
    const path = join(await emptyFolder(), 'data')
    await writeFile(path, '')

    await expect(open(path)).rejects.toThrow(/data cannot be opened: /)
  })
})

describe('when the disk does not take a change', () => {
  test('it is refused and undone', async () => {
    const folder = await emptyFolder()
    await mkdir(join(folder, 'directory.json.tmp'))
    const store = await open(folder)
    const puts = await Promise.allSettled(['yann', 'xara'].map((name) => first(store).put('users', newcomer(name))))

    expect(puts.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(String((puts[0] as PromiseRejectedResult).reason)).toMatch(/The change could not be written to .* Nothing was changed\. Make room or give access, and try again\./)
    expect(usersOf(store)).toEqual(usersOf(await open(null)))
    await store.close()
  })

  test('it is taken once the disk takes it again', async () => {
    const folder = await emptyFolder()
    await mkdir(join(folder, 'directory.json.tmp'))
    const store = await open(folder)

    await expect(first(store).put('users', newcomer('zoe'))).rejects.toThrow('could not be written')
    await rm(join(folder, 'directory.json.tmp'), { recursive: true })
    await first(store).put('users', newcomer('yann'))
    await store.close()
    const again = await open(folder)

    expect(first(again).named('users', 'zoe')).toBeUndefined()
    expect(first(again).named('users', 'yann')).toBeDefined()
    await again.close()
  })
})

function open(folder: string | null, reset = false): Promise<DirectoryStore> {
  return openDirectories({ folder, seed, reset })
}

function first(store: DirectoryStore): Directory {
  const directory = store.get(tenantId)
  if (!directory) throw new Error('Contoso is not there')

  return directory
}

function usersOf(store: DirectoryStore): readonly string[] {
  return first(store).list('users').map(({ userPrincipalName }) => userPrincipalName)
}

function newcomer(name: string): User {
  return completeUser(tenantId, { userPrincipalName: `${name}@contoso.example` })
}

function another(id: string): TenantData {
  return { ...(seed[0] as TenantData), id }
}

/** A folder as a process leaves it that is killed after these users were acknowledged. */
async function crashed(names: readonly string[]): Promise<string> {
  const folder = await emptyFolder()
  const store = await open(folder)
  for (const name of names) await first(store).put('users', newcomer(name))
  const copy = await copyOf(folder)
  await store.close()

  return copy
}

async function copyOf(folder: string): Promise<string> {
  const copy = await emptyFolder()
  for (const name of await readdir(folder)) if (name !== 'lock') await writeFile(join(copy, name), await readFile(join(folder, name)))

  return copy
}

async function contentsOf(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder)

  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)))
}

async function truncateBy(path: string, bytes: number): Promise<void> {
  await truncate(path, (await stat(path)).size - bytes)
}

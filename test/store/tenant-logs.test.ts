import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDirectories } from '../../src/store/directories.ts'
import type { Shape } from '../../src/store/rows/shape.ts'
import { contoso } from '../support/contoso.ts'
import { emptyFolder } from '../support/folder.ts'

type Note = { readonly id: string; readonly at: number }
const notes: Shape<Note> = { name: 'notes', instantOf: ({ at }) => at, columns: {}, unique: { id: ({ id }) => id } }
const other = 'c0ffee00-0000-4000-8000-000000000002'

test('a tenant of the data folder has its logs there, each tenant its own, and they go with it', async () => {
  const folder = await emptyFolder()
  const seed = await contoso()
  const store = await openDirectories({ folder, seed: [seed] })
  store.create({ ...seed, id: other })
  const [own, its] = [store.rows(seed.id, notes), store.rows(other.toUpperCase(), notes)]
  own.append({ id: 'mine', at: 1 })
  its.append({ id: 'its', at: 1 })

  expect((await own.after(0, 10)).map(({ id }) => id)).toEqual(['mine'])
  expect(existsSync(join(folder, 'logs', other, 'notes.1.jsonl'))).toBe(true)
  await store.remove(other)
  expect(existsSync(join(folder, 'logs', other))).toBe(false)
  await store.close()
  const again = await openDirectories({ folder, seed: [seed] })
  expect(await again.rows(seed.id, notes).after(0, 10)).toEqual([{ id: 'mine', at: 1, sequence: 1 }])
  await again.close()
})

test('a sandbox, and a server without a folder, keep theirs in memory', async () => {
  const folder = await emptyFolder()
  const seed = await contoso()
  const [kept, ephemeral] = [await openDirectories({ folder, seed: [seed] }), await openDirectories({ folder: null, seed: [seed] })]
  kept.create({ ...seed, id: other }, { isPersistent: false })
  kept.rows(other, notes).append({ id: 'one', at: 1 })
  const log = ephemeral.rows(seed.id, notes)
  log.append({ id: 'two', at: 1 })

  expect(log.recent).toEqual([{ id: 'two', at: 1, sequence: 1 }])
  expect(existsSync(join(folder, 'logs'))).toBe(false)
  await kept.close()
  await ephemeral.close()
})

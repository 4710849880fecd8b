import { open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Low } from 'lowdb'
import type { TenantData } from '../directory/types.ts'
import { syncFolder } from './journal.ts'

/** Every tenant of a data folder as it was at one place in the journal. */
export type Snapshot = { readonly format: 1; readonly sequence: number; readonly tenants: readonly TenantData[] }

/** The snapshot of a data folder: lowdb, over a file that is whole at every moment. */
export type SnapshotFile = {
  /** Null when there is none yet. Throws when there is one that cannot be read. */
  read(): Promise<Snapshot | null>
  write(snapshot: Snapshot): Promise<void>
  /** Bytes last written or read. */
  readonly bytes: number
}

export function snapshotFile(path: string): SnapshotFile {
  let bytes = 0
  const low = new Low<Snapshot | null>({
    async read() {
      const text = await textOf(path)
      if (text === null) return null
      bytes = text.length

      return snapshotIn(text)
    },
    async write(snapshot) {
      const text = `${JSON.stringify(snapshot)}\n`
      await replaceFile(path, text)
      bytes = text.length
    },
  }, null)

  return {
    async read() {
      await low.read()

      return low.data
    },
    async write(snapshot) {
      low.data = snapshot
      await low.write()
      low.data = null
    },
    get bytes() {
      return bytes
    },
  }
}

function snapshotIn(text: string): Snapshot {
  const snapshot = JSON.parse(text) as Partial<Snapshot>
  if (snapshot.format !== 1) throw new Error(`its format is ${JSON.stringify(snapshot.format)}, and this version knows 1`)
  if (!Array.isArray(snapshot.tenants) || !Number.isInteger(snapshot.sequence)) throw new Error('it is no snapshot of a directory')

  return snapshot as Snapshot
}

/** Puts a text in the place of a file: after a crash the file is the old one or the new one, never half of either. */
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp`
  const file = await open(temporary, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, path)
  await syncFolder(dirname(path))
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

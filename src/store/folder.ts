import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DirectoryRefusal, withChanges } from '../directory/index.ts'
import type { Journaled as JournaledChange } from '../directory/journaled.ts'
import type { TenantData } from '../directory/types.ts'
import type { Keeper } from './directories.ts'
import { createJournal, journaled, type Journaled } from './journal.ts'
import { lockedFolder } from './lock.ts'
import { snapshotFile } from './snapshot.ts'

/** What a data folder's journal is made of. */
export type TenantRecord =
  | { readonly kind: 'change'; readonly tenant: string; readonly change: JournaledChange }
  | { readonly kind: 'create'; readonly data: TenantData }
  | { readonly kind: 'remove'; readonly tenant: string }

type FolderOptions = { readonly folder: string; readonly seed: readonly TenantData[]; readonly reset?: boolean }

/** How long after a change the snapshot is written: long enough that a burst of changes makes one. */
const snapshotDelay = 1000
/** Up to here writing everything costs little; above it the journal grows to half of that first. */
const smallSnapshot = 1_000_000

/**
 * A data folder, locked for this process: what it holds, and where changes are kept. A change is in the journal when it is
 * acknowledged; the snapshot follows when there is time. `current` is everything as it is now.
 */
export async function openFolder({ folder, seed, reset }: FolderOptions, current: () => readonly TenantData[]): Promise<Keeper> {
  await within(folder, 'cannot be opened', () => mkdir(folder, { recursive: true, mode: 0o700 }))
  const release = await lockedFolder(folder)
  try {
    if (reset) await setAside(folder)
    const snapshot = snapshotFile(join(folder, 'directory.json'))
    const kept = await keptIn(folder, snapshot)
    const journal = createJournal<TenantRecord>({
      folder,
      from: kept?.sequence ?? 0,
      isBaseDurable: kept !== null,
      write: (sequence) => snapshot.write({ format: 1, sequence, tenants: current() }),
    })
    const due = debounced(() => journal.snapshot().catch(() => {}))
    const isSnapshotDue = () => journal.bytes > 0 && (snapshot.bytes < smallSnapshot || journal.bytes > snapshot.bytes / 2)

    return {
      tenants: kept?.tenants ?? seed,
      async keep(record) {
        try {
          await journal.append(record)
        } catch (error) {
          throw notWritten(folder, error as Error)
        }
        if (isSnapshotDue()) due.soon()
      },
      async close() {
        due.cancel()
        await journal.idle()
        if (isSnapshotDue()) await journal.snapshot().catch(() => {})
        await journal.close()
        await release()
      },
    }
  } catch (error) {
    await release()
    throw error
  }
}

/** What the folder holds: its snapshot and every acknowledged change after it. Null when it is new. */
async function keptIn(folder: string, file: ReturnType<typeof snapshotFile>): Promise<{ tenants: readonly TenantData[]; sequence: number } | null> {
  const snapshot = await within(join(folder, 'directory.json'), 'cannot be read', () => file.read())
  const { records, damage } = await within(folder, 'cannot be read', () => journaled<TenantRecord>(folder))
  if (damage !== null) throw unreadable(damage, 'is damaged: lines in the middle of it cannot be read')
  const [first] = records
  if (snapshot === null) {
    if (first) throw unreadable(join(folder, 'directory.json'), 'is missing, but the journal of its changes is there')

    return null
  }
  const later = records.filter(({ sequence }) => sequence > snapshot.sequence)
  const isWhole = later.every(({ sequence }, index) => sequence === snapshot.sequence + index + 1)
  if (!isWhole) throw unreadable(folder, 'lacks a part of its journal')

  return { tenants: replayed(snapshot.tenants, later), sequence: later.at(-1)?.sequence ?? snapshot.sequence }
}

/** The tenants of a snapshot with the changes that came after it. */
function replayed(tenants: readonly TenantData[], later: readonly Journaled<TenantRecord>[]): readonly TenantData[] {
  const byId = new Map(tenants.map((data) => [data.id, { data, changes: [] as JournaledChange[] }]))
  for (const { record } of later) {
    if (record.kind === 'create') byId.set(record.data.id, { data: record.data, changes: [] })
    else if (record.kind === 'remove') byId.delete(record.tenant)
    else byId.get(record.tenant)?.changes.push(record.change)
  }

  return [...byId.values()].map(({ data, changes }) => (changes.length === 0 ? data : withChanges(data, changes)))
}

/** Moves what a folder holds into one beside it, in the place of what was there before. */
async function setAside(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name === 'logs' || /^directory(\.\d+)?\.(json|journal)(\.torn|\.tmp)?$/.test(name))
  if (names.length === 0) return
  const aside = join(folder, 'before-reset')
  await rm(aside, { recursive: true, force: true })
  await mkdir(aside, { mode: 0o700 })
  // The snapshot after the journal: a journal without it could not be read.
  for (const name of names.toSorted()) await rename(join(folder, name), join(aside, name))
}

function debounced(action: () => void): { soon(): void; cancel(): void } {
  let timer: NodeJS.Timeout | null = null

  return {
    soon() {
      timer ??= setTimeout(() => {
        timer = null
        action()
      }, snapshotDelay).unref()
    },
    cancel() {
      if (timer) clearTimeout(timer)
      timer = null
    },
  }
}

async function within<T>(path: string, trouble: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw unreadable(path, `${trouble}: ${(error as Error).message}`)
  }
}

function unreadable(path: string, why: string): DirectoryRefusal {
  const message = `${path} ${why}. Nothing was changed. Put back a good copy, or start with --reset to begin again from the seed (what is there is then kept in before-reset).`

  return new DirectoryRefusal('DataFolderUnreadable', 500, [{ path: '', message }])
}

function notWritten(folder: string, { message: why }: Error): DirectoryRefusal {
  const message = `The change could not be written to ${folder}: ${why}. Nothing was changed. Make room or give access, and try again.`

  return new DirectoryRefusal('DataFolderNotWritable', 503, [{ path: '', message }])
}

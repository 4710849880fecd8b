import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { realNow } from '../clock/clock.ts'
import { createDirectory, DirectoryRefusal } from '../directory/index.ts'
import type { Journaled } from '../directory/journaled.ts'
import type { Directory, TenantData } from '../directory/types.ts'
import { openFolder, type TenantRecord } from './folder.ts'
import { createFileRows } from './rows/files.ts'
import type { RowLog } from './rows/log.ts'
import { createMemoryRows } from './rows/memory.ts'
import type { Row, Shape } from './rows/shape.ts'

/** The directories of a process, by tenant. */
export type DirectoryStore = {
  /** In the order of the seed, then of creation. */
  list(): readonly Directory[]
  get(tenantId: string): Directory | undefined
  /** A tenant more. Kept in the data folder, unless it is said not to be: a sandbox ends with the process. */
  create(data: TenantData, options?: { readonly isPersistent?: boolean }): Directory
  remove(tenantId: string): Promise<void>
  /** A log of a tenant: in the data folder where the tenant is, else in memory. */
  rows<R extends Row>(tenantId: string, shape: Shape<R>): RowLog<R>
  /** Everything acknowledged stays on disk; the folder is free for another process. */
  close(): Promise<void>
}

export type StoreOptions = {
  /** Null keeps everything in memory. */
  readonly folder: string | null
  /** What a folder that has nothing yet starts from. */
  readonly seed: readonly TenantData[]
  /** Starts from the seed again. What was there is kept aside. */
  readonly reset?: boolean
}

/** Keeps what is written: nothing, or a data folder. */
export type Keeper = {
  readonly tenants: readonly TenantData[]
  /** Resolves when the record is on disk. */
  keep(record: TenantRecord): Promise<void>
  close(): Promise<void>
}

/** Opens the directories of a data folder, or of nothing but the seed. */
export async function openDirectories(options: StoreOptions): Promise<DirectoryStore> {
  const directories = new Map<string, { readonly directory: Directory; readonly isPersistent: boolean }>()
  let listed: readonly Directory[] | null = null
  const logs = new Map<string, RowLog<never>[]>()
  const logFolder = (tenantId: string) => (options.folder === null || !directories.get(tenantId)?.isPersistent ? null : join(options.folder, 'logs', tenantId))
  const persistent = () => [...directories.values()].flatMap(({ directory, isPersistent }) => (isPersistent ? [directory.snapshot()] : []))
  const keeper: Keeper = options.folder === null ? keepNothing(options.seed) : await openFolder({ ...options, folder: options.folder }, persistent)

  function add(data: TenantData, isPersistent: boolean): Directory {
    const keep = (change: Journaled) => keeper.keep({ kind: 'change', tenant: data.id, change })
    const directory = isPersistent ? createDirectory(data, keep) : createDirectory(data)
    directories.set(data.id.toLowerCase(), { directory, isPersistent })
    listed = null

    return directory
  }

  for (const data of keeper.tenants) add(data, true)

  return {
    list: () => (listed ??= [...directories.values()].map(({ directory }) => directory)),
    get: (tenantId) => directories.get(tenantId.toLowerCase())?.directory,
    create(data, { isPersistent = true } = {}) {
      if (directories.has(data.id.toLowerCase())) throw taken(data.id)
      const directory = add(data, isPersistent)
      if (isPersistent) keeper.keep({ kind: 'create', data }).catch(() => {})

      return directory
    },
    async remove(tenantId) {
      const found = directories.get(tenantId.toLowerCase())
      if (!found) return
      const logged = logFolder(found.directory.settings.id)
      directories.delete(tenantId.toLowerCase())
      listed = null
      if (!found.isPersistent) return
      try {
        await keeper.keep({ kind: 'remove', tenant: found.directory.settings.id })
      } catch (error) {
        directories.set(tenantId.toLowerCase(), found)
        listed = null
        throw error
      }
      await closeLogs(logs.get(tenantId.toLowerCase()) ?? [])
      logs.delete(tenantId.toLowerCase())
      if (logged !== null) await rm(logged, { recursive: true, force: true })
    },
    rows(tenantId, shape) {
      const id = tenantId.toLowerCase()
      const folder = logFolder(id)
      if (folder === null) return createMemoryRows(shape)
      const log = createFileRows(shape, { folder, realNow })
      logs.set(id, [...(logs.get(id) ?? []), log as RowLog<never>])

      return log
    },
    async close() {
      await closeLogs([...logs.values()].flat())
      await keeper.close()
    },
  }
}

async function closeLogs(logs: readonly RowLog<never>[]): Promise<void> {
  await Promise.all(logs.map((log) => log.close()))
}

function keepNothing(seed: readonly TenantData[]): Keeper {
  return { tenants: seed, keep: async () => {}, close: async () => {} }
}

function taken(id: string): DirectoryRefusal {
  const message = `There is a tenant with the id "${id}" already. Give the new one another id, or remove that one first.`

  return new DirectoryRefusal('TenantExists', 409, [{ path: 'id', message }])
}

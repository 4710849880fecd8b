import { open, readdir, readFile, rm, writeFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'

/** One line of the journal, with its place in the order of all changes ever made. */
export type Journaled<R> = { readonly sequence: number; readonly record: R }

/**
 * Changes in the order they were made, each on disk before it is acknowledged. Those that arrive while others are being
 * written go together: one flush for many.
 */
export type Journal<R> = {
  /** Resolves when the record is on disk. */
  append(record: R): Promise<void>
  /** The place of the latest record, on disk or on its way there. */
  readonly sequence: number
  /** Bytes since the last snapshot. */
  readonly bytes: number
  /**
   * Takes a snapshot between two flushes: what is appended from now on goes to a new file, and the old ones go when
   * `write` has made the snapshot durable.
   */
  snapshot(): Promise<void>
  /** When everything appended so far is on disk, or has failed. */
  idle(): Promise<void>
  close(): Promise<void>
}

type Waiting = { readonly line: string; resolve(): void; reject(error: Error): void }

/** A line: checksum, length, JSON. What a crash tore off is told from what was damaged later by where it stands. */
const lineOf = (journaled: unknown): string => {
  const json = JSON.stringify(journaled)

  return `${crc32(json).toString(16).padStart(8, '0')} ${Buffer.byteLength(json)} ${json}\n`
}

export type JournalOptions = {
  readonly folder: string
  /** The place of the latest record there is. */
  readonly from: number
  /** Whether what the journal starts from is on disk; otherwise a snapshot comes before the first append. */
  readonly isBaseDurable: boolean
  /** Makes everything durable that was said up to a place. What that is must be fixed when it is called, not later. */
  write(sequence: number): Promise<void>
}

/** A journal in a folder, going on where the last one ended. */
export function createJournal<R>({ folder, from, write, ...options }: JournalOptions): Journal<R> {
  let sequence = from
  let isBaseDurable = options.isBaseDurable
  let bytes = 0
  let queue: Waiting[] = []
  let file: FileHandle | null = null
  let snapshotsWanted: PromiseWithResolvers<void>[] = []
  let running: Promise<void> | null = null
  let isClosed = false

  /** Writes until nothing is left to write. Only one of these runs at a time. */
  async function run(): Promise<void> {
    while (queue.length > 0 || snapshotsWanted.length > 0) {
      if (!isBaseDurable || snapshotsWanted.length > 0) await renew()
      else await flush()
    }
  }

  function start(): Promise<void> {
    running ??= run().finally(() => {
      running = null
    })

    return running
  }

  /** The snapshot, then a new file: what was in the old ones is in the snapshot. */
  async function renew(): Promise<void> {
    const wanted = snapshotsWanted
    snapshotsWanted = []
    const upTo = sequence
    try {
      await write(upTo)
      await file?.close()
      file = null
      isBaseDurable = true
      bytes = 0
      await removeOlder(folder, upTo + 1)
      for (const { resolve } of wanted) resolve()
    } catch (error) {
      for (const { reject } of wanted) reject(error as Error)
      if (!isBaseDurable) fail(error as Error)
    }
  }

  async function flush(): Promise<void> {
    const batch = queue
    queue = []
    const text = batch.map(({ line }) => line).join('')
    try {
      file ??= await newFile(folder, sequence - batch.length + 1)
      await file.appendFile(text)
      await file.datasync()
      bytes += text.length
      for (const { resolve } of batch) resolve()
    } catch (error) {
      // What is in the file now is not known: nothing more is added to it, and a snapshot comes before the next append.
      queue = [...batch, ...queue]
      isBaseDurable = false
      await file?.close().catch(() => {})
      file = null
      fail(error as Error)
    }
  }

  /** Nobody who waits may think it is done: what comes later would stand on what is not there. */
  function fail(error: Error): void {
    const failed = queue
    queue = []
    for (const { reject } of failed) reject(error)
  }

  return {
    append(record) {
      if (isClosed) return Promise.reject(new Error('the journal is closed'))
      sequence++
      const line = lineOf({ sequence, record } satisfies Journaled<R>)

      return new Promise<void>((resolve, reject) => {
        queue.push({ line, resolve, reject })
        void start()
      })
    },
    get sequence() {
      return sequence
    },
    get bytes() {
      return bytes
    },
    snapshot() {
      const wanted = Promise.withResolvers<void>()
      snapshotsWanted.push(wanted)
      void start()

      return wanted.promise
    },
    idle: async () => void (await running),
    async close() {
      isClosed = true
      await running
      await file?.close()
      file = null
    },
  }
}

/** A file of the journal, empty: one that has this name holds nothing that was ever acknowledged. */
async function newFile(folder: string, first: number): Promise<FileHandle> {
  const file = await open(join(folder, nameOf(first)), 'w', 0o600)
  await syncFolder(folder)

  return file
}

/** What a folder's journal holds, in order. `damage` tells of a line that cannot be read with good ones after it. */
export async function journaled<R>(folder: string): Promise<{ readonly records: readonly Journaled<R>[]; readonly damage: string | null }> {
  const records: Journaled<R>[] = []
  for (const name of await journalFiles(folder)) {
    const path = join(folder, name)
    const { read, rest } = readLines<R>(await readFile(path))
    if (rest !== null && hasGoodLine(rest)) return { records, damage: path }
    // Torn off by a crash, so never acknowledged. It is kept aside, in case somebody wants to look at it.
    if (rest !== null && rest.length > 0) await writeFile(`${path}.torn`, rest, { mode: 0o600 })
    records.push(...read)
  }

  return { records, damage: null }
}

/** The journal files of a folder, oldest first. */
export async function journalFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder)

  return names.filter((name) => firstOf(name) !== null).toSorted((a, b) => (firstOf(a) ?? 0) - (firstOf(b) ?? 0))
}

/** Makes a change of the folder itself (a new name, a rename) durable, where the system can. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function nameOf(first: number): string {
  return `directory.${first}.journal`
}

function firstOf(name: string): number | null {
  const first = /^directory\.(\d+)\.journal$/.exec(name)?.[1]

  return first === undefined ? null : Number(first)
}

async function removeOlder(folder: string, first: number): Promise<void> {
  for (const name of await journalFiles(folder)) {
    if ((firstOf(name) ?? 0) < first) await rm(join(folder, name), { force: true })
  }
}

/** The lines that are whole, and what is left after the last of them; null when nothing is. */
function readLines<R>(content: Buffer): { read: readonly Journaled<R>[]; rest: Buffer | null } {
  const read: Journaled<R>[] = []
  let start = 0
  while (start < content.length) {
    const end = content.indexOf(0x0a, start)
    const value = end < 0 ? null : parsedLine<R>(content.subarray(start, end))
    if (value === null) return { read, rest: content.subarray(start) }
    read.push(value)
    start = end + 1
  }

  return { read, rest: null }
}

function parsedLine<R>(line: Buffer): Journaled<R> | null {
  const [, sum, length, json] = /^([\da-f]{8}) (\d+) (.*)$/s.exec(line.toString('utf8')) ?? []
  if (json === undefined || Buffer.byteLength(json) !== Number(length) || crc32(json) !== Number.parseInt(sum ?? '', 16)) return null

  return JSON.parse(json) as Journaled<R>
}

function hasGoodLine(rest: Buffer): boolean {
  for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a, end + 1)) {
    const next = rest.indexOf(0x0a, end + 1)
    if (next >= 0 && parsedLine(rest.subarray(end + 1, next)) !== null) return true
  }

  return false
}

import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DirectoryRefusal } from '../directory/index.ts'

/** Folders this process has open. */
const ours = new Set<string>()

/**
 * Takes a data folder for this process. Two processes writing one folder would undo each other's changes, so the second is
 * refused; what a killed process left behind is taken over. Gives back what releases it.
 */
export async function lockedFolder(folder: string): Promise<() => Promise<void>> {
  const path = resolve(folder)
  const file = join(path, 'lock')
  if (ours.has(path)) throw inUse(path, process.pid)
  ours.add(path)
  try {
    await take(file, path)
  } catch (error) {
    ours.delete(path)
    throw error
  }

  return async () => {
    await rm(file, { force: true })
    ours.delete(path)
  }
}

async function take(file: string, folder: string): Promise<void> {
  const mine = `${JSON.stringify({ pid: process.pid, started: await startOf(process.pid) })}\n`
  while (!(await isPlaced(file, mine))) await clear(file, folder)
}

/** Puts a lock where there is none, whole from its first moment: an empty one would look like one left behind. */
async function isPlaced(file: string, content: string): Promise<boolean> {
  const draft = `${file}.${randomUUID()}`
  await writeFile(draft, content, { mode: 0o600 })
  try {
    await link(draft, file)

    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    // A file system without hard links.
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') return await isWritten(file, content)
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

async function isWritten(file: string, content: string): Promise<boolean> {
  try {
    await writeFile(file, content, { flag: 'wx', mode: 0o600 })

    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Moves a lock out of the way whose holder is gone; refuses when the holder lives. */
async function clear(file: string, folder: string): Promise<void> {
  const found = await contentOf(file)
  if (found === null) return
  const pid = await livingHolder(found)
  if (pid !== null) throw inUse(folder, pid)

  // Somebody else may be doing the same: whoever moves it must find what was judged, or puts it back.
  const aside = `${file}.${randomUUID()}`
  try {
    await rename(file, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  const moved = await contentOf(aside)
  if (moved !== found) await rename(aside, file)
  else await rm(aside, { force: true })
}

/** The process that has a data folder open: its id; null = none, or one that is gone. */
export async function holderOf(folder: string): Promise<number | null> {
  const content = await contentOf(join(resolve(folder), 'lock'))
  if (content === null) return null

  return parsed(content).pid === process.pid && ours.has(resolve(folder)) ? process.pid : livingHolder(content)
}

/** The process that holds a lock, when it is alive and still the one that took it; process ids are used again. */
async function livingHolder(content: string): Promise<number | null> {
  const { pid, started } = parsed(content)
  if (pid === null || pid === process.pid || !isAlive(pid)) return null
  const start = await startOf(pid)

  return start !== null && started !== null && start !== started ? null : pid
}

function parsed(content: string): { pid: number | null; started: string | null } {
  try {
    const { pid, started } = JSON.parse(content) as { pid?: unknown; started?: unknown }

    return { pid: typeof pid === 'number' && Number.isInteger(pid) && pid > 0 ? pid : null, started: typeof started === 'string' ? started : null }
  } catch {
    return { pid: null, started: null }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)

    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** When a process started, where the system tells (Linux): boot, and ticks since. */
async function startOf(pid: number): Promise<string | null> {
  try {
    const [boot, stat] = await Promise.all([readFile('/proc/sys/kernel/random/boot_id', 'utf8'), readFile(`/proc/${pid}/stat`, 'utf8')])

    return `${boot.trim()} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`
  } catch {
    return null
  }
}

async function contentOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    return null
  }
}

function inUse(folder: string, pid: number): DirectoryRefusal {
  const message = `The data folder ${folder} is in use by another Portcullis (process ${pid}). Stop that one, or give this one its own folder with --data.`

  return new DirectoryRefusal('DataFolderInUse', 409, [{ path: '', message }])
}

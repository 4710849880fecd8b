import { access, constants, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { holderOf } from '../../store/lock.ts'
import { notOk, ok } from './findings.ts'
import type { Finding } from './findings.ts'

const leastNode = [22, 18] as const

/** Whether this Node can run what is published. */
export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isNew = major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1])

  return isNew ? ok('node', `Node ${version}`) : notOk('node', `Node ${version} is too old`, `Install Node ${leastNode.join('.')} or newer.`)
}

/** Whether the data folder can be written, and who has it open. */
export async function dataFinding(folder: string, isRunning: boolean): Promise<Finding> {
  const there = await stat(folder).catch(() => null)
  if (there && !there.isDirectory()) return notOk('data', `${folder} is a file`, 'Choose another folder with --data.')
  if (!await mayWrite(there ? folder : await nearestFolder(folder))) {
    return notOk('data', `${folder} cannot be written`, 'Give yourself access to it, or choose another with --data.')
  }
  if (!there) return ok('data', `${folder} is not there yet; the first start makes it`)

  const holder = await holderOf(folder)
  if (holder === null) return ok('data', `${folder} can be written, and no process has it open`)
  if (isRunning) return ok('data', `${folder} can be written; process ${holder} has it open`)

  return notOk('data', `Process ${holder} has ${folder} open, but nobody answers`, `It may listen elsewhere: give its address with --url. To start another, stop that one or give --data.`)
}

async function mayWrite(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK | constants.X_OK).then(() => true, () => false)
}

async function nearestFolder(path: string): Promise<string> {
  const parent = dirname(path)
  if (parent === path || await stat(parent).then((found) => found.isDirectory(), () => false)) return parent

  return nearestFolder(parent)
}

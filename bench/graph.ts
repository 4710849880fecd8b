/**
 * `npm run bench:graph`: what a page of Graph costs in a tenant of 100,000 users, and in one of 1,000,000 sign-ins, over HTTP,
 * 50 ms at most; and what the tenant takes up. Medians of alternating rounds, after a first one that makes the indexes.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { startPortcullis } from '../src/index.ts'
import type { PortcullisOptions } from '../src/index.ts'
import { createKeys } from '../src/keys/keys.ts'
import { folderWithSignIns, measuredSignIns } from './graph-sign-ins.ts'
import { crowded, measuredUsers } from './graph-users.ts'
import type { Measured } from './graph-users.ts'
import { printTable } from './table.ts'
import { isWithin } from './timed.ts'

const users = 100_000
const signIns = 1_000_000
const most = 50
const keys = await createKeys()
const started = (options: PortcullisOptions) => startPortcullis({ port: 0, httpsPort: null, keys, graphPermissions: 'off', ...options })
const areAllFast = [await ofUsers(), await ofSignIns()]
process.exitCode = areAllFast.every(Boolean) ? 0 : 1

async function ofUsers(): Promise<boolean> {
  const mock = await started({ seed: await crowded(users) })
  try {
    const before = megabytes()
    const measured = await measuredUsers(mock, 9, 30)
    console.log(`Node ${process.version}; ${users.toLocaleString('en')} users; ${before} MB before, ${megabytes()} MB after\n`)
    printTaken(measured)

    return measured.every((taken) => isWithin(taken, most))
  } finally {
    await mock.stop()
  }
}

async function ofSignIns(): Promise<boolean> {
  const data = await mkdtemp(join(tmpdir(), 'portcullis-bench-'))
  try {
    const appended = await folderWithSignIns(data, signIns)
    const begin = performance.now()
    const mock = await started({ data })
    const ready = performance.now() - begin
    try {
      const before = megabytes()
      const { opening, pages } = await measuredSignIns(mock, 9, 30)
      console.log(`\n${signIns.toLocaleString('en')} sign-ins, appended at ${Math.round(appended).toLocaleString('en')} a second; ready after ${ready.toFixed(0)} ms, the first question opens the log in ${opening.milliseconds.toFixed(0)} ms (busy ${opening.busy.toFixed(0)}); ${before} MB before, ${megabytes()} MB after\n`)
      printTaken(pages)

      return pages.every((taken) => isWithin(taken, most))
    } finally {
      await mock.stop()
    }
  } finally {
    await rm(data, { recursive: true, force: true })
  }
}

function printTaken(measured: readonly Measured[]): void {
  printTable(['', 'milliseconds', 'busy', 'at most'], measured.map(({ what, milliseconds, busy }) => [what, milliseconds.toFixed(1), busy.toFixed(1), String(most)]))
}

/** What is held, once everything that can go is gone. */
function megabytes(): number {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
  const { heapUsed, arrayBuffers } = process.memoryUsage()

  return Math.round((heapUsed + arrayBuffers) / 1_000_000)
}

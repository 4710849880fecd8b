/**
 * `npm run bench:graph`: what a page of Graph costs in a tenant of 100,000 users, over HTTP, 50 ms at most; and what the tenant
 * takes up. Medians of alternating rounds, after a first one that makes the indexes.
 */
import { startPortcullis } from '../src/index.ts'
import { createKeys } from '../src/keys/keys.ts'
import { crowded, measuredUsers } from './graph-users.ts'
import { printTable } from './table.ts'

const users = 100_000
const most = 50
const mock = await startPortcullis({ port: 0, httpsPort: null, keys: await createKeys(), graphPermissions: 'off', seed: await crowded(users) })
const megabytes = () => Math.round(process.memoryUsage().heapUsed / 1_000_000)
try {
  const before = megabytes()
  const measured = await measuredUsers(mock, 9, 30)
  console.log(`Node ${process.version}; ${users.toLocaleString('en')} users; heap ${before} MB before, ${megabytes()} MB after\n`)
  printTable(['', 'milliseconds', 'at most'], measured.map(({ what, milliseconds }) => [what, milliseconds.toFixed(1), String(most)]))
  process.exitCode = measured.every(({ milliseconds }) => milliseconds < most) ? 0 : 1
} finally {
  await mock.stop()
}

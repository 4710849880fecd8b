/**
 * `node bench/in-process.ts`: what a test waits for. From the call of `startPortcullis()`, modules loaded, to the first token
 * (150 ms at most), and for a tenant of its own (5 ms at most). Keys are there from before, as in a data folder.
 */
import { startPortcullis } from '../src/index.ts'
import { createKeys } from '../src/keys/keys.ts'
import { median, printTable } from './table.ts'

const rounds = 15
const sandboxes = 300
const keys = await createKeys()
const options = { port: 0, httpsPort: null, keys }

const toFirstToken: number[] = []
const perSandbox: number[] = []
for (let round = 0; round < rounds; round += 1) {
  const begin = performance.now()
  const mock = await startPortcullis(options)
  const { tokens } = await mock.signIn({ client: 'Nightly Job' })
  // The first round loads the modules and does not count.
  if (tokens?.access_token && round > 0) toFirstToken.push(performance.now() - begin)

  const before = performance.now()
  for (let made = 0; made < sandboxes; made += 1) await (await mock.sandbox()).delete()
  perSandbox.push((performance.now() - before) / sandboxes)
  await mock.stop()
}

console.log(`Node ${process.version}; medians of ${rounds - 1} starts\n`)
printTable(['', 'milliseconds', 'at most'], [
  ['startPortcullis() to the first token', median(toFirstToken).toFixed(1), '150'],
  ['a sandbox, made and deleted', median(perSandbox).toFixed(2), '5'],
])
process.exitCode = median(toFirstToken) < 150 && median(perSandbox) < 5 ? 0 : 1

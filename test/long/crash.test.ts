import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import { fileURLToPath } from 'node:url'
import { openDirectories } from '../../src/store/directories.ts'
import { contoso } from '../support/contoso.ts'
import { emptyFolder } from '../support/folder.ts'

const rounds = Number(process.env.PORTCULLIS_CRASHES ?? 30)
const child = fileURLToPath(new URL('crash-child.ts', import.meta.url))

test(`a process killed at any moment loses no acknowledged change (${rounds} times, one folder)`, async () => {
  const folder = await emptyFolder()
  const seed = [await contoso()]
  const acknowledged = new Map<string, boolean>()

  for (let round = 0; round < rounds; round++) {
    // Long enough now and then for a snapshot to be under way.
    const told = await killed(folder, round, round % 5 === 0 ? 1000 + Math.random() * 200 : Math.random() * 300)
    for (const line of told) acknowledged.set(line.slice(1), line.startsWith('+'))
    const store = await openDirectories({ folder, seed })
    const [directory] = store.list()
    const names = new Set(directory?.list('users').map(({ userPrincipalName }) => userPrincipalName.split('@')[0]))
    // A change that was on its way when the process died may be there or not; of those acknowledged every one is.
    const inFlight = new Set([0, 1, 2, 3].flatMap((writer) => told.filter((line) => line.startsWith(`+user-${round}-${writer}-`)).slice(-1)).map((line) => line.slice(1)))
    const wrong = [...acknowledged].filter(([name, isThere]) => !inFlight.has(name) && names.has(name) !== isThere)
    expect(wrong).toEqual([])
    for (const name of inFlight) acknowledged.set(name, names.has(name))
    await store.close()
  }

  expect(acknowledged.size).toBeGreaterThan(rounds)
})

/** Runs the writer, kills it, and gives what it said had been acknowledged. */
function killed(folder: string, round: number, after: number): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const writer = spawn(process.execPath, [child, folder, String(round)], { stdio: ['ignore', 'pipe', 'pipe'] })
    let told = ''
    let complaint = ''
    writer.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (told === '') setTimeout(() => writer.kill('SIGKILL'), after)
      told += text
    })
    writer.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
    writer.on('error', reject)
    writer.on('close', (code) => {
      if (code !== null) reject(new Error(`the writer ended by itself: ${complaint}`))
      else resolve(told.split('\n').slice(0, -1).filter((line) => line !== 'ready'))
    })
  })
}

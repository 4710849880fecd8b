import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { emptyFolder } from '../support/folder.ts'

const child = fileURLToPath(new URL('crash-child.ts', import.meta.url))

test('of processes that start on one folder at once, one gets it and the others are told who has it', async () => {
  for (let round = 0; round < 5; round++) {
    const folder = await emptyFolder()
    await writeFile(join(folder, 'lock'), JSON.stringify({ pid: 2 ** 22 + 1, started: null }))
    const writers = Array.from({ length: 4 }, () => spawn(process.execPath, [child, folder, '0'], { stdio: ['ignore', 'pipe', 'pipe'] }))
    const answers = await Promise.all(writers.map(answerOf))
    for (const writer of writers) writer.kill('SIGKILL')

    expect(answers.filter((answer) => answer === 'ready')).toHaveLength(1)
    expect(answers.filter((answer) => /is in use by another Portcullis \(process \d+\)/.test(answer))).toHaveLength(3)
  }
})

/** What a process says that opens the folder: `ready`, or why it does not. */
function answerOf(writer: ChildProcessByStdio<null, Readable, Readable>): Promise<string> {
  return new Promise((resolve, reject) => {
    let complaint = ''
    writer.stdout.setEncoding('utf8').once('data', () => resolve('ready')).resume()
    writer.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
    writer.on('error', reject)
    writer.on('close', () => resolve(complaint))
  })
}

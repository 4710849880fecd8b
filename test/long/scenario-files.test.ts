import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runCommandLine } from '../../src/cli/index.ts'
import { createTerminal } from '../cli/world.ts'

/** What `npm start` runs. */
const quickly = fileURLToPath(new URL('../../bin/portcullis.js', import.meta.url))
const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const tellCost = 'data:text/javascript,process.on("exit",()=>process.stderr.write(JSON.stringify(process.cpuUsage())))'
const people = ['alice', 'bob', 'dave', 'breakglass']
const outcomeIn = { alice: 'blocked', bob: 'blocked', dave: 'interrupted', breakglass: 'granted' } as Record<string, string>

/** A thousand cases of six lines each; one of them expects what is not so. */
function thousandCases(wrong: number | null): string {
  const one = (index: number) => {
    const who = people[index % people.length]!
    const outcome = index === wrong ? 'failed' : outcomeIn[who]

    return `  - name: Case ${index}\n    user: ${who}\n    app: Sales Hub\n    from: 203.0.113.${index % 250}\n    on: iOS\n    outcome: ${outcome}\n`
  }

  return `cases:\n${Array.from({ length: 1000 }, (_, index) => one(index)).join('')}`
}

test('a thousand cases answer in under a second, and the one that is wrong is named by its line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'scenario-files-'))
  try {
    writeFileSync(join(folder, 'right.yaml'), thousandCases(null))
    writeFileSync(join(folder, 'wrong.yaml'), thousandCases(700))
    const ran = async (file: string) => {
      const { world, printed } = createTerminal({ workingFolder: folder })
      // What it costs, not how long it waits for others on this machine.
      const before = process.cpuUsage()
      const code = await runCommandLine(['test', file], world)
      const spent = process.cpuUsage(before)

      return { code, printed: printed.join('\n'), milliseconds: spent.user / 1000 + spent.system / 1000 }
    }
    await ran('right.yaml')

    const runs = [await ran('right.yaml'), await ran('right.yaml'), await ran('right.yaml')]
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0])
    expect(Math.min(...runs.map(({ milliseconds }) => milliseconds))).toBeLessThan(1000)

    const { code, printed } = await ran('wrong.yaml')
    expect(code).toBe(1)
    expect(printed.match(/wrong\.yaml:\d+: .*/g)).toEqual([`wrong.yaml:${1 + 700 * 6 + 6}: outcome: expected failed, got blocked (AADSTS53003)`])

    // The whole process too, from its start: it says itself what it has cost.
    const cold = [1, 2, 3].map(() => {
      const { status, stderr } = spawnSync(process.execPath, ['--import', tellCost, quickly, 'test', 'right.yaml'], { cwd: folder, encoding: 'utf8' })
      const { user, system } = JSON.parse(stderr) as NodeJS.CpuUsage

      return { status, milliseconds: (user + system) / 1000 }
    })
    console.log(`a thousand cases, process start included: ${Math.min(...cold.map(({ milliseconds }) => milliseconds)).toFixed(0)} ms at best of three`)
    expect(cold.map(({ status }) => status)).toEqual([0, 0, 0])
    expect(Math.min(...cold.map(({ milliseconds }) => milliseconds))).toBeLessThan(1000)

    const command = spawnSync(process.execPath, [main, 'test', 'wrong.yaml'], { cwd: folder, encoding: 'utf8' })
    expect({ status: command.status, last: command.stdout.trimEnd().split('\n').at(-1) }).toEqual({ status: 1, last: '1000 cases, 1 not as expected' })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** A copy of the source in which the types know of something new, and what the compiler then says, file by file. */
const newcomers: Record<string, { in: string; at: string; say: string; missedIn: readonly string[] }> = {
  'a condition': {
    in: 'policy.ts', at: 'export type ConditionSet = {', say: 'languages: readonly string[]',
    missedIn: ['directory/file/schema-policy.ts', 'policy/conditions/index.ts', 'policy/graph.ts', 'policy/validate/normalise.ts', 'policy/validate/policy-shape.ts'],
  },
  'a grant control': {
    in: 'policy.ts', at: 'export type BuiltInControl =', say: "| 'verifiedID'",
    missedIn: ['directory/file/schema-policy.ts', 'policy/grant-controls/index.ts', 'policy/validate/policy-shape.ts', 'sign-in/log-policies.ts'],
  },
  'a session control': {
    in: 'policy.ts', at: 'export type SessionControls = {', say: 'watermark: boolean | null',
    missedIn: ['directory/file/schema-policy.ts', 'policy/graph.ts', 'policy/session-controls/index.ts', 'policy/validate/normalise.ts', 'policy/validate/policy-shape.ts', 'sign-in/log-policies.ts'],
  },
  'a way of asking': {
    in: 'decision.ts', at: 'export type ChallengeKind =', say: "| 'credential'",
    missedIn: ['policy/codes.ts', 'policy/obstacles.ts'],
  },
}

const root = join(import.meta.dirname, '..', '..')
let folder = ''
let told: readonly string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-every-member-'))
  await Promise.all(['src', 'data', 'tsconfig.json', 'package.json'].map((name) => cp(join(root, name), join(folder, name), { recursive: true })))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const { in: name, at, say } of Object.values(newcomers)) {
    const file = join(folder, 'src/policy', name)
    const text = await readFile(file, 'utf8')
    if (!text.includes(at)) throw new Error(`There is no "${at}" in ${name}.`)
    await writeFile(file, text.replace(at, `${at} ${say}\n`))
  }
  told = await compile()
}, 120_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the compiler names every table that lacks', () => {
  test.for(Object.entries(newcomers))('%s', ([, { say, missedIn }]) => {
    const [newcomer] = /[a-zA-Z]{2,}/.exec(say)!
    const files = told.filter((line) => line.includes(newcomer)).map((line) => /^src\/([^(]+)/.exec(line)?.[1] ?? line)

    expect([...new Set(files)].toSorted()).toEqual(expect.arrayContaining([...missedIn]))
  })
})

async function compile(): Promise<readonly string[]> {
  const { promise, resolve } = Promise.withResolvers<string>()
  execFile(join(root, 'node_modules/.bin/tsc'), ['--noEmit', '-p', folder], { cwd: folder, maxBuffer: 10_000_000 }, (_error, stdout) => resolve(stdout))

  return (await promise).split('\n').filter((line) => line.includes('error TS'))
}

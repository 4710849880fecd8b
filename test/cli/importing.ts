import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { runCommandLine } from '../../src/cli/index.ts'
import { loadTenantFile } from '../../src/directory/index.ts'
import { createTerminal } from './world.ts'

export type Json = Record<string, unknown>
export type Report = {
  tenant: Record<string, number>
  unresolved: { noun: string; name: string; nearest: string | null; namedBy: string[]; advice: string }[]
  leftOut: { from: string; what: string; why: string[]; isHarmless?: true }[]
  skipped: { from: string; what: string }[]
  ignoredFiles: string[]
  notes: string[]
}

/** A folder for each test of a file, what is written into it, and what is typed there. */
export function useImports() {
  const holder = { folder: '' }
  beforeEach(async () => void (holder.folder = await mkdtemp(join(tmpdir(), 'import-test-'))))
  afterEach(() => rm(holder.folder, { recursive: true }))

  async function write(files: Record<string, unknown>): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(holder.folder, name)), { recursive: true })
      await writeFile(join(holder.folder, name), typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content))
    }
  }

  async function typed(...words: string[]) {
    const { world, printed, complaints } = createTerminal({ workingFolder: holder.folder })
    const code = await runCommandLine(words, world)

    return { code, printed: printed.join('\n'), complaints: complaints.join('\n') }
  }

  /** Imports a folder `in`, and says what became of it and what the tenant file holds. */
  async function imported(files: Record<string, unknown>, ...flags: string[]) {
    await write(Object.fromEntries(Object.entries(files).map(([name, content]) => [`in/${name}`, content])))
    const { code, printed, complaints } = await typed('import', 'in', '--out', 'tenant.json', '--json', ...flags)
    const report = JSON.parse(printed) as Report
    const text = await readFile(join(holder.folder, 'tenant.json'), 'utf8').catch(() => null)
    const data = text === null ? null : (await loadTenantFile(text, 'tenant.json')).tenants[0]!

    return { code, complaints, report, data, text }
  }

  return {
    get folder() {
      return holder.folder
    },
    write, typed, imported,
  }
}

export type Imported = Awaited<ReturnType<ReturnType<typeof useImports>['imported']>>

export const groupId = '6c96716b-b32b-40b8-9009-49748bb6fcd5'
export const policy = (changes: Json = {}): Json => ({
  displayName: 'MFA for everybody',
  state: 'enabled',
  conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] }, clientAppTypes: ['all'] },
  grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  ...changes,
})
export const about = (users: Json, changes: Json = {}) => policy({ ...changes, conditions: { users, applications: { includeApplications: ['All'] } } })
export const from = (locations: Json) => policy({ conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] }, locations } })

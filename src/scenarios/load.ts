import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DirectoryRefusal, problemText } from '../directory/index.ts'
import { packageFolder } from '../package.ts'
import { shown } from './problem.ts'
import type { Problem } from './problem.ts'
import { readScenarios } from './read.ts'
import type { LineProblem } from './read.ts'
import { casesOf } from './said.ts'
import type { SaidCase } from './said.ts'
import { signalsOfPlace, staged } from './stage.ts'
import type { Case } from './stage.ts'
import { stagesOf } from './tenant.ts'
import type { Changes } from './tenant.ts'

/** A scenario file, ready to run; or everything that is wrong with it. */
export type LoadedScenarios = { readonly cases: readonly Case[]; readonly problems: readonly LineProblem[]; lineOf(path: Problem['path']): number }

/** The tenant file that is asked where none is named. */
export const shippedTenant = fileURLToPath(new URL('data/contoso.json', packageFolder))
const nowhere = () => 1

/**
 * Reads a scenario file and the tenant it is told of. `tenant` outranks the file's own: so the same cases are asked of
 * another tenant.
 */
export async function loadScenarios(text: string, file: string, tenant: string | null = null): Promise<LoadedScenarios> {
  const reading = readScenarios(text)
  if (!reading.written) return { cases: [], problems: reading.problems, lineOf: nowhere }
  const { written: { file: scenarios, lineOf }, problems } = reading
  const found: Problem[] = [...problems]
  const report = (problem: Problem) => void found.push(problem)
  const ends = (cases: readonly Case[]): LoadedScenarios => ({
    cases,
    lineOf,
    problems: distinct(found.map(({ path, message }) => ({ line: lineOf(path), message: messageAt(path, message) }))),
  })
  // What is not of a scenario's form cannot be looked up.
  if (problems.length > 0) return ends([])

  for (const [name, place] of Object.entries(scenarios.places ?? {})) {
    if (signalsOfPlace(place) === null) report({ path: ['places', name], message: `${shown(place)} is neither an IP address nor signals such as {country: FR}.` })
  }
  const said = casesOf(scenarios, report)
  const name = tenant ?? (scenarios.tenant === undefined ? shippedTenant : resolve(dirname(file), scenarios.tenant))
  const tenantText = await readFile(name, 'utf8').catch((error: NodeJS.ErrnoException) => {
    report({ path: ['tenant'], message: error.code === 'ENOENT' ? `There is no ${name}.` : `${name} cannot be read: ${error.message}.` })

    return null
  })
  if (tenantText === null || found.length > 0) return ends([])

  const stageOf = stagesOf(tenantText, name)
  const refused = new Set<string>()
  const cases: Case[] = []
  for (const one of said) {
    const stage = await stageFor(one).catch((error: unknown) => {
      if (!(error instanceof DirectoryRefusal)) throw error
      for (const problem of error.problems) refuse(one, problemText(problem))

      return null
    })
    const ready = stage && staged(one, stage, scenarios.places, report)
    if (ready) cases.push(ready)
  }

  return ends(cases)

  function stageFor({ members: { changes } }: SaidCase) {
    return stageOf([scenarios.changes ?? [], (changes?.value as Changes | undefined) ?? []].flat() as Changes[])
  }

  /** The tenant's own mistakes are told once, not by each case. */
  function refuse({ members: { changes } }: SaidCase, message: string) {
    const path = changes?.path ?? (scenarios.changes ? ['changes'] : ['tenant'])
    const key = `${path.join('.')} ${message}`
    if (!refused.has(key)) report({ path, message: `The tenant does not load: ${message}` })
    refused.add(key)
  }
}

function messageAt(path: Problem['path'], message: string): string {
  const member = path.findLast((key) => typeof key === 'string' && key !== 'cases' && key !== 'rows' && key !== 'then')

  return member === undefined || message.includes(`"${member}"`) ? message : `${member}: ${message}`
}

function distinct(problems: readonly LineProblem[]): readonly LineProblem[] {
  return [...new Map(problems.map((problem) => [`${problem.line} ${problem.message}`, problem])).values()].toSorted((one, other) => one.line - other.line)
}

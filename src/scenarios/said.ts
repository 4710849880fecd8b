import * as v from 'valibot'
import { problemOf } from './problem.ts'
import type { Path, Problem } from './problem.ts'
import { caseEntries, expectationEntries } from './schema.ts'
import type { ScenarioFile } from './schema.ts'

/** What a case or a step says, member by member, and where it says it. */
export type Said = { readonly path: Path; readonly members: Readonly<Record<string, { readonly value: unknown; readonly path: Path }>> }

export type SaidCase = Said & { readonly name: string; readonly steps: readonly Said[] }

/** Every case of a file, those of its tables included, with `expect` spelled out into its members. */
export function casesOf(file: ScenarioFile, report: (problem: Problem) => void): readonly SaidCase[] {
  return file.cases.flatMap((written, index) => {
    const path = ['cases', index]
    const { table, then = [], ...rest } = written
    const own = saidBy(rest, path, report)
    const steps = then.map((step, at) => saidBy(step, [...path, 'then', at], report))
    const name = written.name ?? `Case ${index + 1}`
    if (!table) return [{ ...own, name, steps }]

    return table.rows.map((row, at): SaidCase => {
      const rowPath = [...path, 'table', 'rows', at]
      if (row.length > table.columns.length) report({ path: rowPath, message: `The row has ${row.length} cells, but there are ${table.columns.length} columns.` })
      const cells = table.columns.flatMap((column, position) => (row[position] === null || row[position] === undefined ? [] : [[column, row[position], [...rowPath, position]] as const]))
      for (const [column, value, cellPath] of cells) {
        for (const issue of v.safeParse(caseEntries[column], value).issues ?? []) report(problemOf(issue, cellPath, () => []))
      }
      const told = saidBy(Object.fromEntries(cells), rowPath, report, (member) => cells.find(([column]) => column === member)?.[2])
      const label = cells.filter(([column]) => !(column in expectationEntries) && column !== 'expect').map(([, value]) => (typeof value === 'string' ? value : JSON.stringify(value))).join(', ')

      return { path: rowPath, name: typeof told.members.name?.value === 'string' ? told.members.name.value : `${name}: ${label}`, members: { ...own.members, ...told.members }, steps }
    })
  })
}

function saidBy(
  written: Readonly<Record<string, unknown>>,
  path: Path,
  report: (problem: Problem) => void,
  placeOf: (member: string) => Path | undefined = () => undefined,
): Said {
  const { expect, ...direct } = written
  const members: Record<string, { value: unknown; path: Path }> = {}
  for (const [name, value] of Object.entries(direct)) if (value !== undefined) members[name] = { value, path: placeOf(name) ?? [...path, name] }
  for (const [name, value] of Object.entries((expect ?? {}) as Record<string, unknown>)) {
    const at = [...(placeOf('expect') ?? [...path, 'expect']), name]
    if (name in members) report({ path: at, message: `"${name}" is said twice: in \`expect\` and beside it. Leave one out.` })
    members[name] = { value, path: at }
  }

  return { path, members }
}

export const expectationNames = Object.keys(expectationEntries)

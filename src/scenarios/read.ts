import * as v from 'valibot'
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml'
import type { Document } from 'yaml'
import { problemOf } from './problem.ts'
import type { Path, Problem } from './problem.ts'
import { caseEntries, expectationEntries, scenarioFileSchema, stepEntries } from './schema.ts'
import type { ScenarioFile } from './schema.ts'

/** A scenario file as it was written: what it says, and in which line. */
export type Written = { readonly file: ScenarioFile; lineOf(path: Path): number }

export type Reading = { readonly written: Written; readonly problems: readonly Problem[] } | { readonly written: null; readonly problems: readonly LineProblem[] }
export type LineProblem = { readonly line: number; readonly message: string }

/** Reads the text of a scenario file. What is not YAML is told by line; what is, is held against the schema. */
export function readScenarios(text: string): Reading {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false })
  if (document.errors.length > 0) {
    return { written: null, problems: document.errors.map(({ pos, code, message }) => ({
      line: counter.linePos(pos[0]).line,
      message: code === 'MULTIPLE_DOCS' ? 'A second document begins here. Write one document, all cases in one list.' : `This is not YAML: ${message.replace(/\.$/, '')}.`,
    })) }
  }
  let file: unknown
  try {
    file = document.toJS({ maxAliasCount: 1000 })
  } catch (error) {
    return { written: null, problems: [{ line: 1, message: `This is not YAML: ${(error as Error).message}.` }] }
  }
  if (file === null) return { written: null, problems: [{ line: 1, message: 'The file is empty. Write `cases:` and a list under it.' }] }
  if (!isMap(document.contents)) return { written: null, problems: [{ line: 1, message: 'The file is not an object. Write `cases:` and the list under it.' }] }

  const { issues = [] } = v.safeParse(scenarioFileSchema, file)

  return {
    written: { file: file as ScenarioFile, lineOf: (path) => counter.linePos(offsetOf(document, path)).line || 1 },
    problems: issues.map((issue) => problemOf(issue, [], membersAt)),
  }
}

/** Where a value begins, or the key it belongs to; what was never written is where it would have been. */
function offsetOf(document: Document.Parsed, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const holder = document.getIn(path.slice(0, length - 1), true)
    const last = path[length - 1]
    const pair = isMap(holder) ? holder.items.find(({ key }) => (isScalar(key) ? key.value : key) === last) : undefined
    const node = (pair?.key ?? document.getIn(path.slice(0, length), true)) as { range?: readonly number[] } | undefined
    if (node?.range?.[0] !== undefined) return node.range[0]
  }

  return 0
}

function membersAt(path: Path): readonly string[] {
  const last = path.at(-1)
  if (path.length === 0) return Object.keys(scenarioFileSchema.entries)
  if (last === 'expect') return Object.keys(expectationEntries)
  if (last === 'table') return ['columns', 'rows']
  if (last === 'risk') return ['signIn', 'user', 'servicePrincipal', 'insider']
  if (last === 'session') return ['signInFrequency', 'persistentBrowser', 'continuousAccessEvaluation', 'idTokenLifetime']

  return path.at(-2) === 'then' ? Object.keys(stepEntries) : [...Object.keys(caseEntries), 'table']
}

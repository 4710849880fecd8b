import type { Failure, Told } from './told.ts'

/** A file and how its cases went. */
export type FileReport = { readonly file: string; readonly told: readonly Told[] }
type Reporter = (reports: readonly FileReport[], options: { readonly isColoured: boolean }) => readonly string[]

/** How a run is written down: for a person, for a CI server, for GitHub's annotations. */
export const reporters: Readonly<Record<string, Reporter>> = { spec, junit, github }

function spec(reports: readonly FileReport[], { isColoured }: { readonly isColoured: boolean }): string[] {
  const paint = (code: number, text: string) => (isColoured ? `\u001B[${code}m${text}\u001B[0m` : text)

  return [
    ...reports.flatMap(({ file, told }) => [
      file,
      ...told.flatMap(({ name, failures }) => (failures.length === 0
        ? [`  ${paint(32, '✓')} ${name}`]
        : [`  ${paint(31, `✗ ${name}`)}`, ...failures.flatMap((failure) => [
            `      ${file}:${failure.line}: ${sentence(failure)}`,
            ...failure.why.map((line) => paint(2, `        ${line}`)),
          ])])),
      '',
    ]),
    summary(reports),
  ]
}

/** JUnit's XML, as CI servers read it: nothing that the schema of Jenkins does not know, which others are no stricter than. */
function junit(reports: readonly FileReport[]): string[] {
  const suites = reports.map(({ file, told }) => {
    const cases = told.flatMap(({ name, failures, seconds }) => {
      const head = `    <testcase name="${xml(name)}" classname="${xml(file)}" time="${seconds.toFixed(3)}"`
      if (failures.length === 0) return [`${head}/>`]

      // One element each would be read as several failures of one case, which most servers do not show.
      return [`${head}>`, `      <failure message="${xml(failures.map(sentence).join('; '))}" type="expectation">${xml(failures.map((failure) => explained(file, failure)).join('\n'))}</failure>`, '    </testcase>']
    })

    return [`  <testsuite name="${xml(file)}" file="${xml(file)}" skipped="0" ${counts(told)}>`, ...cases, '  </testsuite>']
  })

  return ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites name="portcullis" ${counts(reports.flatMap(({ told }) => told))}>`, ...suites.flat(), '</testsuites>']
}

/** Workflow commands: GitHub shows each beside the line it names. */
function github(reports: readonly FileReport[]): string[] {
  const annotations = reports.flatMap(({ file, told }) => told.flatMap(({ name, failures }) => failures.map((failure) =>
    `::error file=${property(file)},line=${failure.line},title=${property(name)}::${data([sentence(failure), ...failure.why].join('\n'))}`)))

  return [...annotations, summary(reports)]
}

const sentence = ({ member, wanted, got }: Failure) => `${member}: expected ${wanted}, got ${got}`
const explained = (file: string, failure: Failure) => [`${file}:${failure.line}: ${sentence(failure)}`, ...failure.why.map((line) => `  ${line}`)].join('\n')

function summary(reports: readonly FileReport[]): string {
  const all = reports.flatMap(({ told }) => told)
  const failed = all.filter(({ failures }) => failures.length > 0).length

  return failed === 0 ? `${all.length} ${all.length === 1 ? 'case' : 'cases'}, all as expected` : `${all.length} ${all.length === 1 ? 'case' : 'cases'}, ${failed} not as expected`
}

function counts(told: readonly Told[]): string {
  const failures = told.filter((one) => one.failures.length > 0).length
  const seconds = told.reduce((sum, one) => sum + one.seconds, 0)

  return `tests="${told.length}" failures="${failures}" errors="0" time="${seconds.toFixed(3)}"`
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;', '\t': '&#9;', '\r': '&#13;' }

/** Text for XML 1.0, in which most control characters and lone surrogates may not be at all. */
function xml(text: string): string {
  return text.toWellFormed().replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD').replace(/[&<>"\n\t\r]/g, (character) => entities[character] ?? character)
}

const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

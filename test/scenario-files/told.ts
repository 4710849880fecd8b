import { loadScenarios, reporters, tell } from '../../src/scenarios/index.ts'

/** Runs a text as a scenario file, and says what a terminal would show. */
export async function told(text: string, reporter = 'spec') {
  const scenarios = await loadScenarios(text, '/home/alice/story.yaml')
  const results = await tell(scenarios)
  const written = reporters[reporter]!([{ file: 'story.yaml', told: results }], { isColoured: false })

  return {
    problems: scenarios.problems.map(({ line, message }) => `${line}: ${message}`),
    names: results.map(({ name }) => name),
    failures: results.flatMap(({ failures }) => failures.map(({ line, member, wanted, got }) => `${line}: ${member}: expected ${wanted}, got ${got}`)),
    why: results.flatMap(({ failures }) => failures.flatMap(({ why }) => why)),
    written: written.join('\n'),
  }
}

/** Cases without the word above them. */
export const cases = (text: string) => `cases:\n${text.replace(/^\n/, '')}`

// Adds up what vitest counted and prints the closing line. A run that broke before it could count is one failure.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder, ...runs] = process.argv.slice(2)
const counts = runs.map(countsOf)
const sum = (key) => counts.reduce((total, count) => total + count[key], 0)
const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map(sum)

console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = failed > 0 ? 1 : 0

function countsOf(run) {
  const exitCode = Number(readFileSync(join(folder, `${run}.exit`), 'utf8'))
  const { numPassedTests: passed = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0 } = reportOf(run)
  // A type error, a file that does not load and an unhandled rejection fail a run without failing a test.
  const failed = exitCode === 0 ? numFailedTests : Math.max(1, numFailedTests)

  return { passed, failed, skipped: numPendingTests + numTodoTests }
}

function reportOf(run) {
  try {
    return JSON.parse(readFileSync(join(folder, `${run}.json`), 'utf8'))
  } catch {
    return {}
  }
}

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

type Run = { readonly exit: number; readonly passed?: number; readonly failed?: number; readonly pending?: number }

/** What the script says of some runs of vitest; a run without counts broke before it could count. */
function summaryOf(...runs: readonly Run[]) {
  const folder = mkdtempSync(join(tmpdir(), 'summary-test-'))
  try {
    for (const [index, { exit, passed, failed = 0, pending = 0 }] of runs.entries()) {
      writeFileSync(join(folder, `${index}.exit`), `${exit}\n`)
      if (passed === undefined) continue
      writeFileSync(join(folder, `${index}.json`), JSON.stringify({ numPassedTests: passed, numFailedTests: failed, numPendingTests: pending, numTodoTests: 0 }))
    }
    const { stdout, status } = spawnSync(process.execPath, ['.ci/summary.mjs', folder, ...runs.keys().map(String)], { encoding: 'utf8' })

    return { line: stdout, status }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const cases: Record<string, { runs: Run[]; line: string; status: number }> = {
  'runs are added up': { runs: [{ exit: 0, passed: 700 }, { exit: 0, passed: 9 }], line: '709 passed, 0 failed\n', status: 0 },
  'a failed test fails the whole': { runs: [{ exit: 1, passed: 699, failed: 1 }, { exit: 0, passed: 9 }], line: '708 passed, 1 failed\n', status: 1 },
  'skipped tests are told': { runs: [{ exit: 0, passed: 5, pending: 2 }, { exit: 0, passed: 1 }], line: '6 passed, 0 failed, 2 skipped\n', status: 0 },
  'what a machine without Debian\'s packages skips is told': { runs: [{ exit: 0, passed: 5 }, { exit: 0, passed: 0, pending: 6 }], line: '5 passed, 0 failed, 6 skipped\n', status: 0 },
  'a type error is one failure': { runs: [{ exit: 2 }, { exit: 0, passed: 9 }], line: '9 passed, 1 failed\n', status: 1 },
  'a file that does not load is one failure': { runs: [{ exit: 1, passed: 5 }, { exit: 0, passed: 9 }], line: '14 passed, 1 failed\n', status: 1 },
}

for (const [fact, { runs, line, status }] of Object.entries(cases)) {
  test(fact, () => expect(summaryOf(...runs)).toEqual({ line, status }))
}

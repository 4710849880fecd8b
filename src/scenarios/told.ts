import { realNow } from '../clock/clock.ts'
import type { Verdict } from '../sign-in/attempt.ts'
import { hasApplied, responsibleFor } from './expectations.ts'
import { run } from './run.ts'
import type { Took } from './run.ts'
import type { LoadedScenarios } from './load.ts'

/** How one case went. */
export type Told = { readonly name: string; readonly line: number; readonly failures: readonly Failure[]; readonly seconds: number }

/** An expectation that was not met, and why the tenant says what it says. */
export type Failure = { readonly line: number; readonly member: string; readonly wanted: string; readonly got: string; readonly why: readonly string[] }

/** Tells every case of a file. */
export async function tell({ cases, lineOf }: LoadedScenarios): Promise<readonly Told[]> {
  const told: Told[] = []
  for (const scenario of cases) {
    const begun = realNow()
    const taken = await run(scenario)
    const failures = taken.flatMap((took) => failuresOf(took, lineOf))
    told.push({ name: scenario.name, line: lineOf(scenario.path), failures, seconds: (realNow() - begun) / 1000 })
  }

  return told
}

function failuresOf({ step, verdict, idTokenSeconds, impossible }: Took, lineOf: LoadedScenarios['lineOf']): readonly Failure[] {
  if (impossible !== undefined) return [{ line: lineOf(step.path), member: 'do', wanted: step.do, got: impossible, why: [] }]
  const unmet = step.expectations.filter((check) => !check.isMet({ verdict, idTokenSeconds }))
  const named = new Set(step.expectations.flatMap(({ policyIds = [] }) => policyIds))

  return unmet.map((check, index) => ({
    line: lineOf(check.path),
    member: check.member,
    wanted: check.wanted,
    got: check.got({ verdict, idTokenSeconds }),
    // The decision is one for the whole step: it is explained once.
    why: index === 0 ? reasonsOf(verdict, named) : [],
  }))
}

const mostReasons = 20

/**
 * What each policy that matters had to say: those that applied and those that the case names; where none applied, all that
 * could have. Those that decided come first, for whoever reads no further.
 */
function reasonsOf(verdict: Verdict, named: ReadonlySet<string>): readonly string[] {
  const { decision } = verdict
  if (!decision) return [verdict.refusal ? `Conditional Access was not asked: AADSTS${verdict.refusal.code} comes before it.` : 'Conditional Access was not asked.']
  const all = [...decision.policies, decision.securityDefaults, decision.perUserMfa].filter((standing) => standing !== null)
  const decided = new Set(verdict.decision?.blocked?.policyIds ?? responsibleFor(verdict))
  const isLenient = verdict.outcome === 'granted'
  const telling = all.filter(({ id, state }) => named.has(id) || hasApplied(verdict, id) || (isLenient && state === 'enabled'))
    .toSorted((one, other) => Number(decided.has(other.id)) - Number(decided.has(one.id)))
  const first = telling.slice(0, mostReasons).map(({ displayName, result, reason }) => `${result}: ${reason.includes(displayName) ? reason : `"${displayName}": ${reason}`}`)

  return [...first, ...(telling.length > mostReasons ? [`and ${telling.length - mostReasons} more policies.`] : []), ...decision.notes]
}

import { has } from './bits.ts'
import type { CompiledPolicy } from './compile.ts'
import type { Want } from './demand.ts'
import { sessionControls } from './session-controls/index.ts'
import type { Ruling } from './ruling.ts'
import type { Applied } from './standing.ts'

/**
 * One sentence for a person: whether the policy applied and why, what it wanted, and what is missing. Null stands for a
 * policy that does not apply.
 */
export function reasonFor(ruling: Ruling, compiled: CompiledPolicy, position: number, applied: Applied | null): string {
  const { policy } = compiled
  const name = `"${policy.displayName}"`
  if (applied === null) return `${name} does not apply: ${hindrance(ruling, compiled, position)}.`
  const isReported = policy.state !== 'enabled'
  const subject = isReported ? `${name} (report-only)` : name
  const because = factOf(ruling, compiled.telling, position)

  return `${subject} ${predicate(compiled, applied, because, isReported)}.`
}

function predicate(compiled: CompiledPolicy, { state, isFrequencyPassed }: Applied, because: string, isReported: boolean): string {
  const { demand } = compiled
  const [refusal] = state.asks.flatMap(({ judgement }) => (judgement.kind === 'impossible' ? judgement : []))
  if (demand.wants.some(({ isUnconditional }) => isUnconditional)) return `${isReported ? 'would block' : 'blocks'}: ${because}`
  if (refusal) return `${isReported ? 'would refuse' : 'refuses'}: it wants ${wanted(compiled)}, and ${refusal.because}`
  if (!state.isMet) return `${isReported ? 'would ask' : 'asks'} for ${wanted(compiled)}: ${because}`
  if (isFrequencyPassed) return `${isReported ? 'would ask' : 'asks'} the user to sign in again: the last authentication is more than ${periodOf(compiled)} old`
  if (demand.wants.length > 0) return `is satisfied: it wants ${wanted(compiled)}, which the sign-in has`
  const settings = compiled.sessionControls.map((control) => sessionControls[control as keyof typeof sessionControls].words)

  return settings.length > 0 ? `applies and sets ${settings.join(' and ')}: ${because}` : `applies and wants nothing: ${because}`
}

function wanted({ demand: { wants, operator } }: CompiledPolicy): string {
  return wants.map(({ control }: Want) => control.words).join(operator === 'AND' ? ' and ' : ' or ')
}

function periodOf({ demand: { frequency } }: CompiledPolicy): string {
  if (frequency === null || frequency.seconds === 'everyTime') return 'five minutes'
  const hours = frequency.seconds / 3_600
  const [count, unit] = hours % 24 === 0 ? [hours / 24, 'day'] : [hours, 'hour']

  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

/** The first condition that does not hold, as the service looks at them. */
function hindrance(ruling: Ruling, { configured }: CompiledPolicy, position: number): string {
  const failed = configured.find((index) => !has(ruling.findings[index]!.holds, position))

  return failed === undefined ? 'policies about user actions are not tried in report-only mode' : factOf(ruling, failed, position)
}

function factOf({ findings, signIn }: Ruling, index: number, position: number): string {
  const words = findings[index]?.explain(position).words ?? 'it covers everything'

  return typeof words === 'string' ? words : words(signIn)
}

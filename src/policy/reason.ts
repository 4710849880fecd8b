import type { Policy } from './policy.ts'
import type { Demand } from './demand.ts'

/**
 * The sentences in which a policy explains itself, begun when the tenant is compiled. Those that end in a colon are
 * finished with a fact of the sign-in: `"MFA outside" asks for multifactor authentication: 203.0.113.9 is in no trusted
 * location.`
 */
export type Sentences = {
  readonly disabled: string
  readonly dormant: string
  readonly untestable: string
  readonly doesNotApply: string
  readonly blocks: string
  readonly refuses: string
  readonly asks: string
  readonly asksAgain: string
  /** Ends by itself where the policy wants something; otherwise in a colon. */
  readonly isSatisfied: string
}

export function sentencesOf(policy: Policy, { wants, operator, frequency }: Demand, sets: readonly string[]): Sentences {
  const name = `"${policy.displayName}"`
  const isReported = policy.state === 'enabledForReportingButNotEnforced'
  const subject = isReported ? `${name} (report-only)` : name
  const wanted = wants.map(({ control }) => control.words).join(operator === 'AND' ? ' and ' : ' or ')
  const does = (now: string, otherwise: string) => `${subject} ${isReported ? `would ${otherwise}` : now}`

  return {
    disabled: `${name} is switched off.`,
    dormant: `${name} is dormant: the tenant has no Conditional Access licence.`,
    untestable: `${subject} does not apply: policies about user actions are not tried in report-only mode.`,
    doesNotApply: `${name} does not apply: `,
    blocks: `${does('blocks', 'block')}: `,
    refuses: `${does('refuses', 'refuse')}: it wants ${wanted}, and `,
    asks: `${does('asks', 'ask')} for ${wanted}: `,
    asksAgain: `${does('asks', 'ask')} the user to sign in again: the last authentication is more than ${frequency ? periodOf(frequency.seconds) : ''} old.`,
    isSatisfied:
      wants.length > 0 ? `${subject} is satisfied: it wants ${wanted}, which the sign-in has.` : `${subject} applies and ${sets.length > 0 ? `sets ${sets.join(' and ')}` : 'wants nothing'}: `,
  }
}

function periodOf(seconds: number | 'everyTime'): string {
  if (seconds === 'everyTime') return 'five minutes'
  const hours = seconds / 3_600
  const [count, unit] = hours % 24 === 0 ? [hours / 24, 'day'] : [hours, 'hour']

  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

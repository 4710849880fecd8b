import type { Decision, HeadlessAnswer, SignInEntry } from '../index.ts'

/** What a matcher may be asked about: how a sign-in without a browser ended, a row of the log, or a decision itself. */
export type Judged = HeadlessAnswer | SignInEntry | Decision

/** A sign-in as the matchers see it, wherever it was read. */
export type Judgement = {
  readonly outcome: string
  /** `53003 (BlockedByConditionalAccess)`, or only the number; null where nothing was refused. */
  readonly refusal: string | null
  readonly policies: readonly { readonly name: string; readonly id: string; readonly result: string; readonly reason: string; readonly controls: readonly string[] }[]
  readonly blockedBy: readonly string[]
  /** What is still owed: `mfa`, `register`, `reauthenticate`, … */
  readonly needs: readonly string[]
}

/** Throws where the value is no sign-in at all: that is the test's mistake, not an outcome. */
export function judgementOf(value: unknown): Judgement {
  if (!isObject(value)) throw new TypeError(`This is no sign-in but ${value === null ? 'null' : typeof value}. Give what signIn() answered, a row of signIns(), or a decision; was an await forgotten?`)
  if ('appliedConditionalAccessPolicies' in value) return ofRow(value as unknown as SignInEntry)
  if ('outcome' in value && 'why' in value) return ofAnswer(value as unknown as HeadlessAnswer)
  if ('outcome' in value && Array.isArray(value.policies)) return ofDecision(value as unknown as Decision)

  throw new TypeError(`This is no sign-in: it has ${Object.keys(value).slice(0, 6).join(', ') || 'no members'}. Give what signIn() answered (was an await forgotten?), a row of signIns(), or a decision.`)
}

/** Every policy's reason, those that decided first: what a failed expectation says. A note is read before them. */
export function explained({ outcome, refusal, policies, blockedBy }: Judgement, note = ''): string {
  const weightOf = ({ name, result }: { readonly name: string; readonly result: string }) => (blockedBy.includes(name) ? -1 : weights.includes(result) ? weights.indexOf(result) : weights.length)
  const rows = policies
    .toSorted((one, other) => weightOf(one) - weightOf(other))
    .map(({ name, result, reason }) => `  ${markOf(result)} ${name}: ${result}${reason === '' ? '' : `. ${reason}`}`)

  return [`It ${outcome === 'failed' ? 'failed' : `was ${outcome}`}${refusal === null ? '' : `, ${refusal.replace(/\.$/, '')}`}.${note === '' ? '' : ` ${note}`}`, ...(rows.length === 0 ? ['  No policy was asked: it ended before.'] : rows)].join('\n')
}

function ofAnswer({ outcome, error, why }: HeadlessAnswer): Judgement {
  const judged = why ? ofDecision(why) : { policies: [], blockedBy: [], needs: [] }

  return { ...judged, outcome, refusal: error ? numbered(error.code, error.message) : null }
}

function ofDecision({ outcome, policies, challenges, blocked, securityDefaults, perUserMfa }: Decision): Judgement {
  const standings = [...policies, securityDefaults, perUserMfa].filter((standing) => standing !== null)
  const nameOf = (id: string) => standings.find((standing) => standing.id === id)?.displayName ?? id

  return {
    outcome,
    refusal: null,
    policies: standings.map(({ id, displayName, result, reason, controlsOwed }) => ({ id, name: displayName, result, reason, controls: controlsOwed })),
    blockedBy: (blocked?.policyIds ?? []).map(nameOf),
    needs: challenges.map(({ kind }) => kind),
  }
}

type Applied = { readonly id: string; readonly displayName: string; readonly result: string; readonly enforcedGrantControls: readonly string[]; readonly conditionsNotSatisfied: string }

/** The log says what was decided, not each policy's sentence: the first unmet condition stands for it. */
function ofRow(row: SignInEntry): Judgement {
  const { errorCode = 0, failureReason } = row.status as { errorCode?: number; failureReason?: string | null }
  const failing = (row.appliedConditionalAccessPolicies as readonly Applied[]).filter(({ result }) => result === 'failure')
  const isBlock = ({ enforcedGrantControls }: Applied) => enforcedGrantControls.some((control) => /^block$/i.test(control))
  const isBlocked = blockingCodes.has(errorCode)

  return {
    outcome: errorCode === 0 ? 'granted' : isBlocked ? 'blocked' : row.conditionalAccessStatus === 'failure' || interruptingCodes.has(errorCode) ? 'interrupted' : 'failed',
    refusal: errorCode === 0 ? null : numbered(errorCode, failureReason ?? ''),
    policies: (row.appliedConditionalAccessPolicies as readonly Applied[]).map(({ id, displayName, result, enforcedGrantControls, conditionsNotSatisfied }) => ({
      id, name: displayName, result, controls: enforcedGrantControls,
      reason: conditionsNotSatisfied === 'none' ? (enforcedGrantControls.length > 0 ? `It wants ${enforcedGrantControls.join(', ')}.` : '') : `Its condition ${conditionsNotSatisfied} does not hold.`,
    })),
    blockedBy: isBlocked ? (failing.some(isBlock) ? failing.filter(isBlock) : failing).map(({ displayName }) => displayName) : [],
    needs: errorCode === 0 || isBlocked ? [] : [needOf[errorCode] ?? [], failing.flatMap(({ enforcedGrantControls }) => enforcedGrantControls.map((control) => control.toLowerCase()))].flat(),
  }
}

const blockingCodes = new Set([53000, 53001, 53002, 53003, 53004, 53009, 530032, 530034])
const needOf: Readonly<Record<number, string>> = {
  50055: 'passwordChange', 50072: 'register', 50074: 'mfa', 50076: 'mfa', 50079: 'register', 50158: 'custom', 50173: 'reauthenticate', 65001: 'consent', 70043: 'reauthenticate', 70044: 'reauthenticate',
}
const interruptingCodes = new Set(Object.keys(needOf).map(Number))

const weights = ['failure', 'reportOnlyFailure', 'reportOnlyInterrupted', 'success', 'reportOnlySuccess']
const markOf = (result: string) => (result === 'failure' ? '✗' : result === 'success' ? '✓' : '·')
/** With its number once, whether or not the message begins with it. */
const numbered = (code: number, message: string) => `AADSTS${code}: ${firstSentence(message.replace(/^AADSTS\d+: /, ''))}`
const firstSentence = (text: string) => (/^.*?[.!](?=\s|$)/s.exec(text)?.[0] ?? text).slice(0, 200)
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null

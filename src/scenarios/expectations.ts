import type { Verdict } from '../sign-in/attempt.ts'
import type { Decision, SignInFrequencyDecision } from '../policy/decision.ts'
import { lengthInWords } from './words.ts'
import { millisecondsOf } from './words.ts'

/** What came of a step: the verdict, and how long the ID token would live. */
export type Answer = { readonly verdict: Verdict; readonly idTokenSeconds: number }

/** One thing a step is held to. */
export type Check = {
  readonly wanted: string
  got(answer: Answer): string
  isMet(answer: Answer): boolean
  /** Policies that the failure must explain, whatever their part was. */
  readonly policyIds?: readonly string[]
}

/** What the reader of an expectation may ask: a policy by name, and the name of one. A name nobody knows is reported and undefined. */
export type Names = { policy(name: string, member: string): string | undefined; nameOf(id: string): string; complain(message: string): void }

/** One reader per expectation; what a value means is said here and nowhere else. */
export const checks: Readonly<Record<string, (value: never, names: Names) => readonly Check[]>> = {
  outcome: (wanted: string) => [{ wanted, got: ({ verdict }) => inWords(verdict), isMet: ({ verdict }) => verdict.outcome === wanted }],
  code(value: string | number) {
    const wanted = Number(String(value).replace(/^AADSTS/, ''))

    return [{ wanted: `AADSTS${wanted}`, got: ({ verdict }) => codeOf(verdict), isMet: ({ verdict }) => verdict.refusal?.code === wanted }]
  },
  by: (value: string | readonly string[], names) => policyChecks('by', value, names, (id) => ({
    wanted: names.nameOf(id),
    got: ({ verdict }) => listed(responsibleFor(verdict).map(names.nameOf), 'no policy'),
    isMet: ({ verdict }) => responsibleFor(verdict).includes(id),
    policyIds: [id],
  })),
  applied: (value: string | readonly string[], names) => policyChecks('applied', value, names, (id) => ({
    wanted: `${names.nameOf(id)} applies`,
    got: ({ verdict }) => resultOf(verdict, id),
    isMet: ({ verdict }) => hasApplied(verdict, id),
    policyIds: [id],
  })),
  notApplied: (value: string | readonly string[], names) => policyChecks('notApplied', value, names, (id) => ({
    wanted: `${names.nameOf(id)} does not apply`,
    got: ({ verdict }) => resultOf(verdict, id),
    isMet: ({ verdict }) => !hasApplied(verdict, id),
    policyIds: [id],
  })),
  results: (value: Readonly<Record<string, string>>, names) => Object.entries(value).flatMap(([name, wanted]) => policyChecks('results', name, names, (id) => ({
    wanted: `${names.nameOf(id)}: ${wanted}`,
    got: ({ verdict }) => resultOf(verdict, id),
    isMet: ({ verdict }) => resultOf(verdict, id) === wanted,
    policyIds: [id],
  }))),
  needs(value: string | readonly string[]) {
    const wanted = [value].flat()

    return [{
      wanted: listed(wanted, 'nothing'),
      got: ({ verdict }) => listed(needsOf(verdict), 'nothing'),
      isMet: ({ verdict }) => wanted.toSorted().join() === needsOf(verdict).toSorted().join(),
    }]
  },
  trusted: (wanted: boolean) => [{
    wanted: String(wanted),
    got: ({ verdict }) => String(verdict.decision?.location.isTrusted ?? 'not judged'),
    isMet: ({ verdict }) => verdict.decision?.location.isTrusted === wanted,
  }],
  session: (value: SessionWanted, { complain }) => sessionChecks(value, complain),
}

type SessionWanted = { readonly signInFrequency?: string | null; readonly persistentBrowser?: string | null; readonly continuousAccessEvaluation?: string | null; readonly idTokenLifetime?: string }

function sessionChecks(wanted: SessionWanted, complain: (message: string) => void): readonly Check[] {
  const { signInFrequency, idTokenLifetime } = wanted
  const found: Check[] = []
  const inSeconds = (text: string, more = '') => {
    const milliseconds = millisecondsOf(text)
    if (milliseconds === null) complain(`"${text}" is not a length of time. Write \`8 hours\`, \`90 minutes\`${more} or \`PT8H\`.`)

    return (milliseconds ?? 0) / 1000
  }
  if (signInFrequency !== undefined) {
    const seconds = signInFrequency === null ? null : signInFrequency === 'every time' ? 'everyTime' as const : inSeconds(signInFrequency, ', `every time`')
    found.push({
      wanted: `signInFrequency ${frequencyInWords(seconds)}`,
      got: ({ verdict }) => frequencyInWords(verdict.decision?.session.signInFrequency?.seconds ?? null),
      isMet: ({ verdict }) => (verdict.decision?.session.signInFrequency?.seconds ?? null) === seconds,
    })
  }
  for (const member of ['persistentBrowser', 'continuousAccessEvaluation'] as const) {
    if (wanted[member] === undefined) continue
    const gotOf = (decision: Decision | null) => decision?.session[member] ?? null
    found.push({ wanted: `${member} ${wanted[member]}`, got: ({ verdict }) => String(gotOf(verdict.decision)), isMet: ({ verdict }) => gotOf(verdict.decision) === wanted[member] })
  }
  if (idTokenLifetime !== undefined) {
    const seconds = inSeconds(idTokenLifetime)
    found.push({ wanted: `idTokenLifetime ${lengthInWords(seconds)}`, got: ({ idTokenSeconds }) => lengthInWords(idTokenSeconds), isMet: ({ idTokenSeconds }) => idTokenSeconds === seconds })
  }

  return found
}

function policyChecks(member: string, value: string | readonly string[], names: Names, make: (id: string) => Check): readonly Check[] {
  return [value].flat().flatMap((name) => {
    const id = names.policy(name, member)

    return id === undefined ? [] : [make(id)]
  })
}

/** The policies that block, or that ask for what is still owed. */
export function responsibleFor({ decision }: Verdict): readonly string[] {
  return [...new Set([...(decision?.blocked?.policyIds ?? []), ...(decision?.challenges ?? []).flatMap(({ policyIds }) => policyIds)])]
}

/** What the user still has to do. */
export function needsOf({ decision, next, outcome }: Verdict): readonly string[] {
  if (outcome !== 'interrupted') return []

  return decision ? decision.challenges.map(({ kind }) => kind) : next === null ? [] : [next]
}

function standingOf({ decision }: Verdict, id: string) {
  return [...(decision?.policies ?? []), decision?.securityDefaults, decision?.perUserMfa].find((standing) => standing?.id === id) ?? undefined
}

export function resultOf(verdict: Verdict, id: string): string {
  return standingOf(verdict, id)?.result ?? (verdict.decision ? 'notApplied' : 'not judged')
}

const applied: ReadonlySet<string> = new Set(['success', 'failure', 'reportOnlySuccess', 'reportOnlyFailure', 'reportOnlyInterrupted'])

export function hasApplied(verdict: Verdict, id: string): boolean {
  return applied.has(resultOf(verdict, id))
}

function inWords(verdict: Verdict): string {
  const needed = needsOf(verdict)

  return `${verdict.outcome}${verdict.refusal ? ` (${codeOf(verdict)})` : ''}${needed.length > 0 ? `, needs ${listed(needed, '')}` : ''}`
}

const codeOf = ({ refusal }: Verdict) => (refusal ? `AADSTS${refusal.code}` : 'no refusal')
const frequencyInWords = (seconds: SignInFrequencyDecision['seconds'] | null) => (seconds === null ? 'null' : seconds === 'everyTime' ? 'every time' : lengthInWords(seconds))
const listed = (words: readonly string[], none: string) => (words.length === 0 ? none : words.join(', '))

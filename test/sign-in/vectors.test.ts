import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../src/sign-in/attempt.ts'
import { checkPassword, findUser } from '../../src/sign-in/challenges/password.ts'
import { endOf, settled } from '../../src/sign-in/continuous-access.ts'
import { decide, failed } from '../../src/sign-in/decide.ts'
import { asTold, eventOf, readVectors } from '../policy/stage-vector.ts'
import type { Vector } from '../policy/stage-vector.ts'
import { stageAttempt } from './stage-attempt.ts'
import type { Staged } from './stage-attempt.ts'

const { directory, vectors } = readVectors()

/** Requests that nobody judges: an application whose session stands, a resource that is shown a token (reference 5.5). */
const unjudged = new Set(['applicationSession', 'bearer'])
const staged = vectors.filter(({ level, signIn }) => level !== 'whatIf' && signIn !== undefined)
const left = vectors.filter((vector) => !staged.includes(vector))

console.log(`vectors: ${staged.length} through the checks of a sign-in; ${left.length} are questions to What If, which is no sign-in: ${left.map(({ id }) => id).join(', ')}`)

describe('the reference vectors, by the checks of a sign-in and then the evaluator', () => {
  it.for(staged.map((vector) => [`${vector.id} ${vector.title}`, vector] as const))('%s', async ([, vector]) => {
    expect(asTold(await answerOf(vector), vector)).toEqual(vector.expect)
  })
})

async function answerOf(vector: Vector): Promise<Vector['expect']> {
  const event = eventOf(vector.signIn!)
  if (unjudged.has(event)) return { outcome: 'granted', policyResults: {}, conditionalAccessStatus: 'none', error: null }

  const stage = stageAttempt(vector, directory)
  if (event === 'bearerCae') return answerOfResource(stage)
  const verdict = await verdictOn(stage, vector.signIn?.user ?? null)

  return {
    outcome: verdict.outcome,
    ...challengeOf(verdict),
    error: verdict.refusal?.code ?? null,
    policyResults: Object.fromEntries((verdict.decision?.policies ?? []).map(({ id, result }) => [id, result])),
    conditionalAccessStatus: verdict.decision?.conditionalAccessStatus ?? 'notApplied',
  }
}

async function verdictOn({ attempt, tenant, password }: Staged, name: string | null): Promise<Verdict> {
  const found = name === null || attempt.user !== null || directory.users[name] ? null : findUser(tenant, name)
  if (found && 'refusal' in found) return failed(found.refusal)
  if (password !== null) {
    const answer = await checkPassword(tenant, attempt.user, password, attempt.observation)
    if ('refusal' in answer) return failed(answer.refusal)
  }

  return decide(attempt, tenant)
}

/** A resource that is told of changes at once is shown a token of a sign-in in the office, of before all that happened since (reference 6.1, 6.2). */
function answerOfResource({ attempt: { user, client, resources: [resource], scopes, session, observation }, tenant }: Staged): Vector['expect'] {
  const { userRiskLevel, country: _now, ...header } = observation.header
  const before = { ...observation, ipAddress: directory.ips['hq'] ?? observation.ipAddress, header }
  const token = { user: user!, client, resource: resource!, scopes, session: session!, observation: settled({ user, observation: before }, tenant), issuedAt: tenant.clock.now() - 60_000, watched: 'accountAndPlace' } as const
  tenant.signals.setUser(user!.id, { userRiskLevel: userRiskLevel ?? 'none' })

  return endOf(token, observation.ipAddress, tenant) === null
    ? { outcome: 'granted', policyResults: {}, conditionalAccessStatus: 'none', error: null }
    : { outcome: 'failed', policyResults: {}, conditionalAccessStatus: 'none', error: '401 insufficient_claims', challenge: 'claims' }
}

function challengeOf({ outcome, next, decision }: Verdict): { challenge?: string } {
  if (outcome !== 'interrupted') return {}
  const challenge = decision ? decision.challenges[0]?.kind : next === 'signIn' ? 'reauthenticate' : undefined

  return challenge === undefined ? {} : { challenge }
}

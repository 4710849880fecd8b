import { describe, expect, it } from 'vitest'
import { aadstsOf, compile, whatIf } from '../../src/policy/index.ts'
import { asTold, readVectors, stageVector, stageWhatIf } from './stage-vector.ts'

const { directory, vectors } = readVectors()
const ofLevel = (level: string) => vectors.filter((vector) => vector.level === level)

console.log(`vectors: ${ofLevel('policy').length} of level policy, ${ofLevel('whatIf').length} of level whatIf; ${ofLevel('session').length} of level session are left to the sign-in room`)

describe('the reference vectors, by the pure evaluator', () => {
  it.for(ofLevel('policy').map((vector) => [`${vector.id} ${vector.title}`, vector] as const))('%s', ([, vector]) => {
    const { source, signIn, event } = stageVector(vector, directory)
    const decision = compile(source).evaluate(signIn)

    expect(asTold({
      outcome: decision.outcome,
      challenge: decision.challenges[0]?.kind,
      error: aadstsOf(decision, event),
      policyResults: Object.fromEntries(decision.policies.map(({ id, result }) => [id, result])),
      conditionalAccessStatus: decision.conditionalAccessStatus,
    }, vector)).toEqual(vector.expect)
  })

  it.for(ofLevel('whatIf').map((vector) => [`${vector.id} ${vector.title}`, vector] as const))('%s', ([, vector]) => {
    const { source, question } = stageWhatIf(vector, directory)
    const results = whatIf(compile(source), question)

    expect(asTold({
      policyApplies: Object.fromEntries(results.map(({ policy, policyApplies }) => [policy.id, policyApplies])),
      analysisReasons: Object.fromEntries(results.map(({ policy, analysisReasons }) => [policy.id, analysisReasons])),
    }, vector)).toEqual(vector.expect)
  })
})

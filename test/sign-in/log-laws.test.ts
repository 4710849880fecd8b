import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Policy } from '../../src/policy/policy.ts'
import { decide } from '../../src/sign-in/decide.ts'
import { signInEntry } from '../../src/sign-in/log-entry.ts'
import { readVectors } from '../policy/stage-vector.ts'
import { stageAttempt } from './stage-attempt.ts'

/** One policy's part in a row, as the log writes it, and the policy where it is known. */
type Part = {
  readonly policy: Policy | null
  readonly satisfied: readonly string[]
  readonly notSatisfied: readonly string[]
  readonly grants: readonly string[]
  readonly sessions: readonly string[]
  readonly result: string
}

const order = ['application', 'users', 'location', 'devicePlatform', 'clientType', 'deviceState']
const controlNames = new Set(['Block', 'Mfa', 'RequireCompliantDevice', 'RequireDomainJoinedDevice', 'RequireApprovedApp', 'RequireCompliantApp', 'PasswordChange', 'RiskRemediation'])
const logical = (conditions: readonly string[]) => conditions.filter((condition) => condition !== 'ipAddressSeenByAzureAD')

/** What a policy says nothing about is in no list. */
const isConfigured: Readonly<Record<string, (conditions: Policy['conditions']) => boolean>> = {
  location: ({ locations }) => locations !== null,
  devicePlatform: ({ platforms }) => platforms !== null,
  clientType: ({ clientAppTypes }) => !clientAppTypes.includes('all'),
  deviceState: ({ devices }) => devices !== null,
  signInRisk: ({ signInRiskLevels }) => signInRiskLevels.length > 0,
  userRisk: ({ userRiskLevels }) => userRiskLevels.length > 0,
  insiderRisk: ({ insiderRiskLevels }) => insiderRiskLevels !== null,
  authenticationFlows: ({ authenticationFlows }) => authenticationFlows !== null,
}

/** The laws that rows of the real log obey, by what they say; a part that breaks one tells how. */
const laws: Readonly<Record<string, (part: Part) => boolean>> = {
  'at most one condition is not satisfied': ({ notSatisfied }) => logical(notSatisfied).length <= 1,
  'nothing behind the condition that is not satisfied was looked at': ({ satisfied, notSatisfied: [unmet = ''] }) => !order.includes(unmet) || logical(satisfied).filter((one) => order.includes(one)).every((one) => order.indexOf(one) < order.indexOf(unmet)),
  'a location and the address it was told by go together': ({ satisfied, notSatisfied }) => [satisfied, notSatisfied].every((list) => list.includes('location') === list.includes('ipAddressSeenByAzureAD')),
  'a policy that applied has every condition satisfied': ({ result, notSatisfied }) => !['success', 'failure', 'reportOnlySuccess', 'reportOnlyFailure', 'reportOnlyInterrupted'].includes(result) || notSatisfied.length === 0,
  // In report-only mode some policies cannot be tried out, whatever their conditions.
  'a policy that did not apply has one that was not': ({ result, notSatisfied }) => result !== 'notApplied' || notSatisfied.length > 0,
  'a condition that is not configured is in neither list': ({ policy, satisfied, notSatisfied }) => policy === null || Object.entries(isConfigured).every(([name, configured]) => configured(policy.conditions) || !(satisfied.includes(name) || notSatisfied.includes(name))),
  'controls are told also where the policy did not apply': ({ policy, grants, sessions, result }) =>
    policy === null || result === 'notEnabled' || ((policy.grantControls?.builtInControls.length ?? 0) <= grants.length && (policy.sessionControls?.signInFrequency?.isEnabled !== true || sessions.includes('SignInFrequency'))),
  'a strength is not among the grant controls': ({ policy, grants }) => policy?.grantControls?.authenticationStrength == null || !grants.includes(policy.grantControls.authenticationStrength.id),
  'a policy that is off says nothing': ({ policy, result, grants, sessions, satisfied, notSatisfied }) => (policy?.state !== 'disabled' || result === 'notEnabled') && (result !== 'notEnabled' || [grants, sessions, satisfied, notSatisfied].every((list) => list.length === 0)),
}

const listOf = (flags: unknown) => (flags === 'none' ? [] : String(flags).split(','))

const { directory, vectors } = readVectors()
const rows = vectors.filter(({ level, signIn }) => level !== 'whatIf' && signIn !== undefined).map((vector) => {
  const { attempt, tenant } = stageAttempt(vector, directory)
  const verdict = decide(attempt, tenant)

  return { id: vector.id, tenant, row: signInEntry(attempt, verdict, tenant, 'row') }
})
const parts = rows.flatMap(({ id, row, tenant }) => (row.appliedConditionalAccessPolicies as Record<string, unknown>[]).map((told) => ({
  id,
  part: {
    policy: tenant.directory.get('conditionalAccessPolicies', String(told.id)) ?? null,
    satisfied: listOf(told.conditionsSatisfied),
    notSatisfied: listOf(told.conditionsNotSatisfied),
    grants: told.enforcedGrantControls as string[],
    sessions: told.enforcedSessionControls as string[],
    result: String(told.result),
  } satisfies Part,
})))

describe('in the rows of every sign-in of the reference', () => {
  test.each(Object.entries(laws))('%s', (_, holds) => {
    expect(parts.length).toBeGreaterThan(250)
    expect(parts.filter(({ part }) => !holds(part)).map(({ id, part }) => [id, part.policy?.displayName, part])).toEqual([])
  })

  test('controls of the log have the log\'s names', () => {
    const builtIn = new Set(['block', 'mfa', 'compliantDevice', 'domainJoinedDevice', 'approvedApplication', 'compliantApplication', 'passwordChange', 'riskRemediation'])
    expect(parts.flatMap(({ part }) => part.grants).filter((name) => builtIn.has(name))).toEqual([])
    expect(new Set(parts.flatMap(({ part }) => part.grants)).intersection(controlNames).size).toBeGreaterThan(4)
  })

  test('the status of a row is that of the policies that are enforced', () => {
    // Security defaults stand in the list and are no policy.
    const wrong = rows.filter(({ row }) => {
      const results = (row.appliedConditionalAccessPolicies as { id: string; result: string }[]).filter(({ id }) => id !== 'SecurityDefaults').map(({ result }) => result)
      const status = results.includes('failure') ? 'failure' : results.includes('success') ? 'success' : 'notApplied'

      return row.conditionalAccessStatus !== status
    })

    expect(wrong.map(({ id, row }) => [id, row.conditionalAccessStatus, row.appliedConditionalAccessPolicies])).toEqual([])
  })

  test('rules are told of the conditions that were looked at only', () => {
    const told = rows.flatMap(({ row }) => row.appliedConditionalAccessPolicies as { conditionsSatisfied: string; conditionsNotSatisfied: string; includeRulesSatisfied: { conditionalAccessCondition: string }[] }[])
    const stray = told.filter(({ conditionsSatisfied, conditionsNotSatisfied, includeRulesSatisfied }) => {
      const lookedAt = [...listOf(conditionsSatisfied), ...listOf(conditionsNotSatisfied)]

      return includeRulesSatisfied.some(({ conditionalAccessCondition }) => !lookedAt.includes(conditionalAccessCondition))
    })

    expect(stray).toEqual([])
  })
})

const corpus = process.env['PORTCULLIS_CORPUS']

describe.skipIf(corpus === undefined)(corpus === undefined ? 'in a real row (skipped: PORTCULLIS_CORPUS is not set)' : 'in a real row', () => {
  type Real = { readonly realRecord: { readonly policies: readonly { conditionsSatisfied: string[]; conditionsNotSatisfied: string[]; enforcedGrantControls: string[]; enforcedSessionControls: string[]; result: string }[] } }
  const { realRecord } = corpus === undefined ? { realRecord: { policies: [] } } : (JSON.parse(readFileSync(join(corpus, 'signin-log-ground-truth.json'), 'utf8')) as Real)
  const real = realRecord.policies.map((told): Part => ({ policy: null, satisfied: told.conditionsSatisfied, notSatisfied: told.conditionsNotSatisfied, grants: told.enforcedGrantControls, sessions: told.enforcedSessionControls, result: told.result }))

  test.each(Object.entries(laws))('%s', (_, holds) => {
    expect(real.length).toBeGreaterThan(10)
    expect(real.filter((part) => !holds(part))).toEqual([])
  })

  test('controls have no names but the log\'s', () => {
    const strange = new Set(real.flatMap(({ grants }) => grants)).difference(controlNames)
    expect([...strange].filter((name) => !name.startsWith('<'))).toEqual([])
  })
})

import type { SessionDecision } from './decision.ts'
import type { Policy } from './policy.ts'
import type { PolicySet, PolicySource } from './policy-set.ts'
import { bitsWhere, type Bits } from './bits.ts'
import { conditions } from './conditions/index.ts'
import type { Asker, Condition } from './conditions/condition.ts'
import { demandsOf, type Demand } from './demand.ts'
import { decide, evaluate } from './evaluate.ts'
import { grantControls } from './grant-controls/index.ts'
import { locationsOf, type TenantLocations } from './location.ts'
import { sentencesOf, type Sentences } from './reason.ts'
import { sessionControls } from './session-controls/index.ts'
import { settingOf, type SessionControl } from './session-controls/session-control.ts'
import { enforcedResults, reportOnlyResults, type Results } from './standing.ts'
import type { Told } from './told.ts'

/** A policy set as `evaluate` reads it. Policies are known by their position in `policies`. */
export type Compiled = {
  readonly source: PolicySource
  /** In display-name order, as the log lists them. */
  readonly policies: readonly CompiledPolicy[]
  /** Their ids, and what each asks of the session's age: by position, because every decision names some. */
  readonly ids: readonly string[]
  readonly frequencies: readonly SessionDecision['signInFrequencies'][number][]
  /** The conditions that at least one policy configures. */
  readonly conditions: readonly { readonly condition: Condition; readonly ask: Asker }[]
  /** Enabled, and the tenant has the licence. */
  readonly enforced: Bits
  readonly demands: readonly Demand[]
  /** The session controls that at least one policy sets, each with its distinct settings. */
  readonly settings: readonly CompiledSettings[]
  /** Every policy that sets a session control. */
  readonly shaping: Bits
  readonly locations: TenantLocations
}

export type CompiledPolicy = {
  readonly policy: Policy
  readonly demand: Demand
  /** Which of the set's conditions it configures. */
  readonly configured: readonly number[]
  /** Which of those a reason rather speaks of. */
  readonly telling: number
  readonly grantControls: readonly string[]
  readonly sessionControls: readonly string[]
  /** Neither disabled nor, in a tenant that never had the licence, dormant. */
  readonly isAwake: boolean
  /** Policies about user actions are not evaluated in report-only mode (reference 4.4). */
  readonly isTestable: boolean
  readonly results: Results
  readonly sentences: Sentences
  /** What was told of it lately. */
  readonly lately: Told[]
}

/** What policies set for one session control; those that set the same are taken together. */
export type CompiledSettings = {
  readonly name: keyof typeof sessionControls
  combine(settings: readonly unknown[]): unknown
  readonly settings: readonly { readonly setting: unknown; readonly policies: Bits }[]
}

/**
 * Makes a tenant's policies fast to ask. Named locations are laid over each other once while they live: after a change
 * of a policy only the policies are compiled again.
 */
export function compile(source: PolicySource): PolicySet {
  const compiled = compiledFrom(source)
  const policySet: PolicySet = {
    source,
    compiled,
    evaluate: (signIn) => evaluate(policySet, signIn),
    decide: (signIn) => decide(policySet, signIn),
  }

  return policySet
}

function compiledFrom(source: PolicySource): Compiled {
  const policies = source.policies.toSorted(byDisplayName)
  const used = Object.values(conditions).filter((condition) => policies.some((policy) => condition.isConfigured(policy)))
  const { demands, demandAt } = demandsOf(policies, source)
  const isLicensed = source.licence !== 'none'

  return {
    source,
    policies: policies.map((policy, position) => compiledPolicy(policy, demandAt[position]!, used, isLicensed)),
    ids: policies.map(({ id }) => id),
    frequencies: policies.map(({ id }, position) => ({ ...(demandAt[position]!.frequency ?? noFrequency), policyId: id })),
    conditions: used.map((condition) => ({ condition, ask: condition.compile(policies, source) })),
    enforced: bitsWhere(policies.length, (position) => isLicensed && policies[position]!.state === 'enabled'),
    demands,
    settings: settingsOf(policies),
    shaping: bitsWhere(policies.length, (position) => policies[position]!.sessionControls !== null),
    locations: locationsOf(source),
  }
}

/** Stands where a policy asks nothing of the session's age; nobody is told of it. */
const noFrequency = { seconds: 0, authenticationType: 'primaryAndSecondaryAuthentication' } as const

function compiledPolicy(policy: Policy, demand: Demand, used: readonly Condition[], isLicensed: boolean): CompiledPolicy {
  const configured = used.flatMap((condition, index) => (condition.isConfigured(policy) ? index : []))
  const telling = configured.reduce((best, index) => (used[index]!.weight(policy) > used[best]!.weight(policy) ? index : best), configured[0] ?? 0)
  const controls = policy.grantControls
  const isReported = policy.state === 'enabledForReportingButNotEnforced'
  const set = Object.entries(sessionControls).filter(([, control]) => settingOf(control, policy) !== null)

  return {
    policy,
    demand,
    configured,
    telling,
    grantControls: controls === null ? [] : Object.values(grantControls).flatMap((control) => control.wantedBy(controls)),
    sessionControls: set.map(([name]) => name),
    isAwake: isLicensed && policy.state !== 'disabled',
    isTestable: !isReported || policy.conditions.applications.includeUserActions.length === 0,
    results: isReported ? reportOnlyResults : enforcedResults,
    sentences: sentencesOf(policy, demand, set.map(([, { words }]) => words)),
    lately: [],
  }
}

function settingsOf(policies: readonly Policy[]): CompiledSettings[] {
  return (Object.keys(sessionControls) as (keyof typeof sessionControls)[]).flatMap((name) => {
    const control = sessionControls[name] as SessionControl<unknown, unknown>
    const settings = policies.map((policy) => settingOf(control, policy))
    const distinct = new Map(settings.filter((setting) => setting !== null).map((setting) => [JSON.stringify(setting), setting]))
    const alike = [...distinct].map(([key, setting]) => ({
      setting,
      policies: bitsWhere(policies.length, (position) => settings[position] !== null && JSON.stringify(settings[position]) === key),
    }))

    return alike.length === 0 ? [] : [{ name, combine: (chosen: readonly unknown[]) => control.combine(chosen), settings: alike }]
  })
}

function byDisplayName(one: Policy, other: Policy): number {
  if (one.displayName !== other.displayName) return one.displayName < other.displayName ? -1 : 1

  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0
}

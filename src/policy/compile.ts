import type { Policy } from './policy.ts'
import type { PolicySet, PolicySource } from './policy-set.ts'
import { bitsWhere, type Bits } from './bits.ts'
import { conditions } from './conditions/index.ts'
import type { Asker, Condition } from './conditions/condition.ts'
import { demandsOf, type Demand } from './demand.ts'
import { decide, evaluate } from './evaluate.ts'
import { grantControls } from './grant-controls/index.ts'
import { locationsOf, type TenantLocations } from './location.ts'
import { sessionControls } from './session-controls/index.ts'
import { settingOf } from './session-controls/session-control.ts'

/** A policy set as `evaluate` reads it. Policies are known by their position in `policies`. */
export type Compiled = {
  readonly source: PolicySource
  /** In display-name order, as the log lists them. */
  readonly policies: readonly CompiledPolicy[]
  /** The conditions that at least one policy configures. */
  readonly conditions: readonly { readonly condition: Condition; readonly ask: Asker }[]
  /** Enabled, and the tenant has the licence. */
  readonly enforced: Bits
  readonly demands: readonly Demand[]
  readonly settings: readonly CompiledSetting[]
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
}

/** Policies that set the same session control alike. */
export type CompiledSetting = {
  readonly control: keyof typeof sessionControls
  readonly setting: unknown
  readonly policies: Bits
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
    conditions: used.map((condition) => ({ condition, ask: condition.compile(policies, source) })),
    enforced: bitsWhere(policies.length, (position) => isLicensed && policies[position]!.state === 'enabled'),
    demands,
    settings: settingsOf(policies),
    locations: locationsOf(source),
  }
}

function compiledPolicy(policy: Policy, demand: Demand, used: readonly Condition[], isLicensed: boolean): CompiledPolicy {
  const configured = used.flatMap((condition, index) => (condition.isConfigured(policy) ? index : []))
  const telling = configured.reduce((best, index) => (used[index]!.weight > used[best]!.weight ? index : best), configured[0] ?? 0)
  const controls = policy.grantControls

  return {
    policy,
    demand,
    configured,
    telling,
    grantControls: controls === null ? [] : Object.values(grantControls).flatMap((control) => control.wantedBy(controls)),
    sessionControls: Object.entries(sessionControls).flatMap(([name, control]) => (settingOf(control, policy) === null ? [] : name)),
    isAwake: isLicensed && policy.state !== 'disabled',
  }
}

function settingsOf(policies: readonly Policy[]): CompiledSetting[] {
  return (Object.keys(sessionControls) as (keyof typeof sessionControls)[]).flatMap((name) => {
    const settings = policies.map((policy) => settingOf(sessionControls[name], policy) as unknown)
    const distinct = new Map(settings.filter((setting) => setting !== null).map((setting) => [JSON.stringify(setting), setting]))

    return [...distinct].map(([key, setting]) => ({
      control: name,
      setting,
      policies: bitsWhere(policies.length, (position) => settings[position] !== null && JSON.stringify(settings[position]) === key),
    }))
  })
}

function byDisplayName(one: Policy, other: Policy): number {
  if (one.displayName !== other.displayName) return one.displayName < other.displayName ? -1 : 1

  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0
}

import type { Policy } from '../policy.ts'
import type { ServicePrincipalIdentity } from '../sign-in.ts'
import { bitsWhere } from '../bits.ts'
import { parseSecurityAttributeFilter, securityAttributeFilterHolds } from '../filter-rule/custom-security-attributes.ts'
import type { FilterRule } from '../filter-rule/parse.ts'
import { memory, noRules, sharedFinding, type Condition } from './condition.ts'
import { namesId } from './named-bits.ts'

/**
 * Which workload identity signs in. Only service principals of the tenant itself are judged: managed identities and
 * other tenants' applications never are (reference 4.2).
 */
export const clientApplications: Condition = {
  names: ['servicePrincipals'],
  weight: () => 2,
  whatIf: { reason: () => 'workloadIdentities', isGiven: () => true },
  isConfigured: isWorkloadPolicy,
  compile: (policies) => {
    const demands = policies.map(demandOf)
    const isUserPolicy = (position: number) => demands[position] === null
    const toldBy = (words: string) => ({ include: noRules, exclude: noRules, words })
    const users = sharedFinding(bitsWhere(policies.length, isUserPolicy), () => toldBy('it is about workload identities, and this is a user'))
    const remembered = memory((identity: ServicePrincipalIdentity) =>
      sharedFinding(
        bitsWhere(policies.length, (position) => isUserPolicy(position) || holds(demands[position]!, identity)),
        (position) => toldBy(wordsOf(demands[position]!, identity)),
      ))

    return ({ identity }) => (identity.kind === 'user' ? users : remembered(identity))
  },
}

/** A policy about workload identities says nothing about users, and the other way round. */
export function isWorkloadPolicy({ conditions: { clientApplications: condition } }: Policy): boolean {
  return condition !== null && (condition.includeServicePrincipals.length > 0 || condition.servicePrincipalFilter !== null)
}

type Demand = {
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly filter: { readonly mode: 'include' | 'exclude'; readonly rule: FilterRule } | null
}

function demandOf(policy: Policy): Demand | null {
  const condition = policy.conditions.clientApplications
  if (condition === null || !isWorkloadPolicy(policy)) return null
  const { includeServicePrincipals, excludeServicePrincipals, servicePrincipalFilter } = condition

  return {
    include: includeServicePrincipals,
    exclude: excludeServicePrincipals,
    filter: servicePrincipalFilter && { mode: servicePrincipalFilter.mode, rule: parseSecurityAttributeFilter(servicePrincipalFilter.rule) },
  }
}

function holds({ include, exclude, filter }: Demand, identity: ServicePrincipalIdentity): boolean {
  if (!isJudged(identity)) return false
  const isFiltered = filter !== null && securityAttributeFilterHolds(filter.rule, identity.customSecurityAttributes)
  const isIncluded = include.includes('ServicePrincipalsInMyTenant') || isNamed(include, identity) || (filter?.mode === 'include' && isFiltered)
  const isExcluded = isNamed(exclude, identity) || (filter?.mode === 'exclude' && isFiltered)

  return isIncluded && !isExcluded
}

function isJudged(identity: ServicePrincipalIdentity): boolean {
  return identity.isOwnedByTenant && !identity.isManagedIdentity
}

function isNamed(ids: readonly string[], { id, appId }: ServicePrincipalIdentity): boolean {
  return namesId(ids, id) || namesId(ids, appId)
}

function wordsOf(demand: Demand, identity: ServicePrincipalIdentity): string {
  if (identity.isManagedIdentity) return 'managed identities are never judged'
  if (!identity.isOwnedByTenant) return "other tenants' service principals are never judged"
  if (holds(demand, identity)) return 'it covers this service principal'

  return isNamed(demand.exclude, identity) ? 'it leaves this service principal out' : 'this service principal is not among those it names'
}

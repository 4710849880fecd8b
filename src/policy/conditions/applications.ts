import type { RuleSatisfied } from '../decision.ts'
import type { ApplicationsCondition, Filter, Policy } from '../policy.ts'
import type { Target } from '../sign-in.ts'
import { bitsWhere, intersect, noBits, subtract, unite, type Bits } from '../bits.ts'
import { parseSecurityAttributeFilter, securityAttributeFilterHolds } from '../filter-rule/custom-security-attributes.ts'
import type { FilterRule } from '../filter-rule/parse.ts'
import { applicationGroups, wellKnown } from '../well-known.ts'
import { audiencesOf, type Audiences } from './audiences.ts'
import { memory, sharedFinding, type Condition, type Finding } from './condition.ts'
import { namedBits, namesId } from './named-bits.ts'

/**
 * What is asked for: resources, a user action, or an authentication context. A policy about an action or a context
 * never touches ordinary sign-in, and a policy about resources never touches an action.
 */
export const applications: Condition = {
  names: ['application'],
  weight: () => 1,
  whatIf: {
    reason: ({ conditions: { applications: condition } }) =>
      condition.includeUserActions.length > 0 ? 'userActions' : condition.includeAuthenticationContextClassReferences.length > 0 ? 'authenticationContext' : 'application',
    isGiven: () => true,
  },
  isConfigured: () => true,
  compile: (policies, source) => {
    const index = indexOf(policies)
    const isLegacy = source.lowPrivilegeScopeEnforcement === 'legacy'
    const findingOf = (asked: Asked): Finding =>
      sharedFinding(holdsFor(index, asked, isLegacy), (position) => explanationOf(policies[position]!, index.filters[position] ?? null, asked))
    const byKey = new Map<string, Finding>()

    return ({ target }) => {
      const audiences = target.userAction === null ? audiencesOf(target) : { ids: [], isLowPrivilege: false }
      const asked = { target, audiences }
      // What a filter sees of the resources may differ from request to request.
      if (index.hasFilters) return findingOf(asked)
      const key = keyOf(asked)
      const known = byKey.get(key)
      if (known !== undefined) return known
      if (byKey.size >= 1_000) byKey.clear()
      const finding = findingOf(asked)
      byKey.set(key, finding)

      return finding
    }
  },
}

type Asked = { readonly target: Target; readonly audiences: Audiences }

/** Two requests with the same key are alike to every policy. */
function keyOf({ target, audiences: { ids, isLowPrivilege } }: Asked): string {
  const { userAction, authenticationContexts, client } = target
  const resources = ids.length === 1 ? ids[0]! : ids.join(' ')
  if (userAction === null && authenticationContexts.length === 0 && !isLowPrivilege) return resources

  return [resources, userAction, authenticationContexts.join(' '), isLowPrivilege ? `${client.appId} ${client.isConfidential}` : ''].join('|')
}

function indexOf(policies: readonly Policy[]) {
  const conditions = policies.map((policy) => policy.conditions.applications)
  const size = conditions.length
  const filters = conditions.map(({ applicationFilter }) => filterOf(applicationFilter))

  return {
    size,
    filters,
    hasFilters: filters.some((filter) => filter !== null),
    all: bitsWhere(size, (position) => conditions[position]!.includeApplications.includes('All')),
    included: namedBits(size, (position) => expanded(conditions[position]!.includeApplications)),
    excluded: namedBits(size, (position) => expanded(conditions[position]!.excludeApplications)),
    actions: namedBits(size, (position) => conditions[position]!.includeUserActions),
    contexts: namedBits(size, (position) => conditions[position]!.includeAuthenticationContextClassReferences),
    /** All resources but some: what the low-privilege rule is about. */
    allButSome: bitsWhere(size, (position) => {
      const { includeApplications, excludeApplications } = conditions[position]!

      return includeApplications.includes('All') && excludeApplications.length > 0
    }),
  }
}

type Index = ReturnType<typeof indexOf>

/** Keywords stand for their members, never for themselves. */
function expanded(ids: readonly string[]): string[] {
  return ids.flatMap((id) => applicationGroups[id] ?? applicationGroups[id.toLowerCase()] ?? id).filter((id) => id !== 'All' && id !== 'None')
}

function holdsFor(index: Index, asked: Asked, isLegacy: boolean): Bits {
  const { target, audiences } = asked
  const holds = noBits(index.size)
  if (target.userAction !== null) unite(holds, index.actions.of(target.userAction))
  else {
    for (const id of audiences.ids) unite(holds, targetedBy(index, id, asked, isLegacy))
    if (audiences.ids.length === 0) unite(holds, index.all)
    if (target.resources.includes(wellKnown.microsoftGraph)) unite(holds, index.included.of(wellKnown.microsoftGraph))
  }
  for (const context of target.authenticationContexts) unite(holds, index.contexts.of(context))

  return holds
}

function targetedBy(index: Index, id: string, { target, audiences }: Asked, isLegacy: boolean): Bits {
  const bits = noBits(index.size)
  unite(bits, index.all)
  unite(bits, index.included.of(id))
  const left = index.excluded.of(id)
  if (left) subtract(bits, left)
  if (index.hasFilters) applyFilters(bits, index, id, target)
  if (isLegacy && audiences.isLowPrivilege && id === wellKnown.windowsAzureActiveDirectory) subtract(bits, freeOfPolicy(index, target))

  return bits
}

/** The old rule: such a request was free of policies on all resources but some. */
function freeOfPolicy({ size, allButSome, excluded }: Index, { client }: Target): Bits {
  if (!client.isConfidential) return allButSome
  const free = noBits(size)
  unite(free, excluded.of(client.appId))
  intersect(free, allButSome)

  return free
}

function applyFilters(bits: Bits, { size, filters }: Index, id: string, { resourceAttributes }: Target): void {
  const matches = (mode: Filter['mode']) =>
    bitsWhere(size, (position) => {
      const filter = filters[position]

      return filter?.mode === mode && securityAttributeFilterHolds(filter.rule, resourceAttributes?.[id])
    })
  unite(bits, matches('include'))
  subtract(bits, matches('exclude'))
}

const filterOf = memory((filter: Filter | null): ApplicationFilter | null => filter && { mode: filter.mode, rule: parseSecurityAttributeFilter(filter.rule) })
type ApplicationFilter = { readonly mode: Filter['mode']; readonly rule: FilterRule }

function explanationOf({ conditions }: Policy, filter: ApplicationFilter | null, asked: Asked) {
  const condition = conditions.applications
  const include = [...listRules(condition.includeApplications, asked), ...contextRules(condition, asked), ...filterRules(filter, 'include', asked)]
  const exclude = [...listRules(condition.excludeApplications, asked), ...filterRules(filter, 'exclude', asked)]

  return { include, exclude, words: wordsOf(condition, asked, include, exclude) }
}

function wordsOf(condition: ApplicationsCondition, { target }: Asked, include: readonly RuleSatisfied[], exclude: readonly RuleSatisfied[]): string {
  const [action] = condition.includeUserActions
  if (action) return target.userAction !== null && condition.includeUserActions.includes(target.userAction) ? actionWords(action) : `it is about the user action ${action}`
  const contexts = condition.includeAuthenticationContextClassReferences
  if (contexts.length > 0) {
    return include.length > 0 ? 'the authentication context was asked for' : `the authentication context ${contexts.join(' or ')} was not asked for`
  }
  if (target.userAction !== null) return 'it is about resources, and this is a user action'
  if (exclude.length > 0) return 'it leaves the resource out'

  return (include[0] && factsByRule[include[0].ruleSatisfied]) ?? 'it is about other resources'
}

const factsByRule: Record<string, string> = {
  allApps: 'it covers all resources',
  appId: 'it names the resource',
  office365: 'the resource belongs to Office 365',
  microsoftAdminPortals: 'the resource is an admin portal',
  appFilter: 'the resource matches its filter',
}

function actionWords(action: string): string {
  return action.endsWith('registerdevice') ? 'a device is being registered' : 'security information is being registered'
}

function listRules(ids: readonly string[], { target, audiences }: Asked): RuleSatisfied[] {
  if (target.userAction !== null) return []
  const names = (id: string) => (applicationGroups[id] ?? [id]).some((member) => namesId(audiences.ids, member))
  const rules = ids.flatMap((id) => (id === 'All' ? 'allApps' : !names(id) ? [] : id === 'Office365' ? 'office365' : id === 'MicrosoftAdminPortals' ? 'microsoftAdminPortals' : 'appId'))

  return [...new Set(rules)].map(ruleOf)
}

function contextRules({ includeAuthenticationContextClassReferences: contexts }: ApplicationsCondition, { target }: Asked): RuleSatisfied[] {
  return target.authenticationContexts.some((context) => namesId(contexts, context)) ? [ruleOf('acr')] : []
}

function filterRules(filter: ApplicationFilter | null, mode: Filter['mode'], { target, audiences }: Asked): RuleSatisfied[] {
  const isSatisfied = filter?.mode === mode && audiences.ids.some((id) => securityAttributeFilterHolds(filter.rule, target.resourceAttributes?.[id]))

  return isSatisfied ? [ruleOf('appFilter')] : []
}

function ruleOf(ruleSatisfied: string): RuleSatisfied {
  return { conditionalAccessCondition: 'application', ruleSatisfied }
}

import type { Directory } from '../directory/types.ts'
import { toGraph } from '../policy/graph.ts'
import type { PolicySet } from '../policy/policy-set.ts'
import type { WhatIfRequest } from '../policy/read-what-if.ts'
import type { ServicePrincipalIdentity, UserIdentity } from '../policy/sign-in.ts'
import { whatIf } from '../policy/what-if.ts'
import type { WhatIfResult } from '../policy/what-if-types.ts'
import { servicePrincipalIdentity, userIdentity } from './describe.ts'

/** A policy as Graph shows it, and whether it would apply; `analysisReasons` is the first reason against it, or `notSet`. */
export type WhatIfAnswer = Record<string, unknown> & Pick<WhatIfResult, 'policyApplies' | 'analysisReasons'>

/**
 * What `POST /identity/conditionalAccess/evaluate` answers with as its `value`: every policy of the tenant, or those alone
 * that would apply. Null where nobody has the id that was asked about.
 *
 * @see reference 10.2
 */
export function answerToWhatIf(tenant: { readonly directory: Directory; readonly policySet: PolicySet }, request: WhatIfRequest): readonly WhatIfAnswer[] | null {
  const { directory, policySet } = tenant
  const identity = identityAskedAbout(request.identity, directory)
  if (identity === null) return null
  const strengths = directory.list('authenticationStrengths')

  return whatIf(policySet, { identity, target: request.target, conditions: request.conditions })
    .filter(({ policyApplies }) => policyApplies || !request.appliedPoliciesOnly)
    .map(({ policy, policyApplies, analysisReasons }) => ({ ...toGraph(policy, strengths), policyApplies, analysisReasons }))
}

/** A guest of another tenant may be asked about as one: then what is said of them outranks what the directory says. */
function identityAskedAbout(asked: WhatIfRequest['identity'], directory: Directory): UserIdentity | ServicePrincipalIdentity | null {
  if (asked.kind === 'servicePrincipal') {
    const application = directory.named('applications', asked.servicePrincipalId)

    return application ? servicePrincipalIdentity(application, directory) : null
  }
  const user = directory.named('users', asked.userId)
  if (!user) return null
  const { externalTenantId, externalUserType } = asked

  return {
    ...userIdentity(user, directory),
    ...(externalTenantId === null ? {} : { homeTenantId: externalTenantId }),
    ...(externalUserType === null ? {} : { externalUserType }),
  }
}

import type { PolicySet } from './policy-set.ts'
import type { SignIn, Target } from './sign-in.ts'
import type { AnalysisReason, WhatIf, WhatIfResult, WhatIfTarget } from './what-if-types.ts'
import { has } from './bits.ts'
import type { CompiledPolicy } from './compile.ts'
import { ruleOn, type Ruling } from './ruling.ts'

/**
 * Which policies would apply to a sign-in that did not happen, and the first reason why the others would not. It asks
 * the same conditions as a real sign-in; nothing is said about outcomes, sessions or what was proved.
 *
 * @see reference 10
 */
export function whatIf({ compiled }: PolicySet, question: WhatIf): WhatIfResult[] {
  const rulings = targetsOf(question.target).map((target) => ruleOn(compiled, signInFrom(question, target)))

  return compiled.policies.map((policy, position) => {
    const reasons = rulings.map((ruling) => reasonAgainst(ruling, policy, position, question))
    const analysisReasons = reasons.includes('notSet') ? 'notSet' : reasons[0]!

    return { policy: policy.policy, policyApplies: analysisReasons === 'notSet', analysisReasons }
  })
}

function reasonAgainst({ compiled, findings }: Ruling, { policy, configured, isAwake }: CompiledPolicy, position: number, { conditions }: WhatIf): AnalysisReason {
  if (!isAwake) return 'policyNotEnabled'
  if (policy.grantControls === null && policy.sessionControls === null) return 'emptyPolicy'
  const reasons = configured
    .filter((index) => !has(findings[index]!.holds, position) || !compiled.conditions[index]!.condition.whatIf.isGiven(conditions, policy))
    .map((index) => compiled.conditions[index]!.condition.whatIf.reason(policy))

  return reasonOrder.find((reason) => reasons.includes(reason)) ?? reasons[0] ?? 'notSet'
}

const reasonOrder: readonly AnalysisReason[] = [
  'users', 'workloadIdentities', 'application', 'userActions', 'authenticationContext', 'signInRisk', 'userRisk', 'insiderRisk',
  'devicePlatform', 'location', 'clientApps', 'devices', 'authenticationFlow',
]

/** A user action is looked at as such, and as a request for some resource: the service shows policies on all of them too. */
function targetsOf(target: WhatIfTarget): Target[] {
  const nothing: Target = {
    resources: [], scopes: [], userAction: null, authenticationContexts: [],
    client: { appId: '', isConfidential: false, isSinglePageApplication: false },
  }
  if ('applications' in target) return [{ ...nothing, resources: target.applications }]
  if ('authenticationContext' in target) return [{ ...nothing, authenticationContexts: [target.authenticationContext] }]

  return [{ ...nothing, userAction: target.userAction }, nothing]
}

/** What is not given is filled in with what says least; `isGiven` sees to it that it decides nothing. */
function signInFrom({ identity, conditions: { clientAppType = 'browser', ...conditions } }: WhatIf, target: Target): SignIn {
  const isOnSupported = clientAppType === 'easSupported'

  return {
    identity,
    target,
    conditions: {
      ipAddress: null, country: null, gpsCountry: null, insideCorporateNetwork: false, isCompliantNetwork: false, platform: isOnSupported ? 'iOS' : null,
      device: null, signInRiskLevel: 'none', userRiskLevel: 'none', servicePrincipalRiskLevel: 'none', insiderRiskLevel: 'none', transferMethod: null,
      originalTransferMethod: null, isApprovedApplication: false, isCompliantApplication: false,
      ...conditions,
      clientAppType: isOnSupported ? 'exchangeActiveSync' : clientAppType,
    },
    session: {
      methods: [], isPersistent: false, acceptedTermsOfUse: [], passedCustomFactors: [], isMfaAssertedByFederation: false,
      isMfaAssertedByHomeTenant: false, passwordChangedAt: null,
    },
    isInteractive: true,
    now: 0,
  }
}

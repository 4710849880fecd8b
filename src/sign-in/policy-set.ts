import type { Directory } from '../directory/types.ts'
import { compile } from '../policy/compile.ts'
import type { PolicySet } from '../policy/policy-set.ts'

/** A tenant's policies as its directory has them now, compiled to be asked. */
export function policySetOf(directory: Directory): PolicySet {
  const { licence, securityDefaults, mfaServiceSettings, settings } = directory.settings
  return compile({
    policies: directory.list('conditionalAccessPolicies'),
    namedLocations: directory.list('namedLocations'),
    authenticationStrengths: directory.list('authenticationStrengths'),
    licence,
    securityDefaults,
    mfaServiceSettings,
    lowPrivilegeScopeEnforcement: settings.lowPrivilegeScopeEnforcement,
    inboundTrust: settings.inboundTrust,
    termsOfUse: Object.fromEntries(directory.list('agreements').map(({ id, displayName }) => [id, displayName])),
  })
}

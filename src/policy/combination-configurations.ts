import type { MethodSet } from './methods.ts'
import { parseCombination } from './methods.ts'
import type { AuthenticationStrength, CombinationConfiguration } from './policy-set.ts'
import type { RegisteredCredential, UserIdentity } from './sign-in.ts'

/** A combination of methods that a strength allows, and whose keys and certificates count for it. */
export type Combination = { readonly methods: MethodSet; accepts(user: UserIdentity): boolean }

/** The combinations of a strength; what no word of it means is none. */
export function combinationsOf({ allowedCombinations, combinationConfigurations = [] }: AuthenticationStrength): readonly Combination[] {
  return allowedCombinations.flatMap((combination) => {
    const methods = parseCombination(combination)
    const configured = combinationConfigurations.filter(({ appliesToCombinations }) => appliesToCombinations.some((one) => parseCombination(one) === methods))

    return methods === null ? [] : { methods, accepts: ({ credentials = [] }) => configured.every((configuration) => credentials.some((credential) => isAllowed(credential, configuration))) }
  })
}

/** An empty list asks for nothing. Which of several keys was shown is not known: one that is registered and allowed will do. */
function isAllowed({ aaGuid, issuerSki, policyOIDs = [] }: RegisteredCredential, { allowedAAGUIDs = [], allowedIssuerSkis = [], allowedPolicyOIDs = [] }: CombinationConfiguration): boolean {
  return isAmong([aaGuid], allowedAAGUIDs) && isAmong([issuerSki], allowedIssuerSkis) && isAmong(policyOIDs, allowedPolicyOIDs)
}

function isAmong(shown: readonly (string | undefined)[], allowed: readonly string[]): boolean {
  return allowed.length === 0 || shown.some((one) => one !== undefined && allowed.some((other) => other.toLowerCase() === one.toLowerCase()))
}

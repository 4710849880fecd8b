import type { Endpoint } from '../protocol/endpoint.ts'
import { authenticationContextEndpoints } from './authentication-contexts.ts'
import { authenticationStrengthEndpoints } from './authentication-strengths.ts'
import { deletedItemEndpoints } from './deleted-items.ts'
import { evaluateEndpoints } from './evaluate.ts'
import { namedLocationEndpoints } from './named-locations.ts'
import { policyEndpoints } from './policies.ts'
import { securityDefaultsEndpoints } from './security-defaults.ts'
import { templateEndpoints } from './templates.ts'

/** Conditional Access: policies and everything they are made of. */
export const conditionalAccessEndpoints: readonly Endpoint[] = [
  ...policyEndpoints,
  ...namedLocationEndpoints,
  ...authenticationStrengthEndpoints,
  ...authenticationContextEndpoints,
  ...templateEndpoints,
  ...deletedItemEndpoints,
  ...securityDefaultsEndpoints,
  ...evaluateEndpoints,
]

import type { Endpoint } from '../protocol/endpoint.ts'
import { deletedItemEndpoints } from './deleted-items.ts'
import { evaluateEndpoints } from './evaluate.ts'
import { namedLocationEndpoints } from './named-locations.ts'
import { policyEndpoints } from './policies.ts'

/** Conditional Access: policies and everything they are made of. */
export const conditionalAccessEndpoints: readonly Endpoint[] = [
  ...policyEndpoints,
  ...namedLocationEndpoints,
  ...deletedItemEndpoints,
  ...evaluateEndpoints,
]

import type { NewSignIn } from '../../sign-in/log.ts'
import type { RowFilter } from '../../store/rows/page.ts'
import type { Condition } from '../odata/bind.ts'
import type { EntityType } from '../odata/types.ts'
import type { Asked, Endpoint, GraphVersion } from '../protocol/endpoint.ts'
import { GraphRefusal } from '../protocol/refusal.ts'
import { logEndpoints } from './log-endpoints.ts'
import { readSignIns } from './permissions.ts'
import { signInBeta, signInV1 } from './sign-in-type.ts'
import { isPremium, sinceDays } from './source.ts'

const retentionDays = 30

/** The sign-in log, read (reference 9.1): people who sign in themselves, and in the beta whoever else is asked for. */
export const signInEndpoints: readonly Endpoint[] = [...endpointsOf('v1.0', signInV1), ...endpointsOf('beta', signInBeta)]

function endpointsOf(only: GraphVersion, type: EntityType<NewSignIn>): readonly Endpoint[] {
  const shown = ({ tenant }: Asked, isInteractiveOnly: boolean) => [sinceDays(tenant, retentionDays), ...(isInteractiveOnly ? [interactive] : [])]

  return logEndpoints<NewSignIn>({
    context: 'auditLogs/signIns',
    only,
    permissions: readSignIns,
    noun: 'sign-in',
    admit: wantsPremium,
    log: ({ tenant }) => tenant.log,
    type,
    instant: 'createdDateTime',
    unique: ['id', 'correlationId', 'originalRequestId'],
    always: (asked, filter) => shown(asked, only === 'v1.0' || !asksForTypes(filter)),
    alwaysOfOne: (asked) => shown(asked, only === 'v1.0'),
  })
}

const interactive: RowFilter = { kind: 'value', column: 'signInEventTypes', holds: (types) => Array.isArray(types) && types.includes('interactiveUser') }

/** Whether a filter says which kinds of sign-in it is about; unless one does, only interactive ones are. */
function asksForTypes(filter: Condition | null): boolean {
  if (filter === null) return false
  switch (filter.kind) {
    case 'isof':
      return false
    case 'and':
    case 'or':
      return asksForTypes(filter.left) || asksForTypes(filter.right)
    case 'not':
      return asksForTypes(filter.of)
    default:
      return filter.on.path === 'signInEventTypes'
  }
}

/** The log is written without a licence as well, but Graph does not give it out (reference 1.3). */
export function wantsPremium({ tenant: { directory: { settings } } }: Asked): void {
  if (isPremium(settings.licence)) return

  throw new GraphRefusal(403, 'Authentication_RequestFromNonPremiumTenantOrB2CTenant', 'Neither tenant is B2C or tenant doesn\'t have premium license')
}

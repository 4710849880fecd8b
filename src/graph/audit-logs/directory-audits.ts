import type { DirectoryAudit } from '../../directory/audit/audit.ts'
import { complex, exactText, guid, instant, json, many, text, words } from '../odata/types.ts'
import type { EntityType } from '../odata/types.ts'
import type { Asked, Endpoint, GraphVersion } from '../protocol/endpoint.ts'
import { logEndpoints } from './log-endpoints.ts'
import { readAudits } from './permissions.ts'
import { isPremium, sinceDays } from './source.ts'

/** A tenant that pays for nothing sees a week (reference 9.1). */
const retentionOf = ({ tenant }: Asked) => sinceDays(tenant, isPremium(tenant.directory.settings.licence) ? 30 : 7)

const userIdentity = complex({ id: text({ filter: 'eq' }), displayName: text({ filter: 'eq' }), ipAddress: text(), userPrincipalName: text({ filter: 'eq startswith' }) })
const appIdentity = complex({ appId: text({ filter: 'eq' }), displayName: text({ filter: 'eq' }), servicePrincipalId: text(), servicePrincipalName: text() })
const targetResource = complex({ id: text(), displayName: text(), type: text(), userPrincipalName: text(), groupType: text(), modifiedProperties: json() })

/** A row of the directory audit (reference 9.3). Names of activities are found in either spelling of them. */
const properties: EntityType<DirectoryAudit>['properties'] = {
  id: exactText({ filter: 'eq' }),
  category: text({ filter: 'eq' }),
  correlationId: guid({ filter: 'eq' }),
  result: words(['success', 'failure', 'timeout']),
  resultReason: text(),
  activityDisplayName: text({ filter: 'eq startswith' }),
  activityDateTime: instant({ filter: 'eq ge le', isSortable: true }),
  loggedByService: text({ filter: 'eq' }),
  operationType: text(),
  initiatedBy: complex({ user: userIdentity, app: appIdentity }),
  targetResources: many(targetResource, { filter: 'any' }),
  additionalDetails: json(),
}

/** What was done to the directory, read. */
export const directoryAuditEndpoints: readonly Endpoint[] = [
  ...endpointsOf('v1.0', properties),
  ...endpointsOf('beta', { ...properties, userAgent: text({ of: () => null }) }),
]

function endpointsOf(only: GraphVersion, shown: EntityType<DirectoryAudit>['properties']): readonly Endpoint[] {
  return logEndpoints<DirectoryAudit>({
    context: 'auditLogs/directoryAudits',
    only,
    permissions: readAudits,
    noun: 'directory audit',
    log: ({ tenant }) => tenant.audits,
    type: { name: 'directoryAudit', key: ({ id }) => id, properties: shown },
    instant: 'activityDateTime',
    unique: ['id', 'correlationId'],
    always: (asked) => [retentionOf(asked)],
    alwaysOfOne: (asked) => [retentionOf(asked)],
    decoded: { targetResources: (value) => (value as readonly string[]).map((target) => JSON.parse(target) as unknown) },
  })
}

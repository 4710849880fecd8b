import type { DirectoryAudit } from '../../directory/audit/audit.ts'
import { answerList, answerOne } from '../odata/collection.ts'
import type { Collection } from '../odata/collection.ts'
import { complex, exactText, guid, instant, json, many, text, words } from '../odata/types.ts'
import type { EntityType } from '../odata/types.ts'
import type { Asked, Endpoint, GraphVersion } from '../protocol/endpoint.ts'
import { notFound } from '../protocol/refusal.ts'
import { readAudits } from './permissions.ts'
import { isPremium, logSource, rowWithId, sinceDays, type LogSource } from './source.ts'

const path = '/auditLogs/directoryAudits'

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
  ...endpointsOf('v1.0', { name: 'directoryAudit', key: ({ id }) => id, properties }),
  ...endpointsOf('beta', { name: 'directoryAudit', key: ({ id }) => id, properties: { ...properties, userAgent: text({ of: () => null }) } }),
]

function endpointsOf(only: GraphVersion, type: EntityType<DirectoryAudit>): readonly Endpoint[] {
  const said: LogSource<DirectoryAudit> = {
    log: ({ tenant }) => tenant.audits,
    type,
    instant: 'activityDateTime',
    unique: ['id', 'correlationId'],
    always: (asked) => [retentionOf(asked)],
    decoded: { targetResources: (value) => (value as readonly string[]).map((target) => JSON.parse(target) as unknown) },
  }
  const collection: Collection<DirectoryAudit> = {
    type,
    context: 'auditLogs/directoryAudits',
    source: logSource(said),
    options: ['filter', 'select', 'orderby', 'top', 'skiptoken', 'format'],
    page: { usual: 1000, most: 1000 },
  }

  return [
    { method: 'GET', path, only, permissions: readAudits, answer: (asked) => answerList(collection, asked) },
    {
      method: 'GET',
      path: `${path}/{id}`,
      only,
      permissions: readAudits,
      async answer(asked) {
        const { id = '' } = asked.names
        const row = await rowWithId(said, id, asked, [retentionOf(asked)])
        if (!row) throw notFound(`The directory audit '${id.slice(0, 120)}' was not found.`)

        return answerOne(row, collection, asked)
      },
    },
  ]
}

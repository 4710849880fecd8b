import type { DirectoryAudit } from '../directory/audit/audit.ts'
import type { RowLog } from './rows/log.ts'
import type { Shape } from './rows/shape.ts'

/** What was done to the directory of a tenant, and by whom. */
export type AuditLog = RowLog<DirectoryAudit>

/** How the directory audit is kept and found (reference 9.3). What was done to each target is found by id and name together. */
export const auditShape: Shape<DirectoryAudit> = {
  name: 'audits',
  instantOf: ({ activityDateTime }) => Date.parse(activityDateTime),
  columns: {
    'activityDisplayName': ({ activityDisplayName }) => activityDisplayName,
    'category': ({ category }) => category,
    'loggedByService': ({ loggedByService }) => loggedByService,
    'initiatedBy/user/id': ({ initiatedBy: { user } }) => user?.id ?? null,
    'initiatedBy/user/displayName': ({ initiatedBy: { user } }) => user?.displayName ?? null,
    'initiatedBy/user/userPrincipalName': ({ initiatedBy: { user } }) => user?.userPrincipalName ?? null,
    'initiatedBy/app/appId': ({ initiatedBy: { app } }) => app?.appId ?? null,
    'initiatedBy/app/displayName': ({ initiatedBy: { app } }) => app?.displayName ?? null,
    'targetResources': ({ targetResources }) => targetResources.map(({ id, displayName }) => JSON.stringify({ id, displayName })),
  },
  unique: {
    id: ({ id }) => id,
    correlationId: ({ correlationId }) => correlationId.toLowerCase(),
  },
}

import { either } from '../protocol/permissions.ts'

const readers = ['Reports Reader', 'Security Reader', 'Security Operator', 'Security Administrator', 'Global Reader']

/** Who may read the sign-in log and the directory audit (facts/graph-endpoints.json). */
export const readSignIns = either(['AuditLog.Read.All and Directory.Read.All'], { roles: readers })
export const readAudits = { ...readSignIns, application: ['AuditLog.Read.All'] }

/** Who sees in the sign-in log what each policy said; all others see that nothing is told. */
export const readAppliedPolicies = either(['Policy.Read.All', 'Policy.Read.ConditionalAccess'], {
  roles: ['Conditional Access Administrator', 'Security Reader', 'Security Administrator', 'Global Reader'],
})

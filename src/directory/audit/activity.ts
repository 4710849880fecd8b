import type { Modified } from './modified.ts'

/** One thing that was done to the directory, as an audit tells it (reference 9.3, facts/audit-activities.json). */
export type Activity = {
  /** `Add member to group` */
  readonly name: string
  readonly service: Service
  readonly category: Category
  readonly operation: 'Add' | 'Assign' | 'Update' | 'Unassign' | 'Delete'
  /** What it was done to: first what changed, then what it was given or lost. */
  readonly targets: readonly Target[]
}

export type Service = 'Core Directory' | 'Conditional Access' | 'Authentication Methods' | 'Terms Of Use'
export type Category =
  | 'UserManagement' | 'GroupManagement' | 'ApplicationManagement' | 'RoleManagement' | 'Device' | 'DirectoryManagement' | 'Policy'

/** A thing in the directory, and what changed about it. */
export type Target = {
  readonly id: string | null
  readonly displayName: string | null
  readonly type: 'User' | 'Group' | 'Application' | 'ServicePrincipal' | 'Role' | 'Device' | 'Directory' | 'Policy' | 'Other'
  readonly userPrincipalName: string | null
  readonly groupType: 'unifiedGroups' | 'azureAD' | null
  readonly modifiedProperties: readonly Modified[]
}

export const target = (type: Target['type'], id: string | null, displayName: string | null, more: Partial<Target> = {}): Target => ({
  id,
  displayName,
  type,
  userPrincipalName: null,
  groupType: null,
  modifiedProperties: [],
  ...more,
})

import facts from './facts/builtin-roles.json' with { type: 'json' }

/** A built-in directory role; a tenant knows it by its template id. */
export type Role = {
  readonly templateId: string
  readonly displayName: string
  readonly isPrivileged: boolean
  /** Security defaults challenge it at every sign-in. */
  readonly securityDefaultsAlwaysMfa: boolean
}

export const builtInRoles: readonly Role[] = facts.roles

const byName = new Map(builtInRoles.flatMap((role) => [[role.displayName.toLowerCase(), role], [role.templateId, role]]))

/** A role by its name or template id, in any case. */
export function roleNamed(nameOrTemplateId: string): Role | undefined {
  return byName.get(nameOrTemplateId.toLowerCase())
}

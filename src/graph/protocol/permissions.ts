import { roleNamed } from '../../directory/index.ts'
import type { Directory } from '../../directory/types.ts'
import type { Caller } from './endpoint.ts'
import { GraphRefusal } from './refusal.ts'

/**
 * What a caller needs, as Graph's documentation prints it: any line is enough, `A and B` wants both.
 */
export type Permissions = {
  readonly delegated: readonly string[]
  /** Empty = not for applications. */
  readonly application: readonly string[]
  /** Directory roles, any of which the user has to hold as well; a Global Administrator always does. Absent = none is asked for. */
  readonly roles?: readonly string[]
  /** How a refusal is said: policies say `AccessDenied`, directory objects (unless said) `Authorization_RequestDenied`. */
  readonly denial?: 'AccessDenied'
}

/** The same for users and applications; what acts as a user is for users alone. */
export const either = (permissions: readonly string[], more: Omit<Permissions, 'delegated' | 'application'> = {}): Permissions => ({
  delegated: permissions,
  application: permissions.filter((line) => !line.includes('Directory.AccessAsUser.All')),
  ...more,
})

/** Refuses who may not ask. With permissions left out everybody may. */
export function authorize(permissions: Permissions, caller: Caller, directory: Directory): void {
  const refusal = refusalFor(permissions, caller, directory)
  if (refusal) throw refusal
}

/** Why somebody may not ask; null = he may. */
export function refusalFor(permissions: Permissions, caller: Caller, directory: Directory): GraphRefusal | null {
  if (caller.kind === 'anybody') return null
  const held = caller.kind === 'user' ? caller.scopes : caller.roles
  const wanted = caller.kind === 'user' ? permissions.delegated : permissions.application
  if (!wanted.some((line) => line.split(' and ').every((one) => isHeld(one.trim(), held)))) return denied(permissions, missing(wanted, caller.kind))
  if (caller.kind === 'user' && permissions.roles && !hasRole(caller.user.id, permissions.roles, directory)) {
    return denied(permissions, `The user is none of: ${['Global Administrator', ...permissions.roles].join(', ')}.`)
  }

  return null
}

/** What may be written may be read, and what is held for everybody is held for oneself. */
function isHeld(wanted: string, held: readonly string[]): boolean {
  return held.some((one) => one === wanted || reading(one) === wanted || `${wanted}.All` === one || `${wanted}.All` === reading(one))
}

const reading = (permission: string) => permission.replace('.ReadWrite', '.Read')

function missing(wanted: readonly string[], kind: 'user' | 'application'): string {
  if (wanted.length === 0) return 'Applications may not ask this; a user has to.'

  return `The token has to have ${kind === 'user' ? 'the scope' : 'the role'} ${wanted.join(', or ')}.`
}

/** Whether a user has one of these roles, or is a Global Administrator, who may do anything. */
export function hasRole(userId: string, roles: readonly string[], directory: Directory): boolean {
  const held = directory.roleTemplateIdsOf(userId)

  return ['Global Administrator', ...roles].some((name) => held.includes(roleNamed(name)?.templateId ?? ''))
}

function denied({ denial }: Permissions, why: string): GraphRefusal {
  if (denial === 'AccessDenied') return new GraphRefusal(403, denial, `You cannot perform the requested operation, required scopes are missing in the token. ${why}`)

  return new GraphRefusal(403, 'Authorization_RequestDenied', `Insufficient privileges to complete the operation. ${why}`)
}

import type { Application } from '../../directory/types.ts'
import type { Asked } from '../protocol/endpoint.ts'
import { insufficient, refuseUnlessOwnerOr } from './asking.ts'
import { applicationAdministrators } from './permissions.ts'

/** Refuses who may not change an application: a user who neither owns nor administers it, an application that may change only its own. */
export function mayChangeApplication({ owners = [] }: Application, asked: Asked): void {
  const { caller } = asked
  if (caller.kind === 'user') return refuseUnlessOwnerOr(applicationAdministrators, owners, asked)
  if (caller.kind !== 'application' || caller.roles.includes('Application.ReadWrite.All') || owners.includes(caller.objectId)) return

  throw insufficient('With Application.ReadWrite.OwnedBy an application changes those it is an owner of.')
}

import { nearestName } from '../directory/index.ts'
import type { Application, Directory, User } from '../directory/types.ts'
import { notFound } from './refusal.ts'

type Holder = { readonly directory: Directory }

/** A user by id, user principal name, local part or display name, where it is the only one. */
export function userNamed({ directory }: Holder, name = ''): User {
  const user = directory.named('users', name)
  if (user) return user

  const names = directory.list('users').flatMap(({ userPrincipalName }) => [userPrincipalName, userPrincipalName.split('@')[0] ?? ''])
  throw notFound('user', name, advice(name, names, 'Name one by id, user principal name, local part or display name, where only one has it.'))
}

/** An application by id, app id, identifier URI or display name, where it is the only one. */
export function clientNamed({ directory }: Holder, name: string): Application {
  const client = directory.named('applications', name)
  if (client) return client

  throw notFound('client', name, advice(name, directory.list('applications').map(({ displayName }) => displayName), 'Name one by id, app id or display name.'))
}

function advice(name: string, names: readonly string[], otherwise: string): string {
  // Naming the nearest of very many would cost more than it helps.
  const near = names.length > 20_000 ? undefined : nearestName(name, names)

  return near === undefined ? otherwise : `Did you mean "${near}"?`
}

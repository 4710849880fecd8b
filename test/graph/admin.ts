import type { Portcullis, Sandbox } from '../../src/index.ts'
import { people } from '../support/mock.ts'
import { graphAt, type Graph } from './ask.ts'

/** What an administrator's tools consent to, beside what Admin Shell has. */
const scopes = [
  'Directory.AccessAsUser.All', 'Directory.ReadWrite.All', 'RoleManagement.ReadWrite.Directory', 'Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All',
  'DelegatedPermissionGrant.ReadWrite.All', 'Domain.ReadWrite.All', 'UserAuthenticationMethod.ReadWrite.All', 'Policy.Read.All', 'Policy.ReadWrite.ApplicationConfiguration',
  'Policy.ReadWrite.AuthenticationMethod', 'User.ReadWrite.All', 'Group.ReadWrite.All',
]

/** Graph of a tenant of one's own, asked as Carol with every scope of this room, or with those that are named. */
export async function adminOf(mock: Portcullis, changes: Parameters<Portcullis['sandbox']>[0] = {}, scp = scopes): Promise<{ readonly graph: Graph; readonly sandbox: Sandbox }> {
  const sandbox = await mock.sandbox(changes)

  return { sandbox, graph: await graphAs(mock, sandbox, { oid: people.carol, scp: scp.join(' ') }) }
}

/** Graph asked with a token that says what it is told to. */
export async function graphAs(mock: Portcullis, sandbox: Pick<Sandbox, 'token'>, claims: Readonly<Record<string, unknown>>): Promise<Graph> {
  const token = await sandbox.token({ claims: { aud: 'https://graph.microsoft.com', ...claims } } as never)

  return graphAt(mock.http!, { authorization: `Bearer ${token}` })
}

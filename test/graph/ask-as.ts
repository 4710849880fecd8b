import type { Portcullis, Sandbox } from '../../src/index.ts'
import { people } from '../support/mock.ts'
import { graphAt } from './ask.ts'
import type { Graph } from './ask.ts'

/** Graph as a user of a tenant with exactly these scopes. */
export async function graphWith(mock: Portcullis, sandbox: Pick<Sandbox, 'token'>, scopes: string, oid: string = people.carol): Promise<Graph> {
  const token = await sandbox.token({ claims: { aud: 'https://graph.microsoft.com', idtyp: 'user', oid, scp: scopes, appid: 'c0ffee00-0000-4000-8000-0000000000a6' } })

  return graphAt(mock.http!, { authorization: `Bearer ${token}` })
}

/** Graph as an application of a tenant with exactly these roles. */
export async function graphAsApp(mock: Portcullis, sandbox: Pick<Sandbox, 'token'>, roles: readonly string[]): Promise<Graph> {
  const token = await sandbox.token({ claims: { aud: 'https://graph.microsoft.com', idtyp: 'app', oid: 'c0ffee00-0000-4000-8000-0000000000f4', appid: 'c0ffee00-0000-4000-8000-0000000000a4', roles } })

  return graphAt(mock.http!, { authorization: `Bearer ${token}` })
}

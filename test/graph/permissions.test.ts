import { describe, expect, test } from 'vitest'
import { people, useMock } from '../support/mock.ts'
import { graphAs } from './admin.ts'

const server = useMock()
const id = (last: string) => `c0ffee00-0000-4000-8000-0000000000${last}`
const job = id('f4')

/**
 * What Graph's documentation asks for beside `documented-endpoints.json`: the scopes of which a user's token needs one line,
 * and the roles of an application's. Null = not for applications.
 */
const operations: Record<string, [delegated: readonly string[], application: readonly string[] | null]> = {
  'GET /oauth2PermissionGrants': [['Directory.Read.All', 'DelegatedPermissionGrant.ReadWrite.All'], ['Directory.Read.All', 'DelegatedPermissionGrant.ReadWrite.All']],
  'POST /oauth2PermissionGrants': [['DelegatedPermissionGrant.ReadWrite.All', 'Directory.ReadWrite.All'], ['DelegatedPermissionGrant.ReadWrite.All', 'Directory.ReadWrite.All']],
  'GET /roleManagement/directory/roleAssignments': [['RoleManagement.Read.Directory', 'Directory.Read.All'], ['RoleManagement.Read.Directory', 'Directory.Read.All']],
  'POST /roleManagement/directory/roleAssignments': [['RoleManagement.ReadWrite.Directory'], ['RoleManagement.ReadWrite.Directory']],
  'GET /me/authentication/methods': [['UserAuthenticationMethod.Read', 'UserAuthenticationMethod.ReadWrite'], null],
  'GET /devices': [['Device.Read.All', 'Directory.Read.All', 'Directory.AccessAsUser.All'], ['Device.Read.All', 'Directory.Read.All']],
  'POST /devices': [['Directory.AccessAsUser.All'], ['Device.ReadWrite.All']],
  'GET /directory/deletedItems/microsoft.graph.user': [['User.Read.All', 'Directory.Read.All'], ['User.Read.All', 'Directory.Read.All']],
}

describe('what a token needs', () => {
  test.each(Object.entries(operations))('%s', async (operation, [delegated, application]) => {
    const sandbox = await server.mock.sandbox()
    const [method = '', path = ''] = operation.split(' ')
    // What is asked for is not meant to be done: nothing in it, or nothing that is there.
    const send = async (claims: Record<string, unknown>) => (await graphAs(server.mock, sandbox, claims))
      .send(method, path, method === 'GET' || method === 'DELETE' ? {} : { headers: { 'content-type': 'application/json' }, body: '{}' })
    const as = async (claims: Record<string, unknown>) => {
      const { status, body } = await send(claims)

      return status === 403 ? `403 ${body.error.code}` : status < 500 && status !== 405 && !/Resource not found for the segment/.test(body.error?.message ?? '') ? 'asked' : String(status)
    }
    const daemon = (roles: readonly string[]) => ({ idtyp: 'app', appid: id('a4'), oid: job, roles })

    for (const scp of delegated) expect([scp, await as({ oid: people.carol, scp })]).toEqual([scp, 'asked'])
    expect(await as({ oid: people.carol, scp: 'Mail.Read Calendars.Read' })).toBe('403 Authorization_RequestDenied')
    for (const role of application ?? []) expect([role, await as(daemon([role]))]).toEqual([role, 'asked'])
    if (application === null) expect((await send(daemon(['Directory.ReadWrite.All', 'User.ReadWrite.All', 'UserAuthenticationMethod.ReadWrite.All']))).status).toBe(400)
    else expect(await as(daemon(['Mail.Read']))).toBe('403 Authorization_RequestDenied')
  })
})

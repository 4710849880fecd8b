import { describe, expect, test } from 'vitest'
import { people, useMock } from '../support/mock.ts'
import { graphAs } from './admin.ts'

const server = useMock()
const id = (last: string) => `c0ffee00-0000-4000-8000-0000000000${last}`
const [alice, sales, app, principal, job] = [people.alice, id('c1'), id('a5'), id('f5'), id('f4')]
const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10'

/**
 * What Graph's documentation asks for: the scopes of which a user's token needs one line, and the roles of an application's.
 * Null = not for applications.
 */
const operations: Record<string, [delegated: readonly string[], application: readonly string[] | null]> = {
  'GET /users': [['User.ReadBasic.All', 'User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All', 'Directory.AccessAsUser.All'], ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All']],
  'GET /me': [['User.Read', 'User.ReadWrite', 'User.ReadBasic.All', 'User.Read.All', 'Directory.Read.All', 'Directory.AccessAsUser.All'], null],
  [`GET /users/${alice}`]: [['User.ReadBasic.All', 'User.Read.All', 'Directory.Read.All', 'Directory.AccessAsUser.All'], ['User.Read.All', 'Directory.Read.All']],
  'POST /users': [['User.ReadWrite.All', 'Directory.ReadWrite.All', 'Directory.AccessAsUser.All'], ['User.ReadWrite.All', 'Directory.ReadWrite.All']],
  [`PATCH /users/${alice}`]: [['User.ReadWrite.All', 'User.ManageIdentities.All', 'Directory.ReadWrite.All', 'Directory.AccessAsUser.All'], ['User.ReadWrite.All', 'User.ManageIdentities.All', 'Directory.ReadWrite.All']],
  [`GET /users/${alice}/memberOf`]: [['GroupMember.Read.All', 'Directory.Read.All', 'Directory.ReadWrite.All', 'Directory.AccessAsUser.All'], ['Directory.Read.All', 'Directory.ReadWrite.All']],
  [`GET /users/${alice}/transitiveMemberOf`]: [['Directory.Read.All', 'Directory.AccessAsUser.All'], ['Directory.Read.All']],
  [`POST /users/${alice}/revokeSignInSessions`]: [['User.ReadWrite.All', 'Directory.ReadWrite.All', 'Directory.AccessAsUser.All'], ['User.ReadWrite.All', 'Directory.ReadWrite.All']],
  [`GET /users/${alice}/licenseDetails`]: [['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.AccessAsUser.All'], ['User.Read.All', 'Directory.Read.All']],
  [`POST /users/${alice}/assignLicense`]: [['User.ReadWrite.All', 'Directory.ReadWrite.All'], ['User.ReadWrite.All', 'Directory.ReadWrite.All']],
  'GET /groups': [['GroupMember.Read.All', 'Group.Read.All', 'Group.ReadWrite.All', 'Directory.Read.All', 'Directory.AccessAsUser.All'], ['GroupMember.Read.All', 'Group.Read.All', 'Directory.Read.All']],
  [`GET /groups/${sales}`]: [['GroupMember.Read.All', 'Group.Read.All', 'Directory.Read.All'], ['GroupMember.Read.All', 'Group.Read.All', 'Directory.Read.All']],
  'POST /groups': [['Group.ReadWrite.All', 'Directory.ReadWrite.All', 'Directory.AccessAsUser.All'], ['Group.Create', 'Group.ReadWrite.All', 'Directory.ReadWrite.All']],
  [`PATCH /groups/${sales}`]: [['Group.ReadWrite.All', 'Directory.ReadWrite.All', 'Directory.AccessAsUser.All'], ['Group.ReadWrite.All', 'Directory.ReadWrite.All']],
  [`DELETE /groups/${id('ff')}`]: [['Group.ReadWrite.All', 'Directory.AccessAsUser.All'], ['Group.ReadWrite.All']],
  [`GET /groups/${sales}/members`]: [['GroupMember.Read.All', 'Group.Read.All', 'GroupMember.ReadWrite.All', 'Directory.Read.All'], ['GroupMember.Read.All', 'Group.Read.All', 'Directory.Read.All']],
  [`GET /groups/${sales}/transitiveMembers`]: [['GroupMember.Read.All', 'Group.Read.All', 'Directory.Read.All'], ['GroupMember.Read.All', 'Directory.Read.All']],
  [`GET /groups/${sales}/owners`]: [['GroupMember.Read.All', 'Group.Read.All', 'Directory.Read.All'], ['GroupMember.Read.All', 'Directory.Read.All']],
  [`POST /groups/${sales}/members/$ref`]: [['GroupMember.ReadWrite.All', 'Group.ReadWrite.All', 'Directory.ReadWrite.All', 'Directory.AccessAsUser.All'], ['GroupMember.ReadWrite.All', 'Group.ReadWrite.All', 'Directory.ReadWrite.All']],
  [`POST /groups/${sales}/owners/$ref`]: [['Group.ReadWrite.All', 'Directory.ReadWrite.All', 'Directory.AccessAsUser.All'], ['Group.ReadWrite.All', 'Directory.ReadWrite.All']],
  'GET /applications': [['Application.Read.All', 'Application.ReadWrite.All', 'Directory.Read.All', 'Directory.AccessAsUser.All'], ['Application.Read.All', 'Application.ReadWrite.All', 'Directory.Read.All']],
  'POST /applications': [['Application.ReadWrite.All', 'Directory.AccessAsUser.All'], ['Application.ReadWrite.All', 'Application.ReadWrite.OwnedBy']],
  [`PATCH /applications/${app}`]: [['Application.ReadWrite.All', 'Directory.AccessAsUser.All'], ['Application.ReadWrite.All']],
  [`POST /applications/${app}/addPassword`]: [['Application.ReadWrite.All', 'Directory.AccessAsUser.All'], ['Application.ReadWrite.All']],
  'GET /servicePrincipals': [['Application.Read.All', 'Directory.Read.All', 'Directory.AccessAsUser.All'], ['Application.Read.All', 'Directory.Read.All']],
  [`PATCH /servicePrincipals/${principal}`]: [['Application.ReadWrite.All', 'Directory.AccessAsUser.All'], ['Application.ReadWrite.All']],
  [`GET /servicePrincipals/${principal}/appRoleAssignedTo`]: [['Application.Read.All', 'Directory.Read.All', 'Directory.AccessAsUser.All'], ['Application.Read.All', 'Directory.Read.All']],
  [`POST /servicePrincipals/${principal}/appRoleAssignedTo`]: [['AppRoleAssignment.ReadWrite.All', 'Directory.ReadWrite.All', 'Directory.AccessAsUser.All'], ['AppRoleAssignment.ReadWrite.All', 'Directory.ReadWrite.All']],
  'GET /oauth2PermissionGrants': [['Directory.Read.All', 'DelegatedPermissionGrant.ReadWrite.All'], ['Directory.Read.All', 'DelegatedPermissionGrant.ReadWrite.All']],
  'POST /oauth2PermissionGrants': [['DelegatedPermissionGrant.ReadWrite.All', 'Directory.ReadWrite.All'], ['DelegatedPermissionGrant.ReadWrite.All', 'Directory.ReadWrite.All']],
  'GET /domains': [['Domain.Read.All', 'Directory.Read.All'], ['Domain.Read.All', 'Domain.ReadWrite.All', 'Directory.Read.All']],
  'PATCH /domains/contoso.example': [['Domain.ReadWrite.All', 'Directory.AccessAsUser.All'], ['Domain.ReadWrite.All']],
  'GET /domains/fed.contoso.example/federationConfiguration': [['Domain.Read.All', 'Domain.ReadWrite.All'], ['Domain.Read.All']],
  'POST /domains/contoso.example/federationConfiguration': [['Domain.ReadWrite.All', 'Domain-InternalFederation.ReadWrite.All'], ['Domain.ReadWrite.All']],
  'GET /organization': [['User.Read', 'Organization.Read.All', 'Directory.Read.All'], ['Organization.Read.All', 'Directory.Read.All']],
  'GET /subscribedSkus': [['Organization.Read.All', 'Directory.Read.All', 'Organization.ReadWrite.All', 'Directory.AccessAsUser.All'], ['Organization.Read.All', 'Directory.Read.All']],
  'GET /directoryRoles': [['RoleManagement.Read.Directory', 'Directory.Read.All', 'RoleManagement.ReadWrite.Directory', 'Directory.AccessAsUser.All'], ['RoleManagement.Read.Directory', 'Directory.Read.All']],
  'GET /directoryRoleTemplates': [['RoleManagement.Read.Directory', 'Directory.Read.All'], ['RoleManagement.Read.Directory', 'Directory.Read.All']],
  'POST /directoryRoles': [['RoleManagement.ReadWrite.Directory', 'Directory.AccessAsUser.All'], ['RoleManagement.ReadWrite.Directory']],
  [`POST /directoryRoles/roleTemplateId=${globalAdministrator}/members/$ref`]: [['RoleManagement.ReadWrite.Directory', 'Directory.AccessAsUser.All'], ['RoleManagement.ReadWrite.Directory']],
  'GET /roleManagement/directory/roleAssignments': [['RoleManagement.Read.Directory', 'Directory.Read.All'], ['RoleManagement.Read.Directory', 'Directory.Read.All']],
  'POST /roleManagement/directory/roleAssignments': [['RoleManagement.ReadWrite.Directory'], ['RoleManagement.ReadWrite.Directory']],
  'POST /directoryObjects/getByIds': [['Directory.Read.All', 'Directory.AccessAsUser.All'], ['Directory.Read.All']],
  [`POST /users/${alice}/getMemberGroups`]: [['User.ReadBasic.All', 'User.Read.All', 'Directory.Read.All'], ['User.Read.All', 'Directory.Read.All']],
  [`POST /users/${alice}/checkMemberGroups`]: [['User.ReadBasic.All', 'User.Read.All', 'Directory.Read.All'], ['User.Read.All', 'Directory.Read.All']],
  [`GET /users/${alice}/authentication/methods`]: [['UserAuthenticationMethod.Read.All', 'UserAuthenticationMethod.ReadWrite.All'], ['UserAuthenticationMethod.Read.All', 'UserAuthenticationMethod.ReadWrite.All']],
  'GET /me/authentication/methods': [['UserAuthenticationMethod.Read', 'UserAuthenticationMethod.ReadWrite'], null],
  [`POST /users/${alice}/authentication/temporaryAccessPassMethods`]: [['UserAuthenticationMethod.ReadWrite.All'], ['UserAuthenticationMethod.ReadWrite.All']],
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

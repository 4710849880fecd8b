import { describe, expect, test } from 'vitest'
import { people, useMock } from '../support/mock.ts'
import { adminOf, graphAs } from './admin.ts'
import { type Graph, type Json } from './ask.ts'

const server = useMock()
const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10'
const helpdesk = '729827e3-9c14-49f7-bb1b-9608f156bbb8'
const sales = 'c0ffee00-0000-4000-8000-0000000000c1'
const nightlyJob = 'c0ffee00-0000-4000-8000-0000000000f4'
const ref = (id: string) => ({ '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` })
const names = ({ body }: { readonly body: Json }): readonly string[] => body.value.map(({ displayName }: Json) => displayName)

describe('a directory role', () => {
  test('is listed once somebody has it, or once it is activated', async () => {
    const { graph } = await adminOf(server.mock)
    expect(names(await graph.get('/directoryRoles'))).toEqual(['Global Administrator'])
    const activated = await graph.post('/directoryRoles', { roleTemplateId: helpdesk })
    expect(activated).toMatchObject({ status: 201, body: { displayName: 'Helpdesk Administrator', roleTemplateId: helpdesk } })

    expect(names(await graph.get('/directoryRoles'))).toEqual(['Global Administrator', 'Helpdesk Administrator'])
    expect(await graph.post('/directoryRoles', { roleTemplateId: helpdesk })).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining('A conflicting object') } } })
    expect((await graph.post('/directoryRoles', { roleTemplateId: sales })).status).toBe(404)
    expect((await graph.get('/directoryRoleTemplates')).body.value.length).toBeGreaterThan(80)
  })

  test('has its members, under its id and its template id', async () => {
    const { graph } = await adminOf(server.mock)
    const role = (await graph.get(`/directoryRoles(roleTemplateId='${globalAdministrator}')`)).body
    expect(names(await graph.get(`/directoryRoles/${role.id}/members`))).toEqual(['Carol Clark', 'Break Glass'])
    expect((await graph.post(`/directoryRoles/roleTemplateId=${globalAdministrator}/members/$ref`, ref(people.dave))).status).toBe(204)
    expect(names(await graph.get(`/directoryRoles/${role.id}/members`))).toContain('Dave Doyle')
    expect((await graph.post(`/directoryRoles/${role.id}/members/$ref`, ref(people.dave))).status).toBe(400)
    expect((await graph.delete(`/directoryRoles/${role.id}/members/${people.dave}/$ref`)).status).toBe(204)
    expect((await graph.delete(`/directoryRoles/${role.id}/members/${people.dave}/$ref`)).status).toBe(404)
  })

  test('is assigned as the newer pages do it, and withdrawn', async () => {
    const { graph } = await adminOf(server.mock)
    const path = '/roleManagement/directory/roleAssignments'
    const made = await graph.post(path, { '@odata.type': '#microsoft.graph.unifiedRoleAssignment', 'roleDefinitionId': helpdesk, 'principalId': people.dave, 'directoryScopeId': '/' })
    expect(made).toMatchObject({ status: 201, body: { principalId: people.dave, roleDefinitionId: helpdesk, directoryScopeId: '/' } })
    expect((await graph.get(`${path}?$filter=principalId eq '${people.dave}'&$expand=roleDefinition`)).body.value).toMatchObject([{ id: made.body.id, roleDefinition: { displayName: 'Helpdesk Administrator', isBuiltIn: true } }])
    expect((await graph.get(`${path}?$filter=roleDefinitionId eq '${globalAdministrator}'&$expand=principal`)).body.value.map(({ principal }: Json) => principal.displayName)).toEqual(['Carol Clark', 'Break Glass'])
    expect((await graph.get(`/roleManagement/directory/roleDefinitions?$filter=displayName eq 'Helpdesk Administrator'`)).body.value).toMatchObject([{ id: helpdesk, templateId: helpdesk }])

    expect((await graph.delete(`${path}/${made.body.id}`)).status).toBe(204)
    expect((await graph.get(`${path}/${made.body.id}`)).status).toBe(404)
  })

  const wrong: Record<string, [body: Json, status: number, message: RegExp]> = {
    'that is none': [{ roleDefinitionId: sales }, 404, /does not exist/],
    'to nobody': [{ principalId: helpdesk }, 404, /does not exist/],
    'to a group that cannot have one': [{ principalId: sales }, 400, /isAssignableToRole/],
    'in a part of the tenant': [{ directoryScopeId: '/administrativeUnits/x' }, 400, /directoryScopeId is "\/"/],
    'twice': [{ principalId: people.carol, roleDefinitionId: globalAdministrator }, 400, /conflicting object/],
  }
  test.each(Object.entries(wrong))('is not assigned %s', async (_, [change, status, message]) => {
    const { graph } = await adminOf(server.mock)

    expect(await graph.post('/roleManagement/directory/roleAssignments', { roleDefinitionId: helpdesk, principalId: people.dave, directoryScopeId: '/', ...change })).toMatchObject({ status, body: { error: { message: expect.stringMatching(message) } } })
  })

  test('is had by a group and by a service principal too', async () => {
    const { graph } = await adminOf(server.mock)
    const group = (await graph.post('/groups', { 'displayName': 'Helpers', 'mailEnabled': false, 'mailNickname': 'helpers', 'securityEnabled': true, 'isAssignableToRole': true, 'members@odata.bind': [people.dave] })).body
    expect(group.isAssignableToRole).toBe(true)
    for (const principalId of [group.id, nightlyJob]) expect((await graph.post('/roleManagement/directory/roleAssignments', { roleDefinitionId: helpdesk, principalId, directoryScopeId: '/' })).status).toBe(201)

    expect(names(await graph.get(`/users/${people.dave}/transitiveMemberOf/microsoft.graph.directoryRole`))).toEqual(['Helpdesk Administrator'])
    expect(names(await graph.get(`/servicePrincipals/${nightlyJob}/memberOf`))).toEqual(['Helpdesk Administrator'])
    expect(names(await graph.get(`/directoryRoles(roleTemplateId='${helpdesk}')/members`))).toEqual(['Helpers', 'Nightly Job'])
  })

  test('is given by those who may give roles, not by a user who has none', async () => {
    const { sandbox } = await adminOf(server.mock)
    const dave: Graph = await graphAs(server.mock, sandbox, { oid: people.dave, scp: 'RoleManagement.ReadWrite.Directory' })

    expect(await dave.post('/roleManagement/directory/roleAssignments', { roleDefinitionId: globalAdministrator, principalId: people.dave, directoryScopeId: '/' })).toMatchObject({ status: 403, body: { error: { code: 'Authorization_RequestDenied' } } })
  })
})

test('a role given through Graph acts on the next sign-in', async () => {
  const { graph, sandbox } = await adminOf(server.mock)
  const atOffice = { user: 'dave', client: 'Sales SPA', password: 'Portcullis1!', signals: { ipAddress: '198.51.100.7' } }
  expect((await sandbox.signIn(atOffice)).outcome).toBe('granted')
  await graph.post('/roleManagement/directory/roleAssignments', { roleDefinitionId: globalAdministrator, principalId: people.dave, directoryScopeId: '/' })

  expect(await sandbox.signIn(atOffice)).toMatchObject({ outcome: 'interrupted', error: { code: 50074 } })
})

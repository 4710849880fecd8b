import { describe, expect, test } from 'vitest'
import { apps, people, useMock } from '../support/mock.ts'
import { graphAt, graphOf } from './ask.ts'
import type { Graph, Json, Said } from './ask.ts'

const server = useMock()
const ca = '/identity/conditionalAccess'
const sales = 'c0ffee00-0000-4000-8000-0000000000c1'
const block = { displayName: 'New', state: 'disabled', conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] }, clientAppTypes: ['all'] }, grantControls: { operator: 'OR', builtInControls: ['block'] } }
const location = { '@odata.type': '#microsoft.graph.ipNamedLocation', 'displayName': 'Lab', 'isTrusted': false, 'ipRanges': [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', 'cidrAddress': '192.0.2.0/24' }] }

const scopes = 'AuditLog.Read.All Directory.ReadWrite.All User.ReadWrite.All Application.ReadWrite.All RoleManagement.ReadWrite.Directory Policy.Read.All Policy.ReadWrite.ConditionalAccess Policy.ReadWrite.AuthenticationMethod'
const idOf = ({ body }: Said) => String(body.id)

type Case = [change: (graph: Graph) => Promise<Said>, ...activities: readonly string[]]

/** What an administrator does over Graph, and what the audit calls it, the last thing last. */
const cases: Record<string, Case> = {
  'a policy made': [(graph) => graph.post(`${ca}/policies`, block), 'Add conditional access policy'],
  'a policy switched': [(graph) => graph.patch(`${ca}/policies/c0ffee00-0000-4000-8000-0000000000e5`, { state: 'enabled' }), 'Update conditional access policy'],
  'a policy deleted': [(graph) => graph.delete(`${ca}/policies/c0ffee00-0000-4000-8000-0000000000e5`), 'Delete conditional access policy'],
  'a location made and deleted': [async (graph) => graph.delete(`${ca}/namedLocations/${idOf(await graph.post(`${ca}/namedLocations`, location))}`), 'Add named location', 'Delete named location'],
  'an authentication context': [(graph) => graph.patch(`${ca}/authenticationContextClassReferences/c7`, { displayName: 'Payments', description: 'x', isAvailable: true }), 'Add AuthenticationContextClassReference'],
  'an authentication strength': [(graph) => graph.post('/policies/authenticationStrengthPolicies', { displayName: 'Keys', allowedCombinations: ['fido2'] }), 'Authentication Strength Policy Create'],
  'a user made': [(graph) => graph.post('/users', { accountEnabled: true, displayName: 'Zoe', mailNickname: 'zoe', userPrincipalName: 'zoe@contoso.example', passwordProfile: { password: 'A-long-Passw0rd' } }), 'Add user'],
  'a user renamed': [(graph) => graph.patch('/users/dave@contoso.example', { displayName: 'Dave Doe' }), 'Update user'],
  'a user disabled': [(graph) => graph.patch('/users/dave@contoso.example', { accountEnabled: false }), 'Disable account'],
  'a password set': [(graph) => graph.patch('/users/dave@contoso.example', { passwordProfile: { password: 'A-long-Passw0rd', forceChangePasswordNextSignIn: false } }), 'Reset user password'],
  'sessions ended': [(graph) => graph.post('/users/dave@contoso.example/revokeSignInSessions'), 'Update StsRefreshTokenValidFrom Timestamp'],
  'a user deleted': [(graph) => graph.delete('/users/dave@contoso.example'), 'Delete user'],
  'a group made': [(graph) => graph.post('/groups', { displayName: 'Night shift', mailEnabled: false, securityEnabled: true, mailNickname: 'night' }), 'Add group', 'Add owner to group'],
  'a member added': [(graph) => graph.post(`/groups/${sales}/members/$ref`, { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${people.dave}` }), 'Add member to group'],
  'a member removed': [(graph) => graph.delete(`/groups/${sales}/members/${people.alice}/$ref`), 'Remove member from group'],
  'a role given': [(graph) => graph.post('/roleManagement/directory/roleAssignments', { roleDefinitionId: '62e90394-69f5-4237-9190-012177145e10', principalId: people.dave, directoryScopeId: '/' }), 'Add member to role'],
  'an application registered': [(graph) => graph.post('/applications', { displayName: 'New app' }), 'Add application', 'Add owner to application'],
  'a secret made': [(graph) => graph.post(`/applications/${apps.salesHub}/addPassword`, { passwordCredential: { displayName: 'one more' } }), 'Update application – Certificates and secrets management'],
}

describe('what is done over Graph is told by the audit, with who did it and in which request', () => {
  test.each(Object.entries(cases))('%s', async (_, [change, ...activities]) => {
    const sandbox = await server.mock.sandbox()
    const token = await sandbox.token({ claims: { aud: 'https://graph.microsoft.com', appid: apps.adminShell, oid: people.carol, scp: scopes } })
    const graph = graphAt(server.mock.http!, { authorization: `Bearer ${token}` })
    const said = await change(graph)
    expect(said.status, said.text).toBeLessThan(300)
    const { body: { value: rows } } = await graph.get('/auditLogs/directoryAudits?$orderby=activityDateTime')

    expect(rows.map(({ activityDisplayName }: Json) => activityDisplayName)).toEqual(activities)
    expect(rows.map(({ initiatedBy }: Json) => initiatedBy.user?.userPrincipalName)).toEqual(activities.map(() => 'carol@contoso.example'))
    expect(rows.at(-1).correlationId).toBe(said.headers.get('request-id'))
    for (const secret of ['A-long-Passw0rd', String(said.body.secretText ?? 'scrypt$')]) expect(JSON.stringify(rows)).not.toContain(secret)
  })

  test('and what is refused is not told', async () => {
    const { graph } = await graphOf(server.mock)
    expect((await graph.post(`${ca}/policies`, { ...block, state: 'perhaps' })).status).toBe(400)
    expect((await graph.patch('/users/nobody@contoso.example', { displayName: 'x' })).status).toBe(404)

    expect((await graph.get('/auditLogs/directoryAudits')).body.value).toEqual([])
  })

  test('an application that changes something is named as one', async () => {
    const sandbox = await server.mock.sandbox()
    const token = await sandbox.token({ claims: { aud: 'https://graph.microsoft.com', idtyp: 'app', appid: apps.nightlyJob, oid: 'c0ffee00-0000-4000-8000-0000000000f4', roles: ['User.ReadWrite.All', 'AuditLog.Read.All'] } })
    const daemon = graphAt(server.mock.http!, { authorization: `Bearer ${token}` })
    expect((await daemon.patch('/users/dave@contoso.example', { displayName: 'Dave Doe' })).status).toBe(204)

    expect((await daemon.get('/auditLogs/directoryAudits')).body.value[0].initiatedBy).toMatchObject({ user: null, app: { appId: apps.nightlyJob, displayName: 'Nightly Job', servicePrincipalId: 'c0ffee00-0000-4000-8000-0000000000f4' } })
  })
})

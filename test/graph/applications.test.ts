import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { people, useMock } from '../support/mock.ts'
import { adminOf, graphAs } from './admin.ts'
import { type Graph, type Json } from './ask.ts'

const server = useMock()
const id = (last: string) => `c0ffee00-0000-4000-8000-0000000000${last}`
const nightlyJob = { id: id('a4'), principal: id('f4') }
const salesApi = { id: id('a5'), principal: id('f5') }
const graphAppId = '00000003-0000-0000-c000-000000000000'
const portal = {
  displayName: 'Portal', identifierUris: ['api://portal'], web: { redirectUris: ['https://portal.example/callback'] },
  appRoles: [{ id: id('91'), value: 'Reader', displayName: 'Reader', description: 'Reads', allowedMemberTypes: ['User', 'Application'], isEnabled: true }],
  api: { requestedAccessTokenVersion: 2, oauth2PermissionScopes: [{ id: id('92'), value: 'Read', type: 'User', isEnabled: true, adminConsentDisplayName: 'Read', adminConsentDescription: 'Reads' }] },
}

/** An application of one's own making, and its service principal. */
async function made(graph: Graph, change: Json = {}): Promise<{ readonly application: Json; readonly principal: Json }> {
  const application = await graph.post('/applications', { ...portal, ...change })
  expect(application.status).toBe(201)
  const principal = await graph.post('/servicePrincipals', { appId: application.body.appId })
  expect(principal.status).toBe(201)

  return { application: application.body, principal: principal.body }
}

describe('an application', () => {
  test('is registered, gets its service principal, is changed and deleted', async () => {
    const { graph } = await adminOf(server.mock)
    const { application, principal } = await made(graph)
    expect(application).toMatchObject({ displayName: 'Portal', signInAudience: 'AzureADMyOrg', publisherDomain: 'contoso.example', passwordCredentials: [], api: { requestedAccessTokenVersion: 2, oauth2PermissionScopes: [{ value: 'Read' }], knownClientApplications: [] } })
    expect(principal).toMatchObject({ appId: application.appId, displayName: 'Portal', accountEnabled: true, servicePrincipalType: 'Application', servicePrincipalNames: ['api://portal', application.appId], replyUrls: ['https://portal.example/callback'], appRoles: [{ value: 'Reader', origin: 'Application' }] })

    expect((await graph.patch(`/applications/${application.id}`, { displayName: 'The portal', web: { homePageUrl: 'https://portal.example' } })).status).toBe(204)
    expect((await graph.get(`/applications(appId='${application.appId}')`)).body).toMatchObject({ displayName: 'The portal', web: { homePageUrl: 'https://portal.example', redirectUris: portal.web.redirectUris }, appRoles: portal.appRoles })
    expect((await graph.get(`/servicePrincipals(appId='${application.appId}')`)).body).toMatchObject({ id: principal.id, displayName: 'The portal' })

    expect((await graph.delete(`/applications/${application.id}`)).status).toBe(204)
    expect((await graph.get(`/applications/${application.id}`)).status).toBe(404)
    expect((await graph.get(`/servicePrincipals/${principal.id}`)).status).toBe(404)
  })

  test('is listed and filtered; those of Microsoft are service principals only', async () => {
    const { graph } = await adminOf(server.mock)
    const names = async (path: string, headers = {}) => (await graph.get(path, headers)).body.value.map(({ displayName }: Json) => displayName)

    expect(await names('/applications')).toEqual(['Sales Hub', 'Sales SPA', 'Sales Mobile', 'Nightly Job', 'Sales API', 'Admin Shell'])
    expect(await names("/applications?$filter=identifierUris/any(u:u eq 'api://sales-api')")).toEqual(['Sales API'])
    expect(await names(`/servicePrincipals?$filter=appId eq '${graphAppId}'`)).toEqual(['Microsoft Graph'])
    expect(await names("/servicePrincipals?$filter=startswith(displayName,'Sales')&$count=true&$orderby=displayName", { consistencylevel: 'eventual' })).toEqual(['Sales API', 'Sales Hub', 'Sales Mobile', 'Sales SPA'])
    expect((await graph.get(`/servicePrincipals(appId='${graphAppId}')?$select=oauth2PermissionScopes`)).body.oauth2PermissionScopes).toContainEqual(expect.objectContaining({ value: 'User.Read', id: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d' }))
  })

  const wrong: Record<string, [ask: (graph: Graph) => ReturnType<Graph['get']>, status: number, message: RegExp]> = {
    'registered without a name': [(graph) => graph.post('/applications', {}), 400, /A value is required for property 'displayName'/],
    'given an identifier URI that is taken': [(graph) => graph.post('/applications', { ...portal, identifierUris: ['api://sales-api'] }), 400, /Another object with the same value for property identifierUris already exists/],
    'given a redirect URI that is none': [(graph) => graph.post('/applications', { ...portal, web: { redirectUris: ['nowhere'] } }), 400, /"nowhere" is not an absolute URI/],
    'given a property that is none': [(graph) => graph.post('/applications', { ...portal, secrets: ['x'] }), 400, /Invalid property 'secrets'/],
    'given a certificate that is none': [(graph) => graph.patch(`/applications/${salesApi.id}`, { keyCredentials: [{ type: 'AsymmetricX509Cert', usage: 'Verify', key: 'AAAA' }] }), 400, /wants a certificate/],
    'rid of a role that is enabled': [(graph) => graph.patch(`/applications/${salesApi.id}`, { appRoles: [] }), 400, /cannot be deleted or updated unless disabled first/],
    'found under an id nobody has': [(graph) => graph.patch(`/applications/${id('99')}`, { displayName: 'X' }), 404, /does not exist/],
    'given a second service principal': [(graph) => graph.post('/servicePrincipals', { appId: salesApi.id }), 409, /is already in use/],
    'made a service principal of nothing': [(graph) => graph.post('/servicePrincipals', { appId: id('99') }), 400, /does not reference a valid application object/],
    "changed where it is Microsoft's": [async (graph) => graph.patch(`/servicePrincipals(appId='${graphAppId}')`, { accountEnabled: false }), 403, /is Microsoft's/],
  }
  test.each(Object.entries(wrong))('is not %s', async (_, [ask, status, message]) => {
    const { graph } = await adminOf(server.mock)

    expect(await ask(graph)).toMatchObject({ status, body: { error: { message: expect.stringMatching(message) } } })
  })

  test('is rid of a role once it is disabled, and of who had it', async () => {
    const { graph } = await adminOf(server.mock)
    const { appRoles } = (await graph.get(`/applications/${salesApi.id}`)).body
    expect((await graph.patch(`/applications/${salesApi.id}`, { appRoles: appRoles.map((role: Json) => ({ ...role, isEnabled: false })) })).status).toBe(204)
    expect((await graph.patch(`/applications/${salesApi.id}`, { appRoles: [] })).status).toBe(204)

    expect((await graph.get(`/servicePrincipals/${salesApi.principal}/appRoleAssignedTo`)).body.value.filter(({ principalId }: Json) => principalId === nightlyJob.principal)).toEqual([])
  })

  test('gets a secret that is told once, signs in with it, and not when it is removed', async () => {
    const { graph, sandbox } = await adminOf(server.mock)
    const { body, status } = await graph.post(`/applications/${nightlyJob.id}/addPassword`, { passwordCredential: { displayName: 'CI' } })
    expect({ status, body }).toMatchObject({ status: 200, body: { displayName: 'CI', secretText: expect.stringMatching(/^.{40}$/), hint: body.secretText.slice(0, 3) } })
    const shown = await graph.get(`/applications/${nightlyJob.id}?$select=passwordCredentials`)
    expect(shown.text).not.toContain(body.secretText)
    expect(shown.text).not.toContain('nightly-job-secret')
    expect(shown.body.passwordCredentials).toMatchObject([{ hint: 'nig', secretText: null }, { keyId: body.keyId, displayName: 'CI', secretText: null }])

    const token = async (secret: string) => (await fetch(`${server.mock.http}/${sandbox.id}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id('a4'), client_secret: secret, scope: 'api://sales-api/.default' }),
    })).status
    expect(await token(body.secretText)).toBe(200)
    expect((await graph.post(`/applications/${nightlyJob.id}/removePassword`, { keyId: body.keyId })).status).toBe(204)
    expect(await token(body.secretText)).toBe(401)
    expect(await token('nightly-job-secret')).toBe(200)
    expect(await graph.post(`/applications/${nightlyJob.id}/removePassword`, { keyId: body.keyId })).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining('No password credential found') } } })
  })

  test('signs in with a secret until it ends, and then hears that it has', async () => {
    const { graph, sandbox } = await adminOf(server.mock)
    await graph.post(`/applications/${nightlyJob.id}/removePassword`, { keyId: (await graph.get(`/applications/${nightlyJob.id}`)).body.passwordCredentials[0].keyId })
    const endDateTime = new Date(sandbox.clock.now.getTime() + 60 * 60_000).toISOString()
    const { body } = await graph.post(`/applications/${nightlyJob.id}/addPassword`, { passwordCredential: { endDateTime } })
    const token = async () => (await (await fetch(`${server.mock.http}/${sandbox.id}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id('a4'), client_secret: body.secretText, scope: 'api://sales-api/.default' }),
    })).json()) as Json
    expect(await token()).toHaveProperty('access_token')
    sandbox.clock.advance('PT61M')

    expect(await token()).toMatchObject({ error: 'invalid_client', error_codes: [7000222] })
  })

  test('trusts another issuer in the place of a secret, as long as it is told to', async () => {
    const { graph } = await adminOf(server.mock)
    const path = `/applications/${nightlyJob.id}/federatedIdentityCredentials`
    const ci = { name: 'ci', issuer: 'https://ci.example', subject: 'repo:contoso/hub:ref:refs/heads/main', audiences: ['api://AzureADTokenExchange'] }
    const made = await graph.post(path, ci)
    expect(made).toMatchObject({ status: 201, body: ci })
    expect((await graph.post(path, ci)).status).toBe(409)
    expect((await graph.post(path, { ...ci, name: 'x', issuer: 'nowhere' })).status).toBe(400)
    expect((await graph.post(path, { ...ci, name: 'x', subject: undefined })).status).toBe(400)
    expect((await graph.patch(`${path}/ci`, { subject: 'repo:contoso/hub:environment:production' })).status).toBe(204)
    expect((await graph.patch(`${path}/ci`, { name: 'other' })).status).toBe(400)
    expect((await graph.get(`${path}/${made.body.id}`)).body).toMatchObject({ ...ci, subject: 'repo:contoso/hub:environment:production' })
    expect((await graph.delete(`${path}/${made.body.id}`)).status).toBe(204)
    expect((await graph.get(path)).body.value).toEqual([])
  })

  test('whose service principal is disabled signs in no more', async () => {
    const { graph, sandbox } = await adminOf(server.mock)
    expect((await graph.patch(`/servicePrincipals/${nightlyJob.principal}`, { accountEnabled: false })).status).toBe(204)

    expect(await sandbox.signIn({ client: 'Nightly Job' })).toMatchObject({ outcome: 'failed', error: { code: 7000112 } })
  })

  test('gets a certificate, and keeps those it names', async () => {
    const { graph } = await adminOf(server.mock)
    const pem = await readFile(new URL('../support/server.pem', import.meta.url), 'utf8')
    const [certificate = ''] = /-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/.exec(pem) ?? []
    const key = certificate.replaceAll(/-----[^-]+-----|\s/g, '')
    expect((await graph.patch(`/applications/${nightlyJob.id}`, { keyCredentials: [{ type: 'AsymmetricX509Cert', usage: 'Verify', key }] })).status).toBe(204)
    const { keyCredentials } = (await graph.get(`/applications/${nightlyJob.id}`)).body
    expect(keyCredentials).toMatchObject([{ type: 'AsymmetricX509Cert', usage: 'Verify', key: null, keyId: expect.any(String) }])

    expect((await graph.patch(`/applications/${nightlyJob.id}`, { keyCredentials })).status).toBe(204)
    expect((await graph.get(`/applications/${nightlyJob.id}`)).body.keyCredentials).toEqual(keyCredentials)
  })
})

describe('who looks after an application', () => {
  test('is whoever made it, and whoever is added', async () => {
    const { graph, sandbox } = await adminOf(server.mock)
    const dave = await graphAs(server.mock, sandbox, { oid: people.dave, scp: 'Application.ReadWrite.All' })
    const { application } = await made(dave)
    expect((await graph.get(`/applications/${application.id}/owners`)).body.value).toMatchObject([{ displayName: 'Dave Doyle' }])
    expect((await dave.patch(`/applications/${application.id}`, { displayName: 'Mine' })).status).toBe(204)
    expect(await dave.patch(`/applications/${salesApi.id}`, { displayName: 'Mine' })).toMatchObject({ status: 403, body: { error: { code: 'Authorization_RequestDenied' } } })

    const ref = { '@odata.id': `https://graph.microsoft.com/v1.0/users/${people.dave}` }
    expect((await graph.post(`/applications/${salesApi.id}/owners/$ref`, ref)).status).toBe(204)
    expect((await graph.post(`/applications/${salesApi.id}/owners/$ref`, ref)).status).toBe(400)
    expect((await dave.patch(`/applications/${salesApi.id}`, { displayName: 'Mine' })).status).toBe(204)
    expect((await graph.delete(`/servicePrincipals/${salesApi.principal}/owners/${people.dave}/$ref`)).status).toBe(204)
    expect((await graph.delete(`/servicePrincipals/${salesApi.principal}/owners/${people.dave}/$ref`)).status).toBe(404)
  })

  test('is an application of its own with OwnedBy, and of no other', async () => {
    const { sandbox } = await adminOf(server.mock)
    const daemon = await graphAs(server.mock, sandbox, { idtyp: 'app', appid: id('a4'), oid: nightlyJob.principal, roles: ['Application.ReadWrite.OwnedBy'] })
    const { application } = await made(daemon)

    expect((await daemon.patch(`/applications/${application.id}`, { notes: 'mine' })).status).toBe(204)
    expect(await daemon.patch(`/applications/${salesApi.id}`, { notes: 'mine' })).toMatchObject({ status: 403, body: { error: { message: expect.stringContaining('OwnedBy') } } })
  })
})

describe('an app role', () => {
  const assignment = { principalId: people.dave, resourceId: '', appRoleId: id('91') }

  test('is given, seen from both sides, in the token, and taken back', async () => {
    const { graph, sandbox } = await adminOf(server.mock)
    const { principal } = await made(graph)
    const given = await graph.post(`/servicePrincipals/${principal.id}/appRoleAssignedTo`, { ...assignment, resourceId: principal.id })
    expect(given).toMatchObject({ status: 201, body: { principalDisplayName: 'Dave Doyle', principalType: 'User', resourceDisplayName: 'Portal', appRoleId: id('91') } })
    expect((await graph.get(`/users/${people.dave}/appRoleAssignments`)).body.value).toMatchObject([{ id: given.body.id }])
    expect((await graph.get(`/servicePrincipals/${principal.id}/appRoleAssignedTo/${given.body.id}`)).body.principalId).toBe(people.dave)
    const roles = (await sandbox.snapshot() as Json).applications.find(({ displayName }: Json) => displayName === 'Portal').assignments
    expect(roles).toEqual([{ principal: 'dave@contoso.example', role: 'Reader' }])

    expect((await graph.delete(`/users/${people.dave}/appRoleAssignments/${given.body.id}`)).status).toBe(204)
    expect((await graph.get(`/servicePrincipals/${principal.id}/appRoleAssignedTo`)).body.value).toEqual([])
    expect((await graph.delete(`/users/${people.dave}/appRoleAssignments/${given.body.id}`)).status).toBe(404)
  })

  test("of Microsoft Graph is given to a daemon, whose token has it", async () => {
    const { graph, sandbox } = await adminOf(server.mock)
    const resource = (await graph.get(`/servicePrincipals(appId='${graphAppId}')`)).body
    const role = resource.appRoles.find(({ value }: Json) => value === 'User.Read.All')
    const given = await graph.post(`/servicePrincipals/${nightlyJob.principal}/appRoleAssignments`, { principalId: nightlyJob.principal, resourceId: resource.id, appRoleId: role.id })
    expect(given).toMatchObject({ status: 201, body: { principalType: 'ServicePrincipal', resourceDisplayName: 'Microsoft Graph' } })
    expect((await graph.get(`/servicePrincipals(appId='${graphAppId}')`)).body.id).toBe(resource.id)
    expect((await graph.get('/applications')).body.value).toHaveLength(6)

    const answer = await fetch(`${server.mock.http}/${sandbox.id}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id('a4'), client_secret: 'nightly-job-secret', scope: 'https://graph.microsoft.com/.default' }),
    })
    const { access_token: token } = (await answer.json()) as { access_token: string }
    expect((JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Json).roles).toEqual(['User.Read.All'])
  })

  const wrong: Record<string, [change: Json, status: number, message: RegExp]> = {
    'that is none': [{ appRoleId: id('99') }, 400, /was not found on application/],
    'to nobody': [{ principalId: id('99') }, 404, /does not exist/],
    'of something else than the address says': [{ resourceId: salesApi.principal }, 400, /has to be the id of the object in the address/],
    'without saying which': [{ appRoleId: undefined }, 400, /A value is required for property 'appRoleId'/],
  }
  test.each(Object.entries(wrong))('is not given %s', async (_, [change, status, message]) => {
    const { graph } = await adminOf(server.mock)
    const { principal } = await made(graph)

    expect(await graph.post(`/servicePrincipals/${principal.id}/appRoleAssignedTo`, { ...assignment, resourceId: principal.id, ...change })).toMatchObject({ status, body: { error: { message: expect.stringMatching(message) } } })
  })

  test('is not given twice', async () => {
    const { graph } = await adminOf(server.mock)
    const { principal } = await made(graph)
    const ask = () => graph.post(`/users/${people.dave}/appRoleAssignments`, { ...assignment, resourceId: principal.id })
    expect((await ask()).status).toBe(201)

    expect(await ask()).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining('already exists on the object') } } })
  })
})

describe('a delegated permission', () => {
  test('is granted for everybody or for one, changed, and taken back', async () => {
    const { graph } = await adminOf(server.mock)
    const { principal } = await made(graph)
    const forAll = await graph.post('/oauth2PermissionGrants', { clientId: principal.id, consentType: 'AllPrincipals', resourceId: salesApi.principal, scope: 'Orders.Read' })
    expect(forAll).toMatchObject({ status: 201, body: { consentType: 'AllPrincipals', principalId: null, scope: 'Orders.Read' } })
    const forOne = await graph.post('/oauth2PermissionGrants', { clientId: principal.id, consentType: 'Principal', principalId: people.dave, resourceId: salesApi.principal, scope: 'Orders.Write' })
    expect(forOne.status).toBe(201)
    expect((await graph.get(`/oauth2PermissionGrants?$filter=clientId eq '${principal.id}' and consentType eq 'Principal'`)).body.value).toMatchObject([{ id: forOne.body.id, principalId: people.dave }])
    expect((await graph.get(`/users/${people.dave}/oauth2PermissionGrants`)).body.value).toMatchObject([{ id: forOne.body.id }])
    expect((await graph.get(`/servicePrincipals/${principal.id}/oauth2PermissionGrants`)).body.value).toHaveLength(2)

    expect((await graph.patch(`/oauth2PermissionGrants/${forAll.body.id}`, { scope: 'Orders.Read Orders.Write' })).status).toBe(204)
    expect((await graph.get(`/oauth2PermissionGrants/${forAll.body.id}`)).body.scope).toBe('Orders.Read Orders.Write')
    for (const { body } of [forAll, forOne]) expect((await graph.delete(`/oauth2PermissionGrants/${body.id}`)).status).toBe(204)
    expect((await graph.get(`/oauth2PermissionGrants/${forAll.body.id}`)).status).toBe(404)
  })

  test('shows what the tenant file consented to, and is asked for no more once it is there', async () => {
    const { graph } = await adminOf(server.mock)
    const { value } = (await graph.get(`/oauth2PermissionGrants?$filter=resourceId eq '${salesApi.principal}'`)).body

    expect(value.length).toBeGreaterThanOrEqual(3)
    expect(value).toContainEqual(expect.objectContaining({ clientId: id('f1'), consentType: 'AllPrincipals', scope: expect.stringContaining('Orders.Read') }))
  })

  const wrong: Record<string, [change: Json, status: number, message: RegExp]> = {
    'for one without saying whom': [{ consentType: 'Principal' }, 400, /principalId names the user/],
    'for everybody and one': [{ principalId: people.dave }, 400, /principalId names the user/],
    'of a client that is none': [{ clientId: id('99') }, 404, /does not exist/],
    'of a resource that is none': [{ resourceId: id('99') }, 404, /does not exist/],
    'of another type': [{ consentType: 'Everybody' }, 400, /one of AllPrincipals, Principal/],
    'that is there': [{}, 409, /Permission entry already exists/],
  }
  test.each(Object.entries(wrong))('is not granted %s', async (_, [change, status, message]) => {
    const { graph } = await adminOf(server.mock)

    expect(await graph.post('/oauth2PermissionGrants', { clientId: id('f1'), consentType: 'AllPrincipals', resourceId: salesApi.principal, scope: 'Orders.Read', ...change })).toMatchObject({ status, body: { error: { message: expect.stringMatching(message) } } })
  })
})

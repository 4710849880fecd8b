import { describe, expect, test } from 'vitest'
import { people, useMock } from '../support/mock.ts'
import { adminOf, graphAs } from './admin.ts'
import type { Graph } from './ask.ts'

const server = useMock()
const of = (user: string) => `/users/${user}/authentication`
const bob = of(people.bob)
const password = '28c10230-6103-485e-b985-444c60001490'
const cafe = { ipAddress: '203.0.113.9' }

describe('how a user can sign in', () => {
  test('is listed: the password, and what is registered, each of its type and without a secret', async () => {
    const { graph } = await adminOf(server.mock)
    const { body, text } = await graph.get(`${of(people.alice)}/methods`)

    expect(body.value).toMatchObject([
      { '@odata.type': '#microsoft.graph.passwordAuthenticationMethod', 'id': password, 'password': null },
      { '@odata.type': '#microsoft.graph.softwareOathAuthenticationMethod', 'secretKey': null },
    ])
    expect(text).not.toContain('JBSWY3D')
    expect((await graph.get(`${of(people.alice)}/methods/${body.value[1].id}`)).body).toMatchObject({ '@odata.type': '#microsoft.graph.softwareOathAuthenticationMethod' })
    expect((await graph.get('/me/authentication/softwareOathMethods')).body.value).toHaveLength(1)
    for (const kind of ['phoneMethods', 'emailMethods', 'fido2Methods', 'microsoftAuthenticatorMethods', 'windowsHelloForBusinessMethods', 'temporaryAccessPassMethods', 'platformCredentialMethods']) {
      expect((await graph.get(`${bob}/${kind}`)).body).toMatchObject({ value: [] })
    }
  })

  test('an authenticator is registered, used at the next sign-in, and taken away', async () => {
    const { graph, sandbox } = await adminOf(server.mock)
    const attempt = { user: 'bob', client: 'Sales SPA', password: 'Portcullis1!', signals: cafe }
    expect(await sandbox.signIn(attempt)).toMatchObject({ error: { code: 50072 } })
    const made = await graph.post(`${bob}/softwareOathMethods`, { secretKey: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' })
    expect(made).toMatchObject({ status: 201, body: { secretKey: null } })
    expect(made.text).not.toContain('GEZDG')
    expect(sandbox.oneTimeCode('bob')).toMatch(/^\d{6}$/)
    expect(await sandbox.signIn(attempt)).toMatchObject({ error: { code: 50074 } })

    expect((await graph.delete(`${bob}/softwareOathMethods/${made.body.id}`)).status).toBe(204)
    expect((await graph.delete(`${bob}/softwareOathMethods/${made.body.id}`)).status).toBe(404)
    expect(await sandbox.signIn(attempt)).toMatchObject({ error: { code: 50072 } })
  })

  test('a phone is registered once of each type, changed, and taken away', async () => {
    const { graph } = await adminOf(server.mock)
    const made = await graph.post(`${bob}/phoneMethods`, { phoneNumber: '+1 5551234567', phoneType: 'mobile' })
    expect(made).toMatchObject({ status: 201, body: { id: '3179e48a-750b-4051-897c-87b9720928f7', phoneNumber: '+1 5551234567', phoneType: 'mobile' } })
    expect((await graph.post(`${bob}/phoneMethods`, { phoneNumber: '+1 5551234568', phoneType: 'mobile' })).status).toBe(400)
    expect((await graph.patch(`${bob}/phoneMethods/${made.body.id}`, { phoneNumber: '+49 15112345678' })).status).toBe(204)
    expect((await graph.get(`${bob}/phoneMethods`)).body.value).toMatchObject([{ phoneNumber: '+49 15112345678', phoneType: 'mobile' }])
    expect((await graph.post(`${bob}/emailMethods`, { emailAddress: 'bob@home.example' })).status).toBe(201)
    expect((await graph.get(`${bob}/methods`)).body.value).toHaveLength(3)
    expect((await graph.delete(`${bob}/phoneMethods/${made.body.id}`)).status).toBe(204)
  })

  test('a phone registered over Graph is asked for at the next sign-in, and the code that would be sent is told to tests', async () => {
    const { graph, sandbox } = await adminOf(server.mock)
    expect(sandbox.oneTimeCode('bob')).toBeNull()
    await graph.post(`${bob}/phoneMethods`, { phoneNumber: '+1 5551234567', phoneType: 'mobile' })

    expect(await sandbox.signIn({ user: 'bob', client: 'Sales SPA', password: 'Portcullis1!', signals: cafe })).toMatchObject({ error: { code: 50074 } })
    expect(sandbox.oneTimeCode('bob')).toMatch(/^\d{6}$/)
  })

  test('a temporary access pass is told once, and a new one takes its place', async () => {
    const { graph, sandbox } = await adminOf(server.mock)
    const made = await graph.post(`${bob}/temporaryAccessPassMethods`, { lifetimeInMinutes: 30, isUsableOnce: true })
    expect(made).toMatchObject({ status: 201, body: { temporaryAccessPass: expect.stringMatching(/^.{8}$/), lifetimeInMinutes: 30, isUsableOnce: true, isUsable: true, methodUsabilityReason: 'EnabledByPolicy' } })
    expect((await graph.get(`${bob}/temporaryAccessPassMethods/${made.body.id}`)).body).toMatchObject({ temporaryAccessPass: null, isUsable: true })
    expect((await graph.get(`${bob}/methods`)).text).not.toContain(made.body.temporaryAccessPass)
    sandbox.clock.advance('PT31M')
    const admin = await graphAs(server.mock, sandbox, { oid: people.carol, scp: 'UserAuthenticationMethod.ReadWrite.All' })
    expect((await admin.get(`${bob}/temporaryAccessPassMethods`)).body.value).toMatchObject([{ isUsable: false, methodUsabilityReason: 'Expired' }])

    expect((await admin.post(`${bob}/temporaryAccessPassMethods`, {})).body).toMatchObject({ lifetimeInMinutes: 60, isUsableOnce: false })
    expect((await admin.get(`${bob}/temporaryAccessPassMethods`)).body.value).toHaveLength(1)
  })

  test('a temporary access pass made over Graph lets in where MFA is asked for, once', async () => {
    const { graph, sandbox } = await adminOf(server.mock)
    const { body } = await graph.post(`${bob}/temporaryAccessPassMethods`, { isUsableOnce: true })
    const attempt = { user: 'bob', client: 'Sales SPA', password: body.temporaryAccessPass, signals: cafe }

    expect((await sandbox.signIn(attempt)).outcome).toBe('granted')
    expect(await sandbox.signIn(attempt)).toMatchObject({ error: { code: 50126 } })
    expect((await graph.get(`${bob}/temporaryAccessPassMethods`)).body.value).toEqual([])
  })

  const wrong: Record<string, [ask: (graph: Graph) => ReturnType<Graph['get']>, status: number, message: RegExp]> = {
    'with a secret that is none': [(graph) => graph.post(`${bob}/softwareOathMethods`, { secretKey: 'hello' }), 400, /BASE32/],
    'with a phone number that is none': [(graph) => graph.post(`${bob}/phoneMethods`, { phoneNumber: '5551234', phoneType: 'mobile' }), 400, /\+1 5551234567/],
    'with a type of phone that is none': [(graph) => graph.post(`${bob}/phoneMethods`, { phoneNumber: '+1 5551234567', phoneType: 'car' }), 400, /one of mobile/],
    'with a pass that lasts for ever': [(graph) => graph.post(`${bob}/temporaryAccessPassMethods`, { lifetimeInMinutes: 50_000 }), 400, /between 10 and 43200/],
    'with a pass, being a guest': [(graph) => graph.post(`${of(people.erin)}/temporaryAccessPassMethods`, {}), 400, /guest/],
    'with a pass of his own choice': [(graph) => graph.post(`${bob}/temporaryAccessPassMethods`, { temporaryAccessPass: 'letmein!' }), 400, /read-only/],
    'with a key, which only a key can do': [(graph) => graph.post(`${bob}/fido2Methods`, { displayName: 'Key' }), 405, /not allowed/],
    'without a password, by deleting it': [(graph) => graph.delete(`${bob}/passwordMethods/${password}`), 405, /not allowed/],
    'who is nobody': [(graph) => graph.get(`${of('nobody@contoso.example')}/methods`), 404, /does not exist/],
  }
  test.each(Object.entries(wrong))('is not registered %s', async (_, [ask, status, message]) => {
    const { graph } = await adminOf(server.mock)

    expect(await ask(graph)).toMatchObject({ status, body: { error: { message: expect.stringMatching(message) } } })
  })

  test('a password is reset, given or made up, and has to be changed at the next sign-in', async () => {
    const { graph, sandbox } = await adminOf(server.mock)
    const given = await graph.post(`${bob}/methods/${password}/resetPassword`, { newPassword: 'Brand-New-1!' })
    expect(given).toMatchObject({ status: 202 })
    expect(given.text).not.toContain('Brand-New')
    expect((await graph.get(given.headers.get('location') ?? '')).body).toMatchObject({ status: 'succeeded' })
    expect(await sandbox.signIn({ user: 'bob', client: 'Sales SPA', password: 'Brand-New-1!' })).toMatchObject({ error: { code: 50055 } })

    const { body } = await graph.post(`${bob}/methods/${password}/resetPassword`)
    expect(await sandbox.signIn({ user: 'bob', client: 'Sales SPA', password: body.newPassword })).toMatchObject({ error: { code: 50055 } })
    expect((await graph.post(`${bob}/methods/${password}/resetPassword`, { newPassword: 'weak' })).status).toBe(400)
    expect((await graph.send('POST', `${bob}/methods/${password}/resetPassword`, { body: '{', headers: { 'content-type': 'application/json' } })).status).toBe(400)
  })

  test('MFA is put on for one user, in beta', async () => {
    const { graph } = await adminOf(server.mock)
    expect((await graph.get(`/beta${bob}/requirements`)).body).toMatchObject({ perUserMfaState: 'disabled' })
    expect((await graph.patch(`/beta${bob}/requirements`, { perUserMfaState: 'enforced' })).status).toBe(204)
    expect((await graph.get(`/beta${bob}/requirements`)).body).toMatchObject({ perUserMfaState: 'enforced' })
    expect((await graph.patch(`/beta${bob}/requirements`, { perUserMfaState: 'sometimes' })).status).toBe(400)
    expect((await graph.get(`/v1.0${bob}/requirements`)).status).toBe(400)
  })

  test('is seen and changed by the user himself, and by administrators, not by others', async () => {
    const { sandbox } = await adminOf(server.mock)
    const dave = await graphAs(server.mock, sandbox, { oid: people.dave, scp: 'UserAuthenticationMethod.ReadWrite' })
    expect((await dave.get('/me/authentication/methods')).body.value).toHaveLength(2)
    expect((await dave.get(`${of(people.dave)}/methods`)).status).toBe(200)
    expect((await dave.post('/me/authentication/phoneMethods', { phoneNumber: '+1 5551234567', phoneType: 'mobile' })).status).toBe(201)
    expect(await dave.get(`${bob}/methods`)).toMatchObject({ status: 403, body: { error: { code: 'Authorization_RequestDenied' } } })

    const withAll = await graphAs(server.mock, sandbox, { oid: people.dave, scp: 'UserAuthenticationMethod.ReadWrite.All' })
    expect((await withAll.get(`${bob}/methods`)).status).toBe(403)
  })
})

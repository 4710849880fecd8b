import { describe, expect, test } from 'vitest'
import { people, useMock } from '../support/mock.ts'
import { graphOf } from './ask.ts'
import { graphWith } from './ask-as.ts'

const server = useMock()
const path = '/policies/crossTenantAccessPolicy'
const nothing = { isMfaAccepted: false, isCompliantDeviceAccepted: false, isHybridAzureADJoinedDeviceAccepted: false }

describe('what guests\' own tenants are believed', () => {
  test('is nothing, until it is changed; then their MFA counts at the next sign-in', async () => {
    const sandbox = await server.mock.sandbox()
    await sandbox.patchUser('erin', { externalType: 'b2bCollaborationGuest', externalUserState: 'Accepted', homeTenantId: crypto.randomUUID() })
    const graph = await graphWith(server.mock, sandbox, 'Policy.ReadWrite.CrossTenantAccess')
    const erin = async () => (await sandbox.signIn({ user: 'erin', client: 'Sales SPA', signals: { ipAddress: '203.0.113.9', mfaAtHome: true } })).outcome
    expect((await graph.get(`${path}/default`)).body).toEqual({ '@odata.context': `${server.mock.http}/v1.0/$metadata#policies/crossTenantAccessPolicy/default`, 'isServiceDefault': true, 'inboundTrust': nothing })
    expect(await erin()).toBe('interrupted')

    expect(await graph.patch(`${path}/default`, { InboundTrust: { isMfaAccepted: true } })).toMatchObject({ status: 204, text: '' })
    expect((await graph.get(`${path}/default`)).body).toMatchObject({ isServiceDefault: false, inboundTrust: { ...nothing, isMfaAccepted: true } })
    expect(await erin()).toBe('granted')
    expect((await graph.patch(`${path}/default`, { inboundTrust: { isCompliantDeviceAccepted: true, isMfaAccepted: false } }, { prefer: 'return=representation' })).body).toMatchObject({ inboundTrust: { ...nothing, isCompliantDeviceAccepted: true } })
    expect(await sandbox.snapshot()).toMatchObject({ settings: { inboundTrust: { compliantDevice: true } } })
  })

  test('is the same for all of them', async () => {
    const { graph } = await graphOf(server.mock)

    expect((await graph.get(path)).body).toMatchObject({ displayName: 'CrossTenantAccessPolicy', allowedCloudEndpoints: [] })
    expect((await graph.get(`${path}/partners`)).body.value).toEqual([])
  })

  const refused: Record<string, [object, string]> = {
    'nothing': [{}, 'inboundTrust'],
    'another member': [{ b2bCollaborationInbound: {} }, 'b2bCollaborationInbound'],
    'a word': [{ inboundTrust: { isMfaAccepted: 'yes' } }, 'inboundTrust.isMfaAccepted'],
    'what is nobody\'s': [{ inboundTrust: { isTrusted: true } }, 'inboundTrust.isTrusted'],
    'what says itself': [{ isServiceDefault: true }, 'isServiceDefault'],
  }
  test.each(Object.entries(refused))('is not changed to %s', async (_, [body, target]) => {
    const sandbox = await server.mock.sandbox()
    const graph = await graphWith(server.mock, sandbox, 'Policy.ReadWrite.CrossTenantAccess')

    expect(await graph.patch(`${path}/default`, body)).toMatchObject({ status: 400, body: { error: { target } } })
    expect((await graph.get(`${path}/default`)).body.inboundTrust).toEqual(nothing)
  })

  test('is not changed by who may not', async () => {
    const sandbox = await server.mock.sandbox()
    const change = async (scopes: string, who: string) => (await (await graphWith(server.mock, sandbox, scopes, who)).patch(`${path}/default`, { inboundTrust: { isMfaAccepted: true } })).body.error

    expect(await change('Policy.Read.All', people.carol)).toMatchObject({ code: 'AccessDenied' })
    expect(await change('Policy.ReadWrite.CrossTenantAccess', people.alice)).toMatchObject({ code: 'AccessDenied', message: expect.stringMatching(/Security Administrator/) })
  })
})

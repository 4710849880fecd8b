import { describe, expect, test } from 'vitest'
import { people, useMock } from '../support/mock.ts'
import { adminOf } from './admin.ts'
import { type Graph, type Json } from './ask.ts'

const server = useMock()
const tenant = 'c0ffee00-0000-4000-8000-000000000001'

describe('the organization', () => {
  test('is the tenant, with its verified domains and its plans', async () => {
    const { graph, sandbox } = await adminOf(server.mock)
    const { value } = (await graph.get('/organization')).body

    expect(value).toMatchObject([{
      id: sandbox.id, displayName: 'Contoso', tenantType: 'AAD',
      verifiedDomains: [{ name: 'contoso.example', isDefault: true, isInitial: true, type: 'Managed' }, { name: 'fed.contoso.example', isDefault: false, type: 'Federated' }],
      assignedPlans: expect.arrayContaining([expect.objectContaining({ servicePlanId: 'eec0eb4f-6444-4f95-aba0-50c24d67f998', capabilityStatus: 'Enabled' })]),
    }])
    expect((await graph.get(`/organization/${sandbox.id}?$select=displayName`)).body).toMatchObject({ displayName: 'Contoso' })
    expect((await graph.get(`/organization/${tenant}`)).status).toBe(sandbox.id === tenant ? 200 : 404)
  })

  const licences: Record<string, Json> = {
    P2: [{ skuPartNumber: 'AAD_PREMIUM_P2', capabilityStatus: 'Enabled', consumedUnits: 7, servicePlans: expect.arrayContaining([expect.objectContaining({ servicePlanName: 'AAD_PREMIUM_P2', provisioningStatus: 'Success' })]) }],
    P1: [{ skuPartNumber: 'AAD_PREMIUM', capabilityStatus: 'Enabled' }],
    lapsed: [{ skuPartNumber: 'AAD_PREMIUM_P2', capabilityStatus: 'Suspended', prepaidUnits: { enabled: 0 } }],
    none: [],
  }
  test.each(Object.entries(licences))('has bought what its licence says: %s', async (licence, skus) => {
    const { graph } = await adminOf(server.mock, { licence: licence as 'P1' })

    expect((await graph.get('/subscribedSkus')).body.value).toMatchObject(skus)
  })

  test('gives a plan to a user, and takes it', async () => {
    const { graph } = await adminOf(server.mock)
    const [sku] = (await graph.get('/subscribedSkus')).body.value
    expect((await graph.get(`/subscribedSkus/${sku.id}`)).body).toMatchObject({ skuId: sku.skuId })
    expect((await graph.get('/me/licenseDetails')).body.value).toMatchObject([{ skuPartNumber: 'AAD_PREMIUM_P2' }])
    expect((await graph.post(`/users/${people.dave}/assignLicense`, { addLicenses: [], removeLicenses: [sku.skuId] })).body).toMatchObject({ displayName: 'Dave Doyle' })
    expect((await graph.get(`/users/${people.dave}?$select=assignedLicenses`)).body.assignedLicenses).toEqual([])
    expect((await graph.get(`/users/${people.dave}/licenseDetails`)).body.value).toEqual([])
    expect(await graph.post(`/users/${people.dave}/assignLicense`, { addLicenses: [], removeLicenses: [sku.skuId] })).toMatchObject({ status: 400, body: { error: { target: 'removeLicenses' } } })
    expect((await graph.post(`/users/${people.dave}/assignLicense`, { addLicenses: [{ skuId: sku.skuId }], removeLicenses: [] })).status).toBe(200)
    expect((await graph.get(`/users?$filter=assignedLicenses/any(l:l/skuId eq ${sku.skuId})`)).body.value).toHaveLength(7)
    expect(await graph.post(`/users/${people.dave}/assignLicense`, { addLicenses: [{ skuId: tenant }], removeLicenses: [] })).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining('does not correspond to a valid company License') } } })
  })
})

describe('a domain', () => {
  test('is added, shown to be ours, named after, and gone', async () => {
    const { graph } = await adminOf(server.mock)
    expect(await graph.post('/domains', { id: 'New.example' })).toMatchObject({ status: 201, body: { id: 'new.example', isVerified: false, isDefault: false, authenticationType: 'Managed' } })
    expect((await graph.get('/domains/new.example/verificationDnsRecords')).body.value).toMatchObject([{ recordType: 'Txt', text: expect.stringMatching(/^MS=ms\d+$/) }, { recordType: 'Mx' }])
    const zoe = { accountEnabled: true, displayName: 'Zoe', mailNickname: 'zoe', userPrincipalName: 'zoe@new.example', passwordProfile: { password: 'Brand-New-1!' } }
    expect(await graph.post('/users', zoe)).toMatchObject({ status: 400, body: { error: { target: 'userPrincipalName' } } })
    expect((await graph.get('/organization')).body.value[0].verifiedDomains).toHaveLength(2)

    expect(await graph.post('/domains/new.example/verify')).toMatchObject({ status: 200, body: { isVerified: true } })
    expect((await graph.post('/domains/new.example/verify')).status).toBe(400)
    const { body: { id } } = await graph.post('/users', zoe)
    expect((await graph.get('/domains/new.example/domainNameReferences')).body.value).toMatchObject([{ displayName: 'Zoe' }])
    expect(await graph.delete('/domains/new.example')).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining('is in use') } } })
    await graph.delete(`/users/${id}`)
    expect((await graph.delete('/domains/new.example')).status).toBe(204)
    expect((await graph.get('/domains/new.example')).status).toBe(404)
  })

  test('becomes the default in the place of the other', async () => {
    const { graph } = await adminOf(server.mock)
    await graph.post('/domains', { id: 'new.example' })
    expect(await graph.patch('/domains/new.example', { isDefault: true })).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining('not verified') } } })
    await graph.post('/domains/new.example/verify')
    expect((await graph.patch('/domains/new.example', { isDefault: true })).status).toBe(204)

    expect((await graph.get('/domains?$select=id,isDefault')).body.value).toEqual([{ id: 'contoso.example', isDefault: false }, { id: 'fed.contoso.example', isDefault: false }, { id: 'new.example', isDefault: true }])
    expect((await graph.patch('/domains/new.example', { isDefault: false })).status).toBe(400)
    expect(await graph.post('/domains', { id: 'contoso.example' })).toMatchObject({ status: 409, body: { error: { message: expect.stringContaining('already exists') } } })
    expect((await graph.post('/domains', { id: 'not a domain' })).status).toBe(400)
  })
})

describe('the federation of a domain', () => {
  const federation = { displayName: 'Home', issuerUri: 'https://home.example/adfs/services/trust', passiveSignInUri: 'https://home.example/adfs/ls', preferredAuthenticationProtocol: 'wsFed', federatedIdpMfaBehavior: 'rejectMfaByFederatedIdp' }
  const path = '/domains/contoso.example/federationConfiguration'

  test('is made, read, changed and ended; with it the domain is federated', async () => {
    const { graph } = await adminOf(server.mock)
    expect((await graph.get(path)).body.value).toEqual([])
    const made = await graph.post(path, { '@odata.type': '#microsoft.graph.internalDomainFederation', ...federation })
    expect(made).toMatchObject({ status: 201, body: federation })
    expect((await graph.get('/domains/contoso.example')).body).toMatchObject({ authenticationType: 'Federated' })
    expect((await graph.post(path, federation)).status).toBe(409)

    expect((await graph.patch(`${path}/${made.body.id}`, { federatedIdpMfaBehavior: 'acceptIfMfaDoneByFederatedIdp' })).status).toBe(204)
    expect((await graph.get(`${path}/${made.body.id}`)).body).toMatchObject({ displayName: 'Home', federatedIdpMfaBehavior: 'acceptIfMfaDoneByFederatedIdp' })
    expect((await graph.delete(`${path}/${made.body.id}`)).status).toBe(204)
    expect((await graph.get('/domains/contoso.example')).body).toMatchObject({ authenticationType: 'Managed' })
    expect((await graph.get(`${path}/${made.body.id}`)).status).toBe(404)
  })

  const wrong: Record<string, [Json, RegExp]> = {
    'without an issuer': [{ ...federation, issuerUri: undefined }, /issuerUri/],
    'with a behaviour that is none': [{ ...federation, federatedIdpMfaBehavior: 'maybe' }, /one of acceptIfMfaDoneByFederatedIdp/],
    'with a property that is none': [{ ...federation, mfaEnabled: false }, /Invalid property 'mfaEnabled'/],
  }
  test.each(Object.entries(wrong))('is not made %s', async (_, [body, message]) => {
    const { graph } = await adminOf(server.mock)

    expect(await graph.post(path, body)).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(message) } } })
  })

  test('says that MFA at home does not count, and from then on the next sign-in is asked here', async () => {
    const { graph } = await adminOf(server.mock)
    const [{ id }] = (await graph.get('/domains/fed.contoso.example/federationConfiguration')).body.value
    expect((await graph.patch(`/domains/fed.contoso.example/federationConfiguration/${id}`, { federatedIdpMfaBehavior: 'enforceMfaByFederatedIdp' })).status).toBe(204)

    expect((await graph.get('/domains/fed.contoso.example/federationConfiguration')).body.value).toMatchObject([{ id, displayName: 'Contoso home sign-in', federatedIdpMfaBehavior: 'enforceMfaByFederatedIdp' }])
  })
})

describe('a device', () => {
  const laptop = { displayName: 'Laptop', deviceId: 'd0d0d0d0-0000-4000-8000-000000000001', operatingSystem: 'Windows', operatingSystemVersion: '11', accountEnabled: true, isCompliant: true, trustType: 'AzureAD', alternativeSecurityIds: [{ type: 2, key: 'Y3YxN2E1MWFlYw==' }] }
  const make = async (graph: Graph, change: Json = {}) => graph.post('/devices', { ...laptop, ...change })

  test('is registered, read by either id, changed, owned and removed', async () => {
    const { graph } = await adminOf(server.mock)
    const made = await make(graph)
    expect(made).toMatchObject({ status: 201, body: { displayName: 'Laptop', isCompliant: true, trustType: 'AzureAD', extensionAttributes: { extensionAttribute1: null } } })
    expect((await graph.patch(`/devices(deviceId='${laptop.deviceId}')`, { isCompliant: false, extensionAttributes: { extensionAttribute1: 'SAW' } })).status).toBe(204)
    expect((await graph.get(`/devices/${made.body.id}`)).body).toMatchObject({ isCompliant: false, extensionAttributes: { extensionAttribute1: 'SAW' } })

    const owner = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${people.dave}` }
    expect((await graph.post(`/devices/${made.body.id}/registeredOwners/$ref`, owner)).status).toBe(204)
    expect((await graph.get(`/users/${people.dave}/ownedDevices`)).body.value).toMatchObject([{ '@odata.type': '#microsoft.graph.device', 'displayName': 'Laptop' }])
    expect((await graph.get(`/devices/${made.body.id}/registeredUsers`)).body.value).toMatchObject([{ displayName: 'Dave Doyle' }])
    expect((await graph.delete(`/devices/${made.body.id}/registeredOwners/${people.dave}/$ref`)).status).toBe(204)
    expect((await graph.delete(`/devices/${made.body.id}`)).status).toBe(204)
    expect((await graph.get(`/devices/${made.body.id}`)).status).toBe(404)
  })

  const wrong: Record<string, [Json, RegExp]> = {
    'without a name': [{ displayName: undefined }, /A value is required for property 'displayName'/],
    'under an id that is none': [{ deviceId: 'laptop' }, /a GUID/],
    'with a property that is none': [{ colour: 'red' }, /Invalid property 'colour'/],
  }
  test.each(Object.entries(wrong))('is not registered %s', async (_, [change, message]) => {
    const { graph } = await adminOf(server.mock)

    expect(await make(graph, change)).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(message) } } })
  })

  test('is registered once', async () => {
    const { graph } = await adminOf(server.mock)
    await make(graph)

    expect(await make(graph)).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining('same value for property deviceId') } } })
  })

  test('that complies, or no longer does, is judged by at the next sign-in', async () => {
    const { graph, sandbox } = await adminOf(server.mock)
    await make(graph)
    const report = async () => {
      const { why } = (await sandbox.signIn({ user: 'dave', client: 'Sales Mobile', scope: 'api://sales-api/Orders.Read', signals: { ipAddress: '198.51.100.7', device: 'Laptop' } })) as Json
      
      return why.policies.find(({ displayName }: Json) => displayName.startsWith('Compliant device'))?.result
    }
    expect(await report()).toBe('reportOnlySuccess')
    await graph.patch(`/devices(deviceId='${laptop.deviceId}')`, { isCompliant: false })

    expect(await report()).not.toBe('reportOnlySuccess')
  })
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Domain } from '../../src/directory/types.ts'
import { discoveryV1, discoveryV2, jwks } from '../../src/entra/discovery.ts'
import { instanceDiscovery, metadataEndpoints } from '../../src/entra/instance-discovery.ts'
import { userRealm } from '../../src/entra/user-realm.ts'

const base = 'https://localhost:8443'
const tenantId = 'c0ffee00-0000-4000-8000-000000000001'
const tenant = { base, tenantId, segment: tenantId }
const root = `${base}/${tenantId}`

describe('the v2 discovery document', () => {
  test('of a tenant has exactly these members', () => {
    expect(discoveryV2(tenant)).toEqual({
      token_endpoint: `${root}/oauth2/v2.0/token`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
      jwks_uri: `${root}/discovery/v2.0/keys`,
      response_modes_supported: ['query', 'fragment', 'form_post'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
      issuer: `${root}/v2.0`,
      request_uri_parameter_supported: false,
      userinfo_endpoint: `${base}/oidc/userinfo`,
      authorization_endpoint: `${root}/oauth2/v2.0/authorize`,
      device_authorization_endpoint: `${root}/oauth2/v2.0/devicecode`,
      http_logout_supported: true,
      frontchannel_logout_supported: true,
      end_session_endpoint: `${root}/oauth2/v2.0/logout`,
      claims_supported: ['sub', 'iss', 'cloud_instance_name', 'cloud_instance_host_name', 'cloud_graph_host_name', 'msgraph_host', 'aud', 'exp', 'iat', 'auth_time', 'acr', 'nonce', 'preferred_username', 'name', 'tid', 'ver', 'at_hash', 'c_hash', 'email'],
      kerberos_endpoint: `${root}/kerberos`,
      tenant_region_scope: 'NA',
      cloud_instance_name: 'microsoftonline.com',
      cloud_graph_host_name: 'graph.windows.net',
      msgraph_host: 'graph.microsoft.com',
      rbac_url: 'https://pas.windows.net',
    })
  })

  test('asked by domain, speaks of the GUID', () => {
    expect(discoveryV2({ ...tenant, segment: 'contoso.example' })).toEqual(discoveryV2(tenant))
  })

  test('promises nothing that Entra does not promise', () => {
    for (const member of ['grant_types_supported', 'code_challenge_methods_supported', 'claims_parameter_supported', 'revocation_endpoint', 'introspection_endpoint', 'registration_endpoint', 'authorization_response_iss_parameter_supported']) {
      expect(discoveryV2(tenant)).not.toHaveProperty(member)
    }
  })

  const aliases: Record<string, [word: string, issuer: string]> = {
    'common': ['common', `${base}/{tenantid}/v2.0`],
    'organizations': ['organizations', `${base}/{tenantid}/v2.0`],
    'Organizations, in any case': ['Organizations', `${base}/{tenantid}/v2.0`],
    'consumers': ['consumers', `${base}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0`],
  }
  for (const [alias, [segment, issuer]] of Object.entries(aliases)) {
    test(`of ${alias} keeps the word, and its issuer is a template`, () => {
      expect(discoveryV2({ ...tenant, segment })).toMatchObject({ issuer, token_endpoint: `${base}/${segment.toLowerCase()}/oauth2/v2.0/token`, tenant_region_scope: null })
    })
  }

  const corpus = process.env.PORTCULLIS_CORPUS
  test.skipIf(corpus === undefined)('has every member and value of the captured one (needs PORTCULLIS_CORPUS)', () => {
    type Golden = { required_fields: string[]; protocol_values: Record<string, string[]>; entra_boolean_values: Record<string, unknown> }
    const golden = JSON.parse(readFileSync(join(corpus ?? '', 'entra-answers/oidc-discovery.golden.json'), 'utf8')) as Golden
    const document = discoveryV2({ ...tenant, segment: 'common' })
    const memberOf = (rule: string) => document[`${rule.replace(/(_supported)?_(equals|must_include|subset_of)$/, '')}_supported`] as string[] | undefined

    expect(golden.required_fields.filter((field) => !(field in document))).toEqual([])
    for (const [rule, values] of Object.entries(golden.protocol_values)) {
      const ours = memberOf(rule) ?? []
      expect(ours.length, rule).toBeGreaterThan(0)
      if (!rule.endsWith('_must_include')) expect(ours.filter((value) => !values.includes(value)), rule).toEqual([])
      if (!rule.endsWith('_subset_of')) expect(values.filter((value) => !ours.includes(value)), rule).toEqual([])
    }
    for (const [name, value] of Object.entries(golden.entra_boolean_values)) if (golden.required_fields.includes(name)) expect(document[name], name).toBe(value)
  })
})

test('the v1 discovery document of a tenant has exactly these members', () => {
  expect(discoveryV1(tenant)).toEqual({
    token_endpoint: `${root}/oauth2/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: `${root}/discovery/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'token id_token', 'token'],
    scopes_supported: ['openid'],
    issuer: `${root}/`,
    microsoft_multi_refresh_token: true,
    authorization_endpoint: `${root}/oauth2/authorize`,
    device_authorization_endpoint: `${root}/oauth2/devicecode`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${root}/oauth2/logout`,
    claims_supported: ['sub', 'iss', 'cloud_instance_name', 'cloud_instance_host_name', 'cloud_graph_host_name', 'msgraph_host', 'aud', 'exp', 'iat', 'auth_time', 'acr', 'amr', 'nonce', 'email', 'given_name', 'family_name', 'nickname'],
    check_session_iframe: `${root}/oauth2/checksession`,
    userinfo_endpoint: `${root}/openid/userinfo`,
    kerberos_endpoint: `${root}/kerberos`,
    tenant_region_scope: 'NA',
    cloud_instance_name: 'microsoftonline.com',
    cloud_graph_host_name: 'graph.windows.net',
    msgraph_host: 'graph.microsoft.com',
    rbac_url: 'https://pas.windows.net',
  })
  expect(discoveryV1({ ...tenant, segment: 'common' }).issuer).toBe(`${base}/{tenantid}/`)
})

describe('the key set', () => {
  const keys = [{ kid: 'k1', x5t: 'k1', n: 'n', e: 'AQAB', x5c: ['MII'], alg: 'RS256' }]
  const key = { kty: 'RSA', use: 'sig', kid: 'k1', x5t: 'k1', n: 'n', e: 'AQAB', x5c: ['MII'], cloud_instance_name: 'microsoftonline.com' }

  test('names the issuer on v2, and no algorithm', () => expect(jwks({ ...tenant, keys, version: 2 })).toEqual({ keys: [{ ...key, issuer: `${root}/v2.0` }] }))
  test('names no issuer on v1', () => expect(jwks({ ...tenant, keys, version: 1 })).toEqual({ keys: [key] }))
  test('has a template on common', () => expect(jwks({ ...tenant, segment: 'common', keys, version: 2 }).keys[0]?.issuer).toBe(`${base}/{tenantid}/v2.0`))
})

describe('instance discovery', () => {
  test('knows this origin by its names, whatever host was asked about', () => {
    expect(instanceDiscovery({ base, authorizationEndpoint: 'https://localhost/contoso.example/oauth2/v2.0/authorize', apiVersion: '1.0' })).toEqual({
      'tenant_discovery_endpoint': `${base}/contoso.example/v2.0/.well-known/openid-configuration`,
      'api-version': '1.0',
      'metadata': [{ preferred_network: 'localhost:8443', preferred_cache: 'localhost:8443', aliases: ['localhost:8443', 'localhost'] }],
    })
  })

  test('sends a v1 authority to v1 discovery', () => {
    expect(instanceDiscovery({ base, authorizationEndpoint: `${base}/common/oauth2/authorize` })).toMatchObject({ tenant_discovery_endpoint: `${base}/common/.well-known/openid-configuration` })
  })

  for (const authorizationEndpoint of [undefined, '', 'nonsense', 'https://localhost', 'https://localhost/%3Cb%3E/oauth2/v2.0/authorize']) {
    test(`refuses ${String(authorizationEndpoint)}`, () => expect(instanceDiscovery({ base, authorizationEndpoint })).toEqual({ refusal: { code: 50050 } }))
  }
})

describe('the user realm', () => {
  const managed: Domain = { id: 'contoso.example', isDefault: true, authenticationType: 'Managed', federation: null }
  const federated: Domain = { id: 'fed.contoso.example', isDefault: false, authenticationType: 'Federated', federation: { mfaEnabled: true, federatedIdpMfaBehavior: null, displayName: 'Fed', activeSignInUri: 'https://home.example/active' } }
  const alice = { userPrincipalName: 'alice@contoso.example', base }

  test('of a managed user has four facts', () => {
    expect(userRealm({ ...alice, domain: managed })).toEqual({ ver: '1.0', account_type: 'Managed', domain_name: 'contoso.example', cloud_instance_name: 'microsoftonline.com', cloud_audience_urn: 'urn:federation:MicrosoftOnline' })
  })

  test('of a federated user tells where home is', () => {
    expect(userRealm({ userPrincipalName: 'fiona@fed.contoso.example', base, domain: federated })).toMatchObject({
      account_type: 'Federated', federation_protocol: 'WSTrust', federation_metadata_url: `${base}/adfs/services/trust/mex`, federation_active_auth_url: 'https://home.example/active',
    })
  })

  test('of a stranger is unknown', () => expect(userRealm({ userPrincipalName: 'x@nowhere.example', base, domain: undefined })).toMatchObject({ account_type: 'Unknown', domain_name: 'nowhere.example' }))

  test('has other names from version 2 on', () => {
    expect(userRealm({ ...alice, domain: managed, brand: 'Contoso', apiVersion: '2.1' })).toEqual({ NameSpaceType: 'Managed', Login: 'alice@contoso.example', DomainName: 'contoso.example', FederationBrandName: 'Contoso', TenantBrandingInfo: null, cloud_instance_name: 'microsoftonline.com' })
    expect(userRealm({ userPrincipalName: 'fiona@fed.contoso.example', base, domain: federated, apiVersion: '2.1' })).toMatchObject({ NameSpaceType: 'Federated', AuthURL: `${base}/adfs/ls/`, federation_protocol: 'WSTrust' })
  })
})

test('a cloud is one object to Terraform, and a list to older tools', () => {
  const cloud = {
    name: 'MockCloud', resourceManager: `${base}/`, microsoftGraphResourceId: `${base}/`, portal: base, graph: `${base}/`, graphAudience: `${base}/`,
    authentication: { loginEndpoint: base, audiences: [`${base}/`], tenant: 'common', identityProvider: 'AAD' }, suffixes: {},
  }

  expect(metadataEndpoints({ base, apiVersion: '2022-09-01' })).toEqual(cloud)
  expect(metadataEndpoints({ base, apiVersion: '2019-05-01' })).toEqual([cloud])
})

import { describe, expect, test } from 'vitest'
import { endpointAt } from '../../src/entra/paths.ts'
import type { EndpointAt } from '../../src/entra/paths.ts'

const paths: Record<string, EndpointAt | null> = {
  '/oauth2/v2.0/authorize': { endpoint: 'authorize', version: 'v2' },
  '/oauth2/authorize': { endpoint: 'authorize', version: 'v1' },
  '/oauth2/v2.0/token': { endpoint: 'token', version: 'v2' },
  '/oauth2/token': { endpoint: 'token', version: 'v1' },
  '/OAuth2/V2.0/Token': { endpoint: 'token', version: 'v2' },
  '/oauth2/v2.0/devicecode': { endpoint: 'devicecode', version: 'v2' },
  '/oauth2/deviceauth': { endpoint: 'deviceauth', version: 'v1' },
  '/v2.0/.well-known/openid-configuration': { endpoint: 'discovery', version: 'v2' },
  '/.well-known/openid-configuration': { endpoint: 'discovery', version: 'v1' },
  '/discovery/v2.0/keys': { endpoint: 'keys', version: 'v2' },
  '/discovery/keys': { endpoint: 'keys', version: 'v1' },
  '/discovery/instance': { endpoint: 'instance', version: 'v1' },
  '/UserRealm/alice%40contoso.example': { endpoint: 'userrealm', version: 'v1', rest: 'alice@contoso.example' },
  '/userrealm/': null,
  '/userrealm/%E0%A4%A': null,
  '/oauth2/v2.0/token/': null,
  '/constructor': null,
  '/': null,
}

describe('below a tenant', () => {
  for (const [path, endpoint] of Object.entries(paths)) {
    test(`${path} is ${endpoint ? `${endpoint.endpoint}, ${endpoint.version}` : 'nothing'}`, () => expect(endpointAt(path)).toEqual(endpoint))
  }
})

import { describe, expect, test } from 'vitest'
import type { Application } from '../../src/directory/types.ts'
import { parseScopes, spelledGrant, spellingsOf } from '../../src/entra/scopes.ts'
import type { ScopeOptions } from '../../src/entra/scopes.ts'

const base = 'https://localhost:8443'
const api = { appId: 'c0ffee00-0000-4000-8000-0000000000a5', identifierUris: ['api://sales-api'], api: { oauth2PermissionScopes: [scope('Orders.Read'), scope('Orders.Write'), { ...scope('Orders.Burn'), isEnabled: false }] } } as unknown as Application
const host = { appId: 'a6', identifierUris: ['https://host.example/'], api: { oauth2PermissionScopes: [] } } as unknown as Application
const graph = { appId: '00000003-0000-0000-c000-000000000000', identifierUris: ['https://graph.microsoft.com'], api: { oauth2PermissionScopes: [scope('User.Read'), scope('Mail.Read')] } } as unknown as Application

const resolve = (name: string) => {
  const bare = name.replace(/\/$/, '')

  return [api, host, graph].find(({ appId, identifierUris }) => appId === bare || identifierUris.some((uri) => uri.replace(/\/$/, '') === bare))
}

type Case = { scope: string; options?: ScopeOptions; found?: readonly Partial<Found>[]; oidc?: readonly string[]; code?: number; values?: Record<string, string> }
type Found = { resource: Application; audience: string; scopes: readonly string[]; values: readonly string[]; isDefault: boolean }
const graphUri = 'https://graph.microsoft.com'

const cases: Record<string, Case> = {
  'a bare name is Graph\'s': { scope: 'User.Read', found: [{ resource: graph, audience: graphUri, scopes: ['User.Read'], values: ['User.Read'], isDefault: false }] },
  'Graph in full': { scope: 'https://graph.microsoft.com/User.Read', found: [{ resource: graph, scopes: ['https://graph.microsoft.com/User.Read'], values: ['User.Read'] }] },
  'Graph at our own origin': { scope: `${base}/.default`, found: [{ resource: graph, audience: graphUri, scopes: [`${base}/.default`], values: [], isDefault: true }] },
  'Graph by its app id': { scope: `${graph.appId}/.default`, found: [{ resource: graph, audience: graph.appId, isDefault: true }] },
  'an API by its URI': { scope: 'api://sales-api/Orders.Read', found: [{ resource: api, audience: 'api://sales-api', scopes: ['api://sales-api/Orders.Read'], values: ['Orders.Read'] }] },
  'an API by its app id': { scope: `${api.appId}/Orders.Read`, found: [{ resource: api, audience: api.appId, values: ['Orders.Read'] }] },
  'an API by the URI that every app id makes': { scope: `api://${api.appId}/Orders.Read`, found: [{ resource: api, audience: `api://${api.appId}`, values: ['Orders.Read'] }] },
  'an API whose URI ends with a slash': { scope: 'https://host.example//.default', found: [{ resource: host, audience: 'https://host.example/', scopes: ['https://host.example//.default'], isDefault: true }] },
  'an API that lists no scopes is taken at its word': { scope: 'https://host.example/anything', found: [{ resource: host, values: ['anything'] }] },
  'a scope in another case comes back as asked, and is spelled right in the token': { scope: 'user.read', found: [{ scopes: ['user.read'], values: ['User.Read'] }] },
  'two scopes of one resource, in two spellings': { scope: 'User.Read https://graph.microsoft.com/Mail.Read', found: [{ scopes: ['User.Read', 'https://graph.microsoft.com/Mail.Read'], values: ['User.Read', 'Mail.Read'] }] },
  'OpenID scopes belong to nobody': { scope: 'openid profile email offline_access', found: [], oidc: ['openid', 'profile', 'email', 'offline_access'] },
  'an empty scope asks for nothing': { scope: '', found: [] },
  'consent may be asked for several resources': { scope: 'openid User.Read api://sales-api/Orders.Read', found: [{ resource: graph }, { resource: api }], oidc: ['openid'] },
  'a token is for one resource': { scope: 'User.Read api://sales-api/Orders.Read', options: { purpose: 'token' }, code: 28000 },
  'an unknown resource': { scope: 'api://nowhere/x', code: 500011, values: { resource: 'api://nowhere' } },
  'an unknown scope of a known resource': { scope: 'api://sales-api/Orders.Eat', code: 70011, values: { scope: 'api://sales-api/Orders.Eat' } },
  'a scope that is switched off': { scope: 'api://sales-api/Orders.Burn', code: 70011 },
  'an unknown bare name': { scope: 'Nonsense', code: 70011, values: { scope: 'Nonsense' } },
  '.default needs a resource': { scope: '.default', code: 70011 },
  'a slash alone': { scope: '/', code: 500011 },
  '.default does not go with scopes of the same resource': { scope: 'api://sales-api/.default api://sales-api/Orders.Read', code: 70011 },
  '.default goes with OpenID scopes': { scope: 'openid offline_access api://sales-api/.default', found: [{ isDefault: true }], oidc: ['openid', 'offline_access'] },
  'a daemon asks for one .default': { scope: 'api://sales-api/.default', options: { purpose: 'clientCredentials' }, found: [{ resource: api }] },
  'a daemon cannot pick scopes': { scope: 'api://sales-api/Orders.Read', options: { purpose: 'clientCredentials' }, code: 70011 },
  'a daemon must ask for something': { scope: '', options: { purpose: 'clientCredentials' }, code: 900144 },
  'a daemon cannot sign in': { scope: 'openid', options: { purpose: 'clientCredentials' }, code: 70011 },
}

describe('the scopes of a request', () => {
  for (const [fact, { scope, options, found, oidc = [], code, values }] of Object.entries(cases)) {
    test(fact, () => {
      const parsed = parseScopes(scope, resolve, base, options)

      expect(parsed.refusal?.code).toBe(code)
      expect(parsed).toMatchObject({ ...(values ? { refusal: { values } } : {}), ...(found ? { resources: found, oidc } : {}) })
    })
  }

  test('name each resource to the library by its app id', () => {
    expect(parseScopes('User.Read', resolve, base).resources[0]?.indicator).toBe('urn:appid:00000003-0000-0000-c000-000000000000')
  })
})

test('every spelling of a scope can be listed', () => {
  expect(spellingsOf(graph, 'User.Read', base)).toEqual(['User.Read', `${base}/User.Read`, 'https://graph.microsoft.com/User.Read', `api://${graph.appId}/User.Read`, `${graph.appId}/User.Read`])
  expect(spellingsOf(api, 'Orders.Read', base)).toContain('api://sales-api/Orders.Read')
})

test('a token response says what .default stood for, in the spelling of the request', () => {
  expect(spelledGrant(['api://sales-api/.default'], ['Orders.Read'])).toEqual(['api://sales-api/Orders.Read', 'api://sales-api/.default'])
  expect(spelledGrant(['User.Read'], ['Mail.Read'])).toEqual(['User.Read'])
})

function scope(value: string) {
  return { id: value, value, isEnabled: true }
}

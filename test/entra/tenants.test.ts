import { describe, expect, test } from 'vitest'
import { isReservedSegment, resolveTenantSegment } from '../../src/entra/tenants.ts'

const contoso = { id: 'c0ffee00-0000-4000-8000-000000000001' }
const lookup = (name: string) => (name === contoso.id || name === 'contoso.example' || name === 'app' ? contoso : undefined)

const segments: Record<string, [segment: string, meaning: ReturnType<typeof resolveTenantSegment>]> = {
  'a GUID': [contoso.id, { kind: 'tenant', tenant: contoso }],
  'a GUID in capitals': [contoso.id.toUpperCase(), { kind: 'tenant', tenant: contoso }],
  'a verified domain': ['Contoso.Example', { kind: 'tenant', tenant: contoso }],
  'a word for many': ['Common', { kind: 'alias', alias: 'common' }],
  'the word for work accounts': ['organizations', { kind: 'alias', alias: 'organizations' }],
  'the word for personal accounts': ['CONSUMERS', { kind: 'alias', alias: 'consumers' }],
  'the GUID that `consumers` has for an issuer': ['9188040D-6c67-4c5b-b112-36a304b66dad', { kind: 'alias', alias: 'consumers' }],
  'another door, whatever domains there are': ['App', { kind: 'reserved' }],
  'Graph': ['v1.0', { kind: 'reserved' }],
  'a stranger': ['nowhere.example', { kind: 'unknown', refusal: { code: 90002, values: { tenant: 'nowhere.example' } } }],
  'what is no name': ['<script>', { kind: 'unknown', refusal: { code: 90002, values: { tenant: '<script>' } } }],
  'nothing': ['', { kind: 'unknown', refusal: { code: 90002, values: { tenant: '' } } }],
}

describe('the first segment of a path', () => {
  for (const [fact, [segment, meaning]] of Object.entries(segments)) {
    test(`is ${fact}`, () => expect(resolveTenantSegment(segment, lookup)).toEqual(meaning))
  }

  for (const segment of ['app', 'admin', '_mock', 'v1.0', 'beta', 'oidc', 'metadata', 'adfs', 'healthz', 'readyz', 'metrics', 'assets', 'ASSETS']) {
    test(`${segment} is reserved`, () => expect(isReservedSegment(segment)).toBe(true))
  }
})

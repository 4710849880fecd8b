import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { describeRefusal, jsonHeaders, redirectError, tokenErrorBody } from '../../src/entra/aadsts.ts'
import type { RefusalContext } from '../../src/entra/aadsts.ts'
import { aadstsCode, aadstsCodes } from '../../src/entra/aadsts-codes.ts'
import { aadstsTexts } from '../../src/entra/aadsts-texts.ts'
import type { Refusal } from '../../src/sign-in/refusal.ts'

const traceId = '0a0e4d0f-0000-4000-8000-000000000001'
const correlationId = '9f0b3b5e-0000-4000-8000-000000000002'
const policyId = 'c0ffee00-0000-4000-8000-0000000000e2'
const context: RefusalContext = {
  surface: 'token', base: 'https://localhost:8443', traceId, correlationId, now: Date.UTC(2026, 10, 23, 2, 43, 29, 512), values: { tenant: 'contoso', app: 'a4' },
}
const atToken = (refusal: Refusal, more: Partial<RefusalContext> = {}) => tokenErrorBody(describeRefusal(refusal, { ...context, ...more }))
const onRedirect = (refusal: Refusal) => redirectError(describeRefusal(refusal, { ...context, surface: 'redirect' }), 'xyz')

test('the envelope of an error holds all that clients read', () => {
  const mfa: Refusal = { code: 50076, values: { resource: 'api' }, policyIds: [policyId] }

  expect(atToken(mfa)).toEqual({
    error: 'invalid_grant',
    error_description: `AADSTS50076: Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access 'api'. Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: 2026-11-23 02:43:29Z`,
    error_codes: [50076],
    timestamp: '2026-11-23 02:43:29Z',
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: 'https://localhost:8443/error?code=50076',
    suberror: 'basic_action',
    claims: JSON.stringify({ access_token: { capolids: { essential: true, values: [policyId] } } }),
  })
})

/** error / suberror / status, as reference 8.4 and wire 7 pair them. */
const atTheTokenEndpoint: Record<number, [error: string, suberror: string | undefined, status: number]> = {
  28000: ['invalid_scope', undefined, 400],
  50034: ['invalid_grant', undefined, 400],
  50053: ['invalid_grant', undefined, 400],
  50055: ['invalid_grant', 'user_password_expired', 400],
  50057: ['invalid_grant', undefined, 400],
  50076: ['invalid_grant', 'basic_action', 400],
  50079: ['invalid_grant', 'basic_action', 400],
  50105: ['invalid_grant', undefined, 400],
  50126: ['invalid_grant', undefined, 400],
  50135: ['invalid_grant', 'basic_action', 400],
  50158: ['invalid_grant', 'basic_action', 400],
  50173: ['invalid_grant', 'bad_token', 400],
  53000: ['invalid_grant', 'message_only', 400],
  53003: ['invalid_grant', 'message_only', 400],
  53009: ['invalid_grant', 'protection_policy_required', 400],
  54005: ['invalid_grant', undefined, 400],
  65001: ['invalid_grant', 'consent_required', 400],
  70003: ['unsupported_grant_type', undefined, 400],
  70008: ['invalid_grant', undefined, 400],
  70011: ['invalid_scope', undefined, 400],
  70016: ['authorization_pending', undefined, 400],
  70018: ['bad_verification_code', undefined, 400],
  70019: ['expired_token', undefined, 400],
  70043: ['invalid_grant', 'token_expired', 400],
  70044: ['invalid_grant', 'token_expired', 400],
  90002: ['invalid_request', undefined, 400],
  500011: ['invalid_resource', undefined, 400],
  500112: ['invalid_grant', undefined, 400],
  501481: ['invalid_grant', undefined, 400],
  530035: ['invalid_grant', undefined, 400],
  700016: ['unauthorized_client', undefined, 400],
  700027: ['invalid_client', undefined, 401],
  700082: ['invalid_grant', undefined, 400],
  7000215: ['invalid_client', undefined, 401],
  7000218: ['invalid_client', undefined, 401],
  900144: ['invalid_request', undefined, 400],
  9002313: ['invalid_request', undefined, 400],
}

describe('at the token endpoint', () => {
  for (const [code, [error, suberror, status]] of Object.entries(atTheTokenEndpoint)) {
    test(`${code} goes with ${error}${suberror ? ` and ${suberror}` : ''}`, () => {
      const words = describeRefusal({ code: Number(code) }, context)

      expect({ error: words.error, suberror: words.suberror, status: words.status }).toEqual({ error, suberror, status })
    })
  }

  test('a refresh token nobody can read, or whose user is gone, is bad', () => {
    const unreadable = { code: 9002313, values: { parameter: 'refresh_token' } }

    expect(atToken(unreadable, { grant: 'refresh_token' })).toMatchObject({ error: 'invalid_grant', suberror: 'bad_token' })
    expect(atToken({ code: 50034 }, { grant: 'refresh_token' })).toMatchObject({ error: 'invalid_grant', suberror: 'bad_token' })
    expect(atToken({ code: 50034 }, { grant: 'password' })).not.toHaveProperty('suberror')
  })

  test('a user who declines a device code has declined the authorization', () => {
    expect(atToken({ code: 65004 }, { grant: 'urn:ietf:params:oauth:grant-type:device_code' })).toMatchObject({ error: 'authorization_declined' })
    expect(atToken({ code: 65004 }, { grant: 'device_code' })).toMatchObject({ error: 'authorization_declined' })
  })

  test('the v1 endpoint has its own word', () => {
    expect(atToken({ code: 50076 }, { version: 'v1' })).toMatchObject({ error: 'interaction_required', suberror: 'basic_action' })
    expect(atToken({ code: 70008 }, { version: 'v1' })).toMatchObject({ error: 'invalid_grant' })
  })

  test('only refusals by policy carry claims, and security defaults are no policy one could name', () => {
    expect(atToken({ code: 50126 })).not.toHaveProperty('claims')
    expect(atToken({ code: 50076, policyIds: ['SecurityDefaults'] })).not.toHaveProperty('claims')
    expect(atToken({ code: 70043, policyIds: [policyId] })).not.toHaveProperty('claims')
    expect(atToken({ code: 53003, policyIds: [policyId] }).claims).toContain(policyId)
  })
})

describe('on the redirect of a silent request', () => {
  const redirected: Record<number, string> = {
    50058: 'login_required', 50076: 'interaction_required', 50079: 'interaction_required', 53000: 'interaction_required', 53003: 'interaction_required',
    53011: 'interaction_required', 50105: 'interaction_required', 50135: 'interaction_required', 50133: 'interaction_required', 65001: 'consent_required', 65004: 'access_denied', 70005: 'unsupported_response_type',
    70011: 'invalid_scope', 70044: 'interaction_required', 90094: 'access_denied', 500011: 'invalid_resource', 700054: 'unsupported_response_type', 50000: 'server_error',
  }
  for (const [code, error] of Object.entries(redirected)) {
    test(`${code} is ${error}`, () => expect(onRedirect({ code: Number(code) })).toMatchObject({ error, state: 'xyz', error_uri: `https://localhost:8443/error?code=${code}` }))
  }

  test('a frequency that ran out is 70044 there, and 70043 for a refresh token', () => {
    expect(onRedirect({ code: 70043 }).error_description).toMatch(/^AADSTS70044: /)
    expect(onRedirect({ code: 70043 })).not.toHaveProperty('suberror')
    expect(atToken({ code: 70043 }).error_description).toMatch(/^AADSTS70043: /)
  })

  test('declined consent says that the user cancelled', () => expect(onRedirect({ code: 65004 }).error_subcode).toBe('cancel'))
  test('a state that was not sent does not come back', () => expect(redirectError(describeRefusal({ code: 50058 }, { ...context, surface: 'redirect' }))).not.toHaveProperty('state'))
})

describe('the captured answers', () => {
  const tenant = 'c0ffee00-0000-4000-8000-000000000001'
  test('an unknown tenant on discovery is invalid_tenant', () => {
    expect(atToken({ code: 90002, values: { tenant: 'nowhere.example' } }, { surface: 'discovery' })).toMatchObject({ error: 'invalid_tenant', error_codes: [90002] })
  })

  test('no application identifier at all is 700038, without a page to look it up', () => {
    const body = atToken({ code: 700016, values: { app: '00000000-0000-0000-0000-000000000000' } })

    expect(body.error_description).toMatch(/^AADSTS700038: 00000000-0000-0000-0000-000000000000 is not a valid application identifier\. Trace ID/)
    expect(body).not.toHaveProperty('error_uri')
  })

  test('an application nobody registered is 700016', () => {
    expect(atToken({ code: 700016, values: { app: 'nobody' } }).error_description).toMatch(/^AADSTS700016: Application with identifier 'nobody' was not found in the directory 'contoso'/)
  })

  test('an unknown resource names the tenant', () => {
    expect(atToken({ code: 500011, values: { resource: 'api://nowhere', tenantId: tenant } }).error_description).toContain(`The resource principal named api://nowhere was not found in the tenant named ${tenant}.`)
  })
})

describe('every text', () => {
  const magic = ['interaction_required', 'consent_required', 'login_required', 'bad_token', 'ui_not_allowed', 'interrupted_user']
  test('is free of the words that MSAL looks for', () => {
    const texts = [...Object.values(aadstsTexts), ...aadstsCodes.flatMap(({ code, summary }) => (code in aadstsTexts ? [] : [summary]))]

    expect(texts.filter((text) => magic.some((word) => text.includes(word)))).toEqual([])
  })

  test('belongs to a code of the table', () => {
    const known = new Set(aadstsCodes.map(({ code }) => code))

    expect(Object.keys(aadstsTexts).filter((code) => !known.has(Number(code)))).toEqual([])
  })

  test('leaves no placeholder open', () => {
    const descriptions = aadstsCodes.map(({ code }) => describeRefusal({ code }, context).description.replaceAll('{EUII Hidden}', ''))

    expect(descriptions.filter((description) => /[{}]|undefined/.test(description))).toEqual([])
  })

  test('cuts short what a stranger sent', () => {
    expect(describeRefusal({ code: 70011, values: { scope: 'x'.repeat(50_000) } }, context).description.length).toBeLessThan(1000)
  })

  test('and a code nobody wrote down is a request that cannot be answered', () => expect(aadstsCode(1)).toMatchObject({ code: 1, error: 'invalid_request' }))
})

/** Codes that the server may say: wherever a refusal is made, and what the library's messages and words mean. */
function codesInSource(): Map<number, string> {
  const source = new URL('../../src/', import.meta.url)
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !/aadsts-(codes|texts)\.ts$|failure-reasons\.ts$/.test(file))

  return new Map(files.flatMap((file) => {
    const text = readFileSync(new URL(file, source), 'utf8')
    const isTable = /policy\/codes\.ts$|entra\/library-(errors|messages)\.ts$/.test(file)
    const found = isTable ? text.matchAll(/\b(\d{2}_\d{3}|\d{3}_\d{3}|\d{5,7})\b/g) : text.matchAll(/\b(?:code: |codes?\b.*?[:?] |bad\(|return )(\d{5,7})\b/g)

    return [...found].map(([, code = '']) => [Number(code.replace('_', '')), file] as const)
  }))
}

test('every code that the server can give is a row of the one table, and has a text of its own', () => {
  const codes = codesInSource()
  const known = new Set(aadstsCodes.map(({ code }) => code))

  expect([...codes].filter(([code]) => !known.has(code))).toEqual([])
  expect([...codes].filter(([code]) => !(code in aadstsTexts)), 'a summary is no text for a client').toEqual([])
  expect(codes.size, 'and there is something to notice').toBeGreaterThan(60)
})

test('a client is told to cache nothing, and which request it was; HSTS would pin every port of localhost', () => {
  expect(jsonHeaders(traceId)).toMatchObject({ 'cache-control': 'no-store, no-cache', 'x-ms-request-id': traceId })
  expect(jsonHeaders(traceId)).not.toHaveProperty('strict-transport-security')
})

import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { parseSync } from 'rolldown/utils'
import { describe, expect, test } from 'vitest'
import { aadstsOfLibraryError, meaningOf } from '../../src/entra/library-errors.ts'
import type { LibraryError, LibraryErrorContext } from '../../src/entra/library-errors.ts'
import { libraryMessages } from '../../src/entra/library-messages.ts'

const lib = dirname(createRequire(import.meta.url).resolve('oidc-provider'))

/** Files of the library whose features are off in an Entra tenant, and what runs before there is a request. */
const unserved = new RegExp([
  'ciba', 'pushed_authorization', 'process_request_object', 'actions/credential', 'openid_credential', 'pre_authorized', 'registration', 'introspection', 'revocation',
  'attest', 'client_id_metadata', 'client_schema', 'configuration', 'initialize', 'keystore', 'sector_', 'dpop', 'rar\\.js', 'authorization_details',
  'reject_structured', 'adapters', 'fetch_', 'nanoid', 'router', 'formats/', 'views', 're_render', 'challenge', 'models/id_token', 'helpers/claims', 'json_body',
].join('|'))

/** Complaints about how we set the library up, and about self-registered clients: no request can cause them. */
const ours = [/not (configured|implemented)$/, /^requestable|^prompt none is special/, /^unsupported$/, /^binding_message|^the binding_message/, /^Request Object/, /status code, expected|^expected \d/, /^stream encoding|^request (entity|size)/, /symmetric encryption/, /to revoke/]

type Raised = { readonly file: string; readonly by: string; readonly text: string }

const raised = readdirSync(lib, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.js') && !unserved.test(file))
  .flatMap((file) => textsRaisedIn(file))

describe('an upgrade of the library that changes what it says is noticed', () => {
  test('every message it raises has a meaning in a tenant', () => {
    const unknown = raised.filter(({ text }) => !ours.some((pattern) => pattern.test(text)) && !isKnown(text))

    expect(unknown).toEqual([])
  })

  test('every meaning is of a message it raises', () => {
    const texts = new Set([...raised.map(({ text }) => text), ...wordsOfItsErrors()])
    const filledIn = ['authorization code', 'refresh token', 'device code'].flatMap((label) =>
      ['not found', 'already consumed', 'already used', 'is expired', 'invalid (referenced account not found)'].map((end) => `${label} ${end}`))

    expect(Object.keys(libraryMessages).filter((message) => !texts.has(message) && !filledIn.includes(message))).toEqual([])
  })

  test('and there is something to notice', () => expect(raised.length).toBeGreaterThan(100))
})

type Case = { error: LibraryError; context?: LibraryErrorContext; code: number; values?: Record<string, string> }
const grant = (error_detail: string): LibraryError => ({ error: 'invalid_grant', error_description: 'grant request is invalid', error_detail })
const client = (error_detail: string): LibraryError => ({ error: 'invalid_client', error_description: 'client authentication failed', error_detail })
const request = (error_description: string): LibraryError => ({ error: 'invalid_request', error_description })

const cases: Record<string, Case> = {
  'an expired code': { error: grant('authorization code is expired'), code: 70008 },
  'a code nobody issued': { error: grant('authorization code not found'), code: 70000 },
  'a code used twice': { error: grant('authorization code already consumed'), code: 54005 },
  'a verifier that does not match': { error: grant('code_verifier does not match code_challenge'), code: 501481 },
  'a verifier that is missing': { error: grant('code_verifier must be provided'), code: 501481 },
  'another redirect URI at redemption': { error: grant('authorization code redirect_uri mismatch'), context: { params: { redirect_uri: 'https://a.example/cb' } }, code: 500112, values: { redirectUri: 'https://a.example/cb' } },
  'a refresh token nobody can read': { error: grant('refresh token not found'), code: 9002313, values: { parameter: 'refresh_token' } },
  'the code of another client': { error: grant('client mismatch'), code: 70000 },
  'a redirect URI that is not registered': { error: { error: 'invalid_redirect_uri', error_description: "redirect_uri did not match any of the client's registered redirect_uris" }, code: 50011 },
  'an unknown application': { error: { error: 'invalid_client', error_description: 'client is invalid', error_detail: 'client not found' }, context: { params: { client_id: 'nobody' } }, code: 700016, values: { app: 'nobody' } },
  'a wrong secret': { error: client('invalid secret provided'), context: { params: { client_id: 'a4', client_secret: 'wrong' } }, code: 7000215, values: { app: 'a4' } },
  'no secret': { error: client('the provided authentication mechanism does not match the registered client authentication method'), code: 7000218 },
  'a secret from a public client': { error: client('the provided authentication mechanism does not match the registered client authentication method'), context: { params: { client_secret: 'x' } }, code: 700025 },
  'a secret from a public client in the header': { error: client('the provided authentication mechanism does not match the registered client authentication method'), context: { hasAuthorization: true }, code: 700025 },
  'a forged assertion': { error: client('signature verification failed'), context: { params: { client_assertion: 'x.y.z' } }, code: 700027, values: { reason: 'signature verification failed' } },
  'an expired assertion': { error: client('jwt expired'), code: 700024 },
  'an expired id_token_hint is no assertion': { error: { ...request('could not validate id_token_hint'), error_detail: 'jwt expired' }, code: 90100, values: { parameter: 'id_token_hint' } },
  'an unknown grant type': { error: { error: 'unsupported_grant_type', error_description: 'unsupported grant_type requested' }, context: { params: { grant_type: 'no_such_grant' } }, code: 70003, values: { grantType: 'no_such_grant' } },
  'a missing parameter': { error: request("missing required parameter 'code'"), code: 900144, values: { parameter: 'code' } },
  'two missing parameters': { error: request("missing required parameters 'code' and 'redirect_uri'"), code: 900144, values: { parameter: 'code' } },
  'no redirect URI at all': { error: request("missing required parameter 'redirect_uri'"), code: 900971 },
  'a parameter sent twice': { error: request("'grant_type' parameter must not be provided twice"), code: 90004 },
  'a body that is no form': { error: request('only application/x-www-form-urlencoded content-type bodies are supported on POST /oauth2/v2.0/token'), code: 9002313 },
  'ID tokens that are not enabled': { error: request('requested response_type is not allowed for this client'), context: { params: { response_type: 'code id_token' } }, code: 700054 },
  'an unknown response type': { error: { error: 'unsupported_response_type', error_description: 'unsupported response_type requested' }, context: { params: { response_type: 'magic' } }, code: 70005, values: { responseType: 'magic' } },
  'PKCE left out by a single-page app': { error: request('Authorization Server policy requires PKCE to be used for this request'), code: 9002325 },
  'a verifier that is too short': { error: request('code_verifier must be a string with a minimum length of 43 characters'), code: 501491 },
  'claims that are no JSON': { error: { ...request('could not parse the claims parameter JSON'), error_detail: 'Unexpected token' }, code: 90100, values: { parameter: 'claims' } },
  'a resource nobody knows': { error: { error: 'invalid_target', error_description: 'resource indicator is missing, or unknown' }, context: { params: { resource: 'api://nowhere' } }, code: 500011, values: { resource: 'api://nowhere' } },
  'a device flow nobody has finished': { error: { error: 'authorization_pending', error_description: "authorization request is still pending as the end-user hasn't yet completed the user interaction steps" }, code: 70016 },
  'polling too fast, which is no reason to give up': { error: { error: 'slow_down' }, code: 70016 },
  'a device flow that took too long': { error: { error: 'expired_token', error_description: 'device code is expired' }, code: 70019 },
  'a sign-in page left open': { error: request('authorization request has expired'), code: 50089 },
  'nobody signed in': { error: { error: 'login_required', error_description: 'End-User authentication is required' }, code: 50058 },
  'consent missing': { error: { error: 'consent_required', error_description: 'requested scopes not granted' }, code: 65001 },
  'a mistake of ours': { error: { error: 'server_error', status: 500 }, code: 50000 },
  'a message that an upgrade brought': { error: grant('something new'), code: 70000, values: { reason: 'something new' } },
}

describe('what the library refuses is said in codes', () => {
  for (const [fact, { error, context, code, values = {} }] of Object.entries(cases)) {
    test(fact, () => expect(aadstsOfLibraryError(error, context)).toMatchObject({ code, values }))
  }

  test('no text of a refusal repeats a secret', () => {
    const params = { client_id: 'a4', client_secret: 'hush', client_assertion: 'hush', password: 'hush', refresh_token: 'hush', code: 'hush', code_verifier: 'hush' }

    expect(JSON.stringify(aadstsOfLibraryError(client('invalid secret provided'), { params }))).not.toContain('hush')
  })
})

function isKnown(text: string): boolean {
  return meaningOf(text.replaceAll('…', 'x')) !== null || text in libraryMessages
}

/** The messages in `new SomeError('…', '…')`; what is filled in stands as `…`. */
function textsRaisedIn(file: string): Raised[] {
  const found: Raised[] = []
  visit(parseSync(file, readFileSync(join(lib, file), 'utf8')).program, (node) => {
    if (node.type !== 'NewExpression') return
    const callee = node.callee as Node & { name?: string; property?: { name?: string } }
    const by = callee.name ?? callee.property?.name ?? ''
    if (!/^(Invalid|Access|Authorization|Consent|Expired|Insufficient|Interaction|Login|Session|Unauthorized|Unsupported|SlowDown|Custom|ErrorClass|Check)/.test(by) && !carriesCauses(file, by)) return
    const texts = (node.arguments as Node[]).flatMap((argument) => textOf(argument) ?? [])
    const [text] = by === 'Check' ? texts.slice(1) : texts[1] && by === 'InvalidClient' ? texts.slice(1) : texts
    if (text !== undefined) found.push({ file, by, text })
  })

  return found
}

/** Plain errors that become the detail of a refusal. */
function carriesCauses(file: string, by: string): boolean {
  return by === 'Error' && /helpers\/(pkce|jwt)\.js$/.test(file)
}

/** Default descriptions in `helpers/errors.js`, messages set aside in a constant, and JWT's. */
function wordsOfItsErrors(): string[] {
  const sources = ['helpers/errors.js', 'actions/authorization/response_parameters.js', 'actions/end_session.js', 'provider.js'].map((file) => [file, readFileSync(join(lib, file), 'utf8')] as const)
  const found: string[] = []
  for (const [file, source] of sources) visit(parseSync(file, source).program, (node) => found.push(textOf(node) ?? ''))

  return found
}

type Node = { readonly type: string; readonly [member: string]: unknown }

function textOf(node: Node): string | undefined {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value
  if (node.type !== 'TemplateLiteral') return undefined

  return (node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('…')
}

function visit(node: unknown, see: (node: Node) => void): void {
  if (Array.isArray(node)) return node.forEach((child) => visit(child, see))
  if (typeof node !== 'object' || node === null) return
  if ('type' in node) see(node as Node)
  for (const child of Object.values(node)) visit(child, see)
}

import type { Refusal } from '../sign-in/refusal.ts'

type Asked = { readonly params: Readonly<Record<string, unknown>>; readonly hasAuthorization?: boolean }

/** A code, or how to find it in what was asked. Wildcards are what stood where the message has `…`. */
export type Meaning = number | ((asked: Asked, wildcards: readonly string[]) => Refusal)

/** A parameter that must be there is not. Without a redirect URI there is nowhere to answer to, which has its own code. */
const missingParameter: Meaning = (_asked, wildcards) => {
  const names = [...wildcards.join(' ').matchAll(/'([^']+)'/g)].map(([, name]) => name ?? '')
  const parameter = names[0] ?? 'unknown'

  return parameter === 'redirect_uri' && names.length === 1 ? { code: 900971 } : { code: 900144, values: { parameter } }
}

/** A public client that presents credentials, or a confidential one without. */
const wrongCredentials: Meaning = ({ params, hasAuthorization = false }) => {
  const presents = hasAuthorization || Boolean(params.client_secret) || Boolean(params.client_assertion)

  return presents ? { code: 700025 } : { code: 7000218 }
}

const parameter = (name: string): Meaning => () => ({ code: 90100, values: { parameter: name } })
const missing = (name: string): Meaning => () => ({ code: 900144, values: { parameter: name } })

/** Nobody can read what was presented: a refresh token sends the user back to sign in. */
const unreadable = (name: string): Meaning => () => ({ code: 9002313, values: { parameter: name } })

/** Proof of possession, mutual TLS and authorization details are not spoken here. */
const notSupported = 90010

/**
 * What each message of oidc-provider 9.13 means in a tenant. `…` stands for what the library fills in. A test reads the
 * library's source and notices messages that come or go with an upgrade.
 */
export const libraryMessages: Readonly<Record<string, Meaning>> = {
  // The request as such
  'missing required … …': missingParameter,
  '… … must not be provided twice': 90004,
  'failed to parse the request body': 9002313,
  'only … content-type bodies are supported on … …': 9002313,
  'xsrf token invalid': 9002313,
  'origin … not allowed for client: …': (_asked, [origin = '']) => ({ code: 9002326, values: { origin } }),

  // The client, and how it proves itself
  'client not found': 700016,
  'client_id mismatch': 9002313,
  'no client authentication mechanism provided': missing('client_id'),
  'client authentication must only be provided using one mechanism': 9002313,
  'the provided authentication mechanism does not match the registered client authentication method': wrongCredentials,
  'invalid secret provided': 7000215,
  'client_id … client_secret expired at …': 7000222,
  'client_secret must be provided in the Authorization header': 7000218,
  'client_id and client_secret in the authorization header are not properly encoded': 9002313,
  'invalid authorization header value format': 9002313,
  'client_assertion_type must be provided': missing('client_assertion_type'),
  'client_assertion_type must have value …': parameter('client_assertion_type'),
  'invalid client_assertion format': 50027,
  'sub (JWT subject) must be provided in the client_assertion JWT': 50027,
  'alg mismatch': 700027,
  'expiration must be specified in the client_assertion JWT': 50027,
  'unique jti (JWT ID) must be provided in the client_assertion JWT': 50027,
  'iss (JWT issuer) must be provided in the client_assertion JWT': 50027,
  'iss (JWT issuer) must be the client_id': 50048,
  'aud (JWT audience) must be provided in the client_assertion JWT': 50027,
  'list of audience (aud) must include the endpoint url, issuer identifier or token endpoint url': 50027,
  'audience (aud) must equal the endpoint url, issuer identifier or token endpoint url': 50027,
  'audience (aud) must equal the issuer identifier url': 50027,
  'client assertion tokens must only be used once': 50027,
  'payload is not of JWT type (JSON serialized object)': 50027,
  'invalid nbf value': 50027,
  'invalid iat value': 50027,
  'invalid exp value': 50027,
  'invalid jti value': 50027,
  'invalid iss value': 50027,
  'invalid aud value': 50027,
  'invalid sub value': 50027,
  'jwt audience missing …': 50027,
  'jwt issuer invalid': 50027,
  'jwt not active yet': 700024,
  'jwt issued in the future': 700024,
  'jwt expired': 700024,
  'invalid OAuth-Client-Attestation format': notSupported,
  'sub (JWT subject) must be provided in the OAuth-Client-Attestation JWT': notSupported,
  'client certificate was not provided': 7000218,
  'client certificate was not verified': 700027,
  'certificate subject value does not match the registered one': 700030,
  'unregistered client certificate provided': 700027,
  'client JSON Web Key Set is invalid': 700027,
  'client JSON Web Key Set failed to be refreshed': 700027,

  // Authorize
  'requested response_mode is not allowed for this client or request': 70007,
  'requested response_mode is not allowed for the requested response_type': 70007,
  '… unless encrypted': 70007,
  'requested response_type is not allowed for this client': (asked) => ({ code: asksForIdToken(asked) ? 700054 : 70005 }),
  'unsupported response_type requested': 70005,
  'unsupported response_mode requested': 70007,
  "redirect_uri did not match any of the client's registered redirect_uris": 50011,
  'unsupported prompt value requested': 90023,
  'prompt none must only be used alone': 90023,
  'invalid max_age parameter value': parameter('max_age'),
  'Web Message Response Mode Relay Mode is not supported': 70007,
  'scope contains invalid characters': 70011,
  'requested scope is not allowed': 70011,
  'openid scope must be requested for this response_type': 70011,
  'openid scope must be requested for clients with …': 70011,
  'openid scope must be requested when using the … parameter': 70011,
  'openid scope must be requested for this request': 70011,
  'code_challenge_method must be provided': 9002313,
  'not supported value of code_challenge_method': parameter('code_challenge_method'),
  'code_challenge must be provided with code_challenge_method': 50147,
  'Authorization Server policy requires PKCE to be used for this request': 9002325,
  '… must be a string with a minimum length of 43 characters': 501491,
  '… must be a string with a maximum length of 128 characters': 501491,
  '… contains invalid characters': 501491,
  'claims parameter should not be combined with response_type none': parameter('claims'),
  'could not parse the claims parameter JSON': parameter('claims'),
  'claims parameter should be a JSON object': parameter('claims'),
  'claims parameter should have userinfo or id_token properties': parameter('claims'),
  'claims.userinfo should be an object': parameter('claims'),
  'claims.id_token should be an object': parameter('claims'),
  'claims.userinfo should not be used since userinfo endpoint is not supported': parameter('claims'),
  'claims.userinfo should not be used if access_token is not issued': parameter('claims'),
  'claims.… members must be null or objects': parameter('claims'),
  'invalid claims.id_token.acr.values type': parameter('claims'),
  'could not validate id_token_hint': parameter('id_token_hint'),
  'could not decode id_token_hint': parameter('id_token_hint'),
  'resource indicator must be provided or defaulted to when Rich Authorization Requests are used': notSupported,
  'resource indicator must be an absolute URI': 500011,
  'resource indicator must not contain a fragment component': 500011,
  'resource indicator is missing, or unknown': 500011,
  'only a single resource indicator value must be requested/resolved during Access Token Request': 28000,
  'only a single resource indicator value is supported for this grant type': 28000,
  'only a single audience value is supported': 28000,
  'request_uri is invalid, expired, or was already used': notSupported,

  // Between the pages
  'authorization request has expired': 50089,
  'session principal changed': 50089,
  'interaction session not found': 50089,
  'interaction session id cookie not found': 50089,
  'authorization session and cookie identifier mismatch': 50089,
  'interaction session and authentication session mismatch': 50089,
  'authorization request resolved without requesting interactions but no account id was resolved': 50058,
  'authorization request resolved without requesting interactions but no scope was granted': 65001,
  '… prompt was not resolved': (_asked, [prompt]) => ({ code: prompt === 'consent' ? 65001 : prompt === 'select_account' ? 16000 : 50058 }),
  'End-User authentication is required': 50058,
  'End-User authentication could not be obtained': 50058,
  'id_token_hint and authenticated subject do not match': 50058,
  'requested subject could not be obtained': 50058,
  'none of the requested ACRs could be obtained': 50158,
  'requested ACR could not be obtained': 50158,
  'native clients require End-User interaction': 50199,
  'requested scopes not granted': 65001,
  'requested claims not granted': 65001,
  'authorization_details were requested': notSupported,
  'accountId mismatch': 70000,
  'clientId mismatch': 70000,

  // Token
  'unsupported grant_type requested': 70003,
  'requested grant type is not allowed for this client': (asked) => ({ code: asked.params.grant_type === 'client_credentials' ? 7000218 : 70003 }),
  '… is not allowed for this client': (_asked, [grantType = '']) => ({ code: 70003, values: { grantType } }),
  'authorization code not found': 70000,
  'authorization code is expired': 70008,
  'authorization code already consumed': 54005,
  'authorization code redirect_uri mismatch': 500112,
  'authorization code invalid (referenced account not found)': 50034,
  'code_verifier must be provided': 501481,
  'code_verifier does not match code_challenge': 501481,
  'unsupported code_challenge_method': 501481,
  'refresh token not found': unreadable('refresh_token'),
  'refresh token is expired': 70008,
  'refresh token already used': 70008,
  'refresh token missing requested …': 70011,
  'refresh token invalid (referenced account not found)': 50034,
  'device code not found': 70018,
  'device code is expired': 70019,
  'device code already consumed': 54005,
  'device code invalid (referenced account not found)': 50034,
  "authorization request is still pending as the end-user hasn't yet completed the user interaction steps": 70016,
  'you are polling too quickly and should back off at a reasonable rate': 70016,
  '… not found': 70000,
  '… already consumed': 54005,
  '… invalid (referenced account not found)': 50034,
  'client mismatch': 70000,
  'grant not found': 70008,
  'grant is expired': 70008,

  // Userinfo
  'access token not found': 50027,
  'access token missing openid scope': 65001,
  'access token missing requested scope': 65001,
  'token audience prevents accessing the userinfo endpoint': 50027,
  'associated client not found': 50027,
  'associated account not found': 50034,
  'access token must only be provided using one mechanism': 9002313,
  'access tokens must not be provided via query parameter': 9002313,
  'authorization header scheme must be `Bearer`': 9002313,
  'invalid token provided': 50027,

  // Logout
  'client_id does not match the provided id_token_hint': 50068,
  'unrecognized id_token_hint audience': 700016,
  'post_logout_redirect_uri not registered': 50011,

  // What is not spoken here
  'mutual TLS client certificate not provided': notSupported,
  'failed x5t#S256 verification': notSupported,
  'failed jkt verification': notSupported,
  'missing DPoP proof JWT': notSupported,
  'DPoP proof JWT not provided': notSupported,
  'DPoP proof key thumbprint does not match dpop_jkt': notSupported,
  'access token is not sender-constrained but proof of possession was provided': notSupported,
  'authorization header scheme must be `DPoP` when DPoP is used': notSupported,
  '`DPoP` header not provided': notSupported,
  '`DPoP` tokens must be provided via an authorization header': notSupported,
  'multiple proof-of-possession mechanisms are not allowed': notSupported,
}

function asksForIdToken({ params }: Asked): boolean {
  return typeof params.response_type === 'string' && params.response_type.split(' ').includes('id_token')
}

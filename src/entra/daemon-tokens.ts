import { createPrivateKey, sign } from 'node:crypto'
import { promisify } from 'node:util'
import type { Context } from 'koa'
import type { Application } from '../directory/types.ts'
import type { Keys } from '../keys/keys.ts'
import { expiryOf, hasSecret } from '../oidc/clients.ts'
import type { Host } from '../oidc/host.ts'
import { daemonAttempt, logVerdict } from '../oidc/judge.ts'
import type { RequestState } from '../oidc/request-state.ts'
import { appRolesOf } from '../oidc/resources.ts'
import { decide } from '../sign-in/decide.ts'
import { tokenLifetimeSeconds } from '../sign-in/lifetimes.ts'
import { tokenRefusalOf } from './errors.ts'
import { parseScopes } from './scopes.ts'
import { accessTokenClaims, tokenResponse } from './tokens.ts'

type Params = Readonly<Record<string, string>>

/**
 * The token of a daemon that sends its secret: what tests ask for by the thousand. It needs nothing that the library
 * would remember, so it is judged, written and signed here. Whatever is out of the ordinary, a wrong secret included, is
 * left to the library; `test/entra/daemon-tokens.test.ts` holds the two ways against each other.
 */
export function daemonTokens(host: Host): (ctx: Context & { state: RequestState }, params: Params) => Promise<boolean> {
  const signed = signer(host.keys)
  const { directory, clock } = host.tenant

  return async (ctx, params) => {
    const target = ordinaryRequest(ctx, host, params)
    if (target === null) return false

    const { client, resource, audience } = target
    const { observation, requestId } = ctx.state
    const attempt = daemonAttempt(client, [resource], (params.scope ?? '').split(' '), observation)
    const verdict = decide(attempt, host.tenant)
    ctx.state.verdict = verdict
    logVerdict(host, attempt, verdict, requestId)
    if (verdict.refusal !== null) {
      ctx.body = tokenRefusalOf(ctx as never, host, verdict.refusal, requestId)
      return true
    }

    const lifetime = tokenLifetimeSeconds(host.tenant, client, resource).accessToken
    const now = clock.tokens === 'wire' ? clock.realNow() : clock.now()
    const { header, payload } = accessTokenClaims({
      tenant: directory.settings,
      base: host.base,
      salt: host.keys.pairwiseSalt,
      kid: host.keys.signing[0]?.kid ?? '',
      now,
      lifetime,
      client,
      resource,
      audience,
      scopes: [],
      roles: appRolesOf(resource, client),
      clientAuthentication: 'secret',
    })
    host.tally.tokenIssued('client_credentials')
    ctx.status = 200
    ctx.body = tokenResponse({ access_token: await signed(header, payload), expires_in: lifetime }, {
      grant: 'client_credentials',
      version: (ctx.state as { version?: 'v1' | 'v2' }).version ?? 'v2',
      resource: ctx.state.asked?.resource,
      now,
    })

    return true
  }
}

type Target = { readonly client: Application; readonly resource: Application; readonly audience: string }

/** A known application with a right secret that asks for one resource; null = the library had better see it. */
function ordinaryRequest(ctx: Context, { tenant: { directory }, base }: Host, params: Params): Target | null {
  const { grant_type: grant, client_id: clientId = '', client_secret: secret } = params
  if (grant !== 'client_credentials' || secret === undefined || params.client_assertion !== undefined || ctx.headers.authorization !== undefined) return null
  const client = directory.application(clientId)
  if (!client || !hasSecret(client, secret) || expiryOf(client, secret) !== 0) return null
  const { resources: [target], refusal } = parseScopes(params.scope ?? '', (name) => directory.resource(name), base, { purpose: 'clientCredentials' })

  return target && !refusal ? { client, resource: target.resource, audience: target.audience } : null
}

const signAside = promisify(sign) as (algorithm: string, data: Buffer, key: ReturnType<typeof createPrivateKey>) => Promise<Buffer>

/** RS256 off the main thread, with a key that is read once. */
function signer({ signing: [current] }: Keys): (header: Record<string, string>, payload: Record<string, unknown>) => Promise<string> {
  const key = current && createPrivateKey({ key: { ...current.privateJwk, x5c: [...current.privateJwk.x5c] }, format: 'jwk' })

  return async (header, payload) => {
    if (!current || !key) throw new Error('A tenant without a signing key issues no tokens.')
    const unsigned = `${part({ alg: 'RS256', ...header, kid: current.kid })}.${part(payload)}`

    return `${unsigned}.${(await signAside('sha256', Buffer.from(unsigned), key)).toString('base64url')}`
  }
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

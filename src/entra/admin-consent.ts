import { randomBytes } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import { normalizeAuthorize } from './request.ts'

const paths: ReadonlySet<string> = new Set(['/adminconsent', '/v2.0/adminconsent'])

/**
 * Where an application sends an administrator to be granted permissions for everybody. It is an authorize request whose
 * answer is the consent rather than a code: v2 names the scopes, v1 means all that the registration requires of Graph.
 */
export function adminConsentEndpoint(): Middleware {
  return async (ctx, next) => {
    if (!paths.has(ctx.path) || ctx.method !== 'GET') return next()

    const { client_id: clientId, redirect_uri: redirectUri, state, scope } = textsIn(ctx.query)
    const asked = {
      client_id: clientId,
      redirect_uri: redirectUri,
      state,
      scope: `openid ${scope ?? 'https://graph.microsoft.com/.default'}`,
      response_type: 'code',
      prompt: 'admin_consent',
      // Nobody is given the code; a single-page application would have to prove itself for one.
      code_challenge: randomBytes(32).toString('base64url'),
      code_challenge_method: 'S256',
    }
    ctx.path = '/oauth2/v2.0/authorize'
    ctx.state.asked = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined))
    ctx.state.version = 'v2'
    ctx.query = { ...normalizeAuthorize(asked).params, x_admin_answer: '1' }

    return next()
  }
}

/** What an application hears of an administrator's consent, in place of a code. */
export function adminConsentAnswer({ state }: Readonly<Record<string, unknown>>, tenantId: string, scope: string | undefined): Record<string, unknown> {
  return { admin_consent: 'True', tenant: tenantId, scope: (scope ?? '').split(' ').filter((word) => word !== 'openid').join(' '), state }
}

function textsIn(query: Context['query']): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(query).flatMap(([name, value]) => (typeof value === 'string' && value !== '' ? [[name, value]] : [])))
}

import { createHash } from 'node:crypto'
import type { Middleware } from 'koa'
import type { RequestState } from '../oidc/request-state.ts'

/** The `session_state` that applications are told: a GUID that stays the same for as long as the session does. */
export function sessionState(sessionId: string): string {
  const hex = createHash('sha256').update(sessionId).digest('hex')

  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}

/**
 * `check_session_iframe`, which v1 metadata names: a page without anything to see, for a frame of the application's, that
 * tells it whether the session it knows is still the browser's. Its script asks here.
 */
export function checkSession(): Middleware {
  return async (ctx, next) => {
    if (ctx.path !== '/oauth2/checksession' || ctx.method !== 'GET') return next()
    ctx.set('cache-control', 'no-store')
    const { session_state: known } = ctx.query
    if (typeof known === 'string') {
      const { accounts } = (ctx.state as RequestState).browser
      return void (ctx.body = { state: accounts.some(({ id }) => sessionState(id) === known) ? 'unchanged' : 'changed' })
    }

    // It is there to be framed, and shows nothing that could be clicked.
    ctx.remove('x-frame-options')
    ctx.set('content-security-policy', "default-src 'none'; script-src 'self'; connect-src 'self'")
    ctx.type = 'html'
    ctx.body = '<!doctype html>\n<title>Session</title>\n<script src="/assets/check-session.js"></script>\n'
  }
}

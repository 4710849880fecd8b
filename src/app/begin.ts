import { randomBytes } from 'node:crypto'
import * as oidc from 'openid-client'
import type { Transaction } from './transactions.ts'
import { browserOf, goTo, keepBrowser, sessionOf, type Visit } from './visit.ts'

/** Sends the browser to the provider: to sign in, or silently where a session is to be renewed or checked. */
export async function begin(visit: Visit, kind: Transaction['kind']): Promise<void> {
  const { at, base, home, transactions, ctx } = visit
  const configuration = await visit.configurationOf(at, base)
  const browser = browserOf({ ctx, base }) ?? randomBytes(32).toString('base64url')
  const codeVerifier = oidc.randomPKCECodeVerifier()
  const nonce = oidc.randomNonce()
  const redirectUri = `${base}/app/callback`
  const state = transactions.begin({
    tenantId: at.tenant.id, browser, nonce, codeVerifier, redirectUri, kind, home, begunAt: at.tenant.clock.realNow(),
  })
  const session = kind === 'signIn' ? null : sessionOf(visit)

  keepBrowser(visit, browser)
  goTo(visit, oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: 'openid profile',
    state,
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    ...(session ? { prompt: 'none', login_hint: session.session.userPrincipalName } : {}),
  }).href)
}

import * as oidc from 'openid-client'
import { isGoodCsrf } from '../http/csrf.ts'
import { HttpRefusal } from '../http/errors.ts'
import { isTrouble } from './refused.ts'
import { goTo, keepSession, sessionOf, type Visit } from './visit.ts'

/** Ends the session here, then at the provider, which sends the browser back to the app. */
export async function signOut(visit: Visit): Promise<void> {
  const { ctx, sessions, secret, base, home, at } = visit
  const known = sessionOf(visit)
  if (!known) return goTo(visit, home)
  if (!isGoodCsrf(secret, known.id, ctx.URL.searchParams.get('csrf') ?? undefined)) {
    throw new HttpRefusal(403, 'forged_form', 'This sign-out was not asked for by the app\'s own page. Open the app and sign out there.')
  }
  sessions.end(known.id)
  keepSession(visit, null)

  const configuration = await visit.configurationOf(at, base).catch(nothingIfTrouble)
  if (!configuration?.serverMetadata().end_session_endpoint) return goTo(visit, home)
  goTo(visit, oidc.buildEndSessionUrl(configuration, {
    id_token_hint: known.session.idToken,
    post_logout_redirect_uri: base + home,
  }).href)
}

/** Whoever leaves may leave, also while the provider cannot be found. */
function nothingIfTrouble(error: unknown): null {
  if (!isTrouble(error)) throw error

  return null
}

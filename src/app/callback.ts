import * as oidc from 'openid-client'
import { registrationOf } from './relying-party.ts'
import { isRefusal, refused } from './refused.ts'
import type { AppSession } from './sessions.ts'
import type { Transaction } from './transactions.ts'
import { goTo, keepSession, presentAddress, sessionOf, type Visit } from './visit.ts'

/** The provider's answer: a session begins, goes on, or is refused. */
export async function callback(visit: Visit, transaction: Transaction): Promise<void> {
  const { at, sessions } = visit
  const known = sessionOf(visit)
  const before = transaction.kind === 'signIn' ? null : known

  try {
    const session = await sessionFrom(visit, transaction)
    const isChecked = transaction.kind === 'check' && before?.session.subject === session.subject
    if (isChecked) {
      sessions.change(before.id, { ...before.session, idToken: session.idToken, checkedAt: at.tenant.clock.now() })
    } else {
      sessions.end(known?.id)
      keepSession(visit, sessions.begin(session))
    }
    goTo(visit, transaction.home)
  } catch (error) {
    // Whom the provider does not let in any more is not kept in either; that it cannot be asked just now is no reason.
    if (before && isRefusal(error)) {
      sessions.end(before.id)
      keepSession(visit, null)
    } else if (before && transaction.kind === 'check') {
      sessions.change(before.id, { ...before.session, checkedAt: at.tenant.clock.now() })
      return goTo(visit, transaction.home)
    }
    refused(visit, error)
  }
}

/** Redeems the code. The ID token is verified by the library: signature, issuer, audience, nonce, times. */
async function sessionFrom(visit: Visit, transaction: Transaction): Promise<AppSession> {
  const { ctx, at } = visit
  const { tenant } = at
  const configuration = await visit.configurationOf(at, visit.base)
  const address = new URL(transaction.redirectUri + ctx.search)
  const tokens = await oidc.authorizationCodeGrant(configuration, address, {
    pkceCodeVerifier: transaction.codeVerifier,
    expectedNonce: transaction.nonce,
    expectedState: ctx.URL.searchParams.get('state') ?? '',
    idTokenExpected: true,
  })
  const claims = tokens.claims()
  if (!claims || !tokens.id_token) throw new Error('An ID token was asked for, and the library said that it came.')

  const profile = claims.name === undefined ? await oidc.fetchUserInfo(configuration, tokens.access_token, claims.sub) : claims
  const subject = typeof claims.oid === 'string' ? claims.oid : claims.sub
  const now = tenant.clock.now()
  const inactivity = registrationOf(at)?.inactivityTimeoutInMinutes ?? null

  return {
    tenantId: tenant.id,
    subject,
    displayName: String(profile.name ?? profile.preferred_username ?? claims.sub),
    userPrincipalName: String(profile.preferred_username ?? claims.sub),
    idToken: tokens.id_token,
    since: now,
    // Tokens of wire time carry the wall clock's times; the session goes by the tenant's.
    until: claims.exp * 1000 + (tenant.clock.tokens === 'wire' ? tenant.clock.offset : 0),
    lastUsedAt: now,
    checkedAt: now,
    inactivity: inactivity === null ? null : inactivity * 60_000,
    ipAddress: presentAddress(visit, subject),
  }
}

import type { Account, FindAccount, KoaContextWithOIDC } from 'oidc-provider'
import type { User } from '../directory/types.ts'
import type { Attempt } from '../sign-in/attempt.ts'
import { factsOf } from './grant.ts'
import type { Host } from './host.ts'
import { admit, grantAttempt } from './judge.ts'
import type { Redeemed } from './judge.ts'
import { stateOf } from './request-state.ts'

/**
 * The library asks for the account before it issues anything: so this is where a redemption is judged. A code is
 * judged under the authorize request's signals, a refresh under its own.
 */
export function accountFinder(host: Host): FindAccount {
  return async (ctx, userId, token) => {
    const user = host.tenant.directory.get('users', userId)
    if (!user) return undefined

    if (token && isJudged(token.kind)) judgeRedemption(ctx, host, token as Presented)

    return accountOf(ctx, host, user)
  }
}

function isJudged(kind: string | undefined): boolean {
  return kind !== undefined && Object.hasOwn(events, kind)
}

/** What is redeemed, and what that is called among attempts. */
const events: Readonly<Record<string, Attempt['event']>> = {
  AuthorizationCode: 'authorizationCode',
  DeviceCode: 'deviceCode',
  RefreshToken: 'refreshToken',
}

type Presented = Redeemed & { readonly kind: string; readonly grantId?: string; readonly iat?: number }

function judgeRedemption(ctx: KoaContextWithOIDC, host: Host, token: Presented): void {
  const facts = factsOf(host.tenant, token.grantId)
  if (!facts) return

  stateOf(ctx).facts = facts
  stateOf(ctx).session = facts.session
  if (token.kind !== 'RefreshToken') host.profile.aimCode(ctx, host, token)
  // The library counts in whole seconds; what was issued within the first one is as old as the sign-in itself.
  const issuedAt = Math.max(facts.issuedAt, (token.iat ?? 0) * 1000)
  admit(ctx, host, grantAttempt(ctx, host, events[token.kind] ?? 'authorizationCode', facts, issuedAt, token))
}

export function accountOf(ctx: KoaContextWithOIDC, host: Host, user: User): Account {
  return {
    accountId: user.id,
    claims: async () => ({ sub: user.id, ...host.profile.accountClaims(ctx, host, user) }),
  }
}

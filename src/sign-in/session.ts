import { randomUUID } from 'node:crypto'
import type { TransferMethod } from '../policy/policy.ts'
import type { AuthenticationMethod, UsedMethod } from '../policy/sign-in.ts'

/** What one signed-in account of a browser remembers (reference, Appendix A). All times ms, UTC, the tenant's clock. */
export type AccountSession = {
  /** The `sid` claim. */
  readonly id: string
  readonly userId: string
  readonly createdAt: number
  readonly lastUsedAt: number
  /** Stay signed in: lives 90 days unused instead of 24 hours. */
  readonly isPersistent: boolean
  /** Whether the "Stay signed in?" question was answered (or need not be asked). */
  readonly isKmsiAnswered: boolean
  /** The latest use of each method. */
  readonly methods: readonly UsedMethod[]
  readonly isMfaAssertedByFederation: boolean
  /** A guest's home tenant said so; counts where inbound trust is on. Absent = it did not. */
  readonly isMfaAssertedByHomeTenant?: boolean
  readonly insideCorporateNetwork: boolean
  /** When the second factor was shown that the browser was told to remember; absent = none. */
  readonly rememberedMfaAt?: number
  /** Agreements accepted; kept here until the directory keeps them. */
  readonly acceptedTermsOfUse: readonly string[]
  readonly passedCustomFactors: readonly string[]
  readonly passwordChangedAt: number | null
  readonly originalTransferMethod: TransferMethod | null
  /** The applications it signed in to, by app id: they hear of it when it ends. Absent = none. */
  readonly signedInTo?: readonly string[]
}

/** All accounts of one browser; the first is the one used last. */
export type BrowserSession = { readonly id: string; readonly accounts: readonly AccountSession[] }

/** The session that begins with a first factor. */
export function newSession(userId: string, used: UsedMethod, now: number, id: string = randomUUID()): AccountSession {
  return {
    id,
    userId,
    createdAt: now,
    lastUsedAt: now,
    isPersistent: false,
    isKmsiAnswered: false,
    methods: [used],
    isMfaAssertedByFederation: false,
    insideCorporateNetwork: false,
    acceptedTermsOfUse: [],
    passedCustomFactors: [],
    passwordChangedAt: null,
    originalTransferMethod: null,
  }
}

/** The session after another proof: only the latest use of a method counts, and a proof is a use of the session. */
export function withMethod(session: AccountSession, used: UsedMethod): AccountSession {
  const isRepeated = session.methods.some(({ method }) => method === used.method)
  const methods = isRepeated
    ? session.methods.map((earlier) => (earlier.method === used.method && earlier.at <= used.at ? used : earlier))
    : [...session.methods, used]

  return { ...session, methods, lastUsedAt: Math.max(session.lastUsedAt, used.at) }
}

/** The session after it was used to sign in somewhere: its days of rest begin anew, and it remembers where. */
export function touch(session: AccountSession, now: number, appId?: string): AccountSession {
  const { signedInTo = [] } = session

  return { ...session, lastUsedAt: now, ...(appId === undefined || signedInTo.includes(appId) ? {} : { signedInTo: [...signedInTo, appId] }) }
}

export type IdleLimits = { readonly nonPersistentIdleHours: number; readonly persistentIdleDays: number }

/** @see reference 5.1 */
export const defaultIdleLimits: IdleLimits = { nonPersistentIdleHours: 24, persistentIdleDays: 90 }

/** Whether a session may still be used: 24 hours unused end it, 90 days where the user chose to stay signed in. */
export function isAlive(session: AccountSession, now: number, limits: IdleLimits = defaultIdleLimits): boolean {
  const hours = session.isPersistent ? limits.persistentIdleDays * 24 : limits.nonPersistentIdleHours

  return now - session.lastUsedAt <= hours * 60 * 60 * 1000
}

/** Methods that begin a sign-in; the others only come on top (reference 7.1). */
const primaryMethods: ReadonlySet<AuthenticationMethod> = new Set<AuthenticationMethod>([
  'password', 'fido2', 'windowsHelloForBusiness', 'deviceBasedPush', 'temporaryAccessPassOneTime', 'temporaryAccessPassMultiUse',
  'x509CertificateSingleFactor', 'x509CertificateMultiFactor', 'federatedSingleFactor', 'federatedMultiFactor', 'qrCodePin',
])

export function isPrimary(method: AuthenticationMethod): boolean {
  return primaryMethods.has(method)
}

/** When the user last gave the first factor, ms: what `max_age`, revocation and `auth_time` go by. */
export function authenticatedAt(session: AccountSession): number {
  const times = session.methods.filter(({ method }) => isPrimary(method)).map(({ at }) => at)

  return times.length > 0 ? Math.max(...times) : session.createdAt
}

/** Signs an account in, or back in: it becomes the one used last, and a user is in a browser once. */
export function withAccount(browser: BrowserSession, session: AccountSession): BrowserSession {
  return { ...browser, accounts: [session, ...browser.accounts.filter(({ userId }) => userId !== session.userId)] }
}

/** Signs one user out of a browser, or everybody. */
export function withoutAccount(browser: BrowserSession, userId?: string): BrowserSession {
  return { ...browser, accounts: userId === undefined ? [] : browser.accounts.filter((session) => session.userId !== userId) }
}

/** The accounts of a browser whose session is still good, the one used last first. */
export function aliveAccounts(browser: BrowserSession, now: number, limits?: IdleLimits): readonly AccountSession[] {
  return browser.accounts.filter((session) => isAlive(session, now, limits))
}

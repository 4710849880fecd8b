import { createHmac, randomBytes } from 'node:crypto'
import type { SignInTenant } from '../attempt.ts'
import type { Failures } from '../memory.ts'
import type { Refusal } from '../refusal.ts'

/**
 * Counts wrong tries, and locks an account for a while once there were too many (reference 7.3). The threshold and the
 * first lock's length are the tenant's; each further lock lasts twice as long as the one before, up to a day. After a
 * lock, one more wrong try locks again; a right one forgives everything.
 */
export type Counter = {
  /** What to answer while the account is locked; null = it is not. */
  lock(): Refusal | null
  /** A wrong try. Repeating one of the last three wrong secrets does not count, so that a stale saved password locks nobody out. */
  fail(secret?: string): void
  succeed(): void
}

export function counterOf(tenant: SignInTenant, key: string): Counter {
  const { failures } = tenant.memory
  const { threshold, seconds } = tenant.directory.settings.settings.smartLockout
  const standing = () => failures.get(key) ?? clean

  return {
    lock() {
      const left = standing().lockedUntil - tenant.clock.now()

      return left > 0 ? { code: 50053, values: { seconds: Math.ceil(left / 1000) } } : null
    },
    fail(secret) {
      const latest = standing()
      const digest = secret === undefined ? null : digestOf(key, secret)
      if (digest !== null && latest.recentDigests.includes(digest)) return

      const count = latest.count + 1
      const isLocking = count >= threshold
      failures.set(key, {
        count,
        lockedUntil: isLocking ? tenant.clock.now() + Math.min(seconds * 2 ** latest.lockouts, longestLockSeconds) * 1000 : latest.lockedUntil,
        lockouts: latest.lockouts + (isLocking ? 1 : 0),
        recentDigests: digest === null ? latest.recentDigests : [digest, ...latest.recentDigests].slice(0, 3),
      })
    },
    succeed: () => void failures.delete(key),
  }
}

const clean: Failures = { count: 0, lockedUntil: 0, lockouts: 0, recentDigests: [] }
const longestLockSeconds = 24 * 60 * 60

/** Known to this process only: what was typed cannot be guessed back from what is remembered. */
const digestKey = randomBytes(32)

function digestOf(key: string, secret: string): string {
  return createHmac('sha256', digestKey).update(key).update('\0').update(secret).digest('base64url')
}

import { parseDuration } from '../../clock/duration.ts'
import { himself } from '../../directory/himself.ts'
import type { Agreement, User } from '../../directory/types.ts'
import type { Device } from '../../policy/sign-in.ts'
import type { SignInTenant } from '../attempt.ts'

/** One agreement a user accepted, as Graph's `agreementAcceptance` spells it (reference 12.4). */
export type AgreementAcceptance = {
  readonly agreementId: string
  readonly recordedDateTime: string
  readonly state?: 'accepted' | 'declined'
  /** The device it was accepted on; left out where none was known. */
  readonly deviceId?: string
}

/** Notes that a user accepted these agreements; it is remembered beyond the session in which it happened. */
export async function acceptTerms(tenant: SignInTenant, user: User, agreementIds: readonly string[], deviceId: string | null = null): Promise<void> {
  const recordedDateTime = new Date(tenant.clock.now()).toISOString()
  const current = tenant.directory.get('users', user.id) ?? user
  const isReplaced = (earlier: AgreementAcceptance) => agreementIds.includes(earlier.agreementId) && (earlier.deviceId ?? null) === deviceId
  const kept = acceptancesOf(current).filter((acceptance) => !isReplaced(acceptance))
  const added = agreementIds.map((agreementId): AgreementAcceptance => ({ agreementId, recordedDateTime, state: 'accepted', ...(deviceId === null ? {} : { deviceId }) }))

  await tenant.directory.by(himself(user)).put('users', { ...current, agreementAcceptances: [...kept, ...added] })
}

/** The agreements that a user has accepted and need not accept again: not expired and, where each device asks, on this one. */
export function standingAcceptances(user: User, { directory, clock }: SignInTenant, device: Device | null): readonly string[] {
  const standing = acceptancesOf(user).filter((acceptance) => {
    if (acceptance.state === 'declined') return false
    const agreement = directory.get('agreements', acceptance.agreementId)
    if (!agreement) return true
    const isHere = !agreement.isPerDeviceAcceptanceRequired || (acceptance.deviceId ?? null) === (device?.deviceId ?? null)

    return isHere && Date.parse(acceptance.recordedDateTime) >= oldestStanding(agreement, clock.now())
  })

  return standing.map(({ agreementId }) => agreementId)
}

/** Acceptances from before this instant have expired: by the user's own period, or because all did on a certain day. */
function oldestStanding({ termsExpiration, userReacceptRequiredFrequency }: Agreement, now: number): number {
  const own = userReacceptRequiredFrequency === null ? -Infinity : now - parseDuration(userReacceptRequiredFrequency)
  const start = termsExpiration === null ? Infinity : Date.parse(termsExpiration.startDateTime)
  if (start > now) return own
  const period = termsExpiration?.frequency ? parseDuration(termsExpiration.frequency) : Infinity
  const passed = period === Infinity ? 0 : Math.floor((now - start) / period) * period

  return Math.max(own, start + passed)
}

export function acceptancesOf(user: User): readonly AgreementAcceptance[] {
  return (user.agreementAcceptances as readonly AgreementAcceptance[] | undefined) ?? []
}

import type { User } from '../../directory/types.ts'
import type { SignInTenant } from '../attempt.ts'

/** One agreement a user accepted, as Graph's `agreementAcceptance` spells it (reference 12.4). */
export type AgreementAcceptance = { readonly agreementId: string; readonly recordedDateTime: string; readonly state: 'accepted' }

/** Notes that a user accepted these agreements; it is remembered beyond the session in which it happened. */
export async function acceptTerms(tenant: SignInTenant, user: User, agreementIds: readonly string[]): Promise<void> {
  const recordedDateTime = new Date(tenant.clock.now()).toISOString()
  const current = tenant.directory.get('users', user.id) ?? user
  const kept = acceptancesOf(current).filter(({ agreementId }) => !agreementIds.includes(agreementId))
  const added = agreementIds.map((agreementId): AgreementAcceptance => ({ agreementId, recordedDateTime, state: 'accepted' }))

  await tenant.directory.put('users', { ...current, agreementAcceptances: [...kept, ...added] })
}

export function acceptancesOf(user: User): readonly AgreementAcceptance[] {
  return (user.agreementAcceptances as readonly AgreementAcceptance[] | undefined) ?? []
}

import type { SignIn } from '../sign-in.ts'
import { isExternal } from '../conditions/users.ts'
import { builtIn, impossible, met } from './grant-control.ts'

/** A client app of the list that Microsoft approved. Guests cannot show one. */
export const approvedApplication = builtIn('approvedApplication', 'an approved client app', ({ signIn }) =>
  signIn.conditions.isApprovedApplication && !isGuest(signIn) ? met : impossible('approvedApplication', 'the client is not an approved app'))

/** A client app under an app protection policy. Guests cannot show one. */
export const compliantApplication = builtIn('compliantApplication', 'a protected client app', ({ signIn }) =>
  signIn.conditions.isCompliantApplication && !isGuest(signIn) ? met : impossible('compliantApplication', 'the client is not under an app protection policy'))

function isGuest({ identity }: SignIn): boolean {
  return identity.kind === 'user' && isExternal(identity)
}

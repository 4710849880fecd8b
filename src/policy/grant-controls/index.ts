import type { BuiltInControl, GrantControls } from '../policy.ts'
import { approvedApplication, compliantApplication } from './applications.ts'
import { authenticationStrength } from './authentication-strength.ts'
import { block } from './block.ts'
import { customAuthenticationFactors } from './custom-authentication-factors.ts'
import { compliantDevice, domainJoinedDevice } from './devices.ts'
import type { GrantControl } from './grant-control.ts'
import { mfa } from './mfa.ts'
import { passwordChange, riskRemediation } from './password-change.ts'
import { termsOfUse } from './terms-of-use.ts'

/** Every control a policy may want, in the order of asking. */
export const grantControls: Record<BuiltInControl | Exclude<keyof GrantControls, 'operator' | 'builtInControls'>, GrantControl> = {
  block,
  mfa,
  authenticationStrength,
  compliantDevice,
  domainJoinedDevice,
  approvedApplication,
  compliantApplication,
  passwordChange,
  riskRemediation,
  termsOfUse,
  customAuthenticationFactors,
}

import type { SignIn } from '../sign-in.ts'
import { isLegacy } from '../conditions/client-app-types.ts'
import { wellKnown } from '../well-known.ts'
import { builtIn, impossible, met, type Question } from './grant-control.ts'

/** A device that its management calls compliant. It cannot be made so on a page. */
export const compliantDevice = builtIn('compliantDevice', 'a compliant device', (question) => {
  const { signIn, source } = question
  const { device } = signIn.conditions
  if (isSparedOfCompliance(signIn)) return met
  if (!canShowDevice(signIn)) return impossible('compliantDevice', 'the sign-in cannot show a device')
  if (isForeign(question) && !source.inboundTrust.compliantDevice) return impossible('compliantDevice', "another tenant's device is not trusted")

  return device?.isCompliant === true ? met : impossible('compliantDevice', device === null ? 'the device is not registered' : 'the device is not compliant')
})

/** A Windows device joined to the domain and to Entra (hybrid). */
export const domainJoinedDevice = builtIn('domainJoinedDevice', 'a hybrid joined device', (question) => {
  const { signIn, source } = question
  const { device } = signIn.conditions
  if (!canShowDevice(signIn)) return impossible(isDeviceCode(signIn) ? 'compliantDevice' : 'domainJoinedDevice', 'the sign-in cannot show a device')
  if (isForeign(question) && !source.inboundTrust.hybridDevice) return impossible('domainJoinedDevice', "another tenant's device is not trusted")

  return device?.trustType === 'ServerAD' ? met : impossible('domainJoinedDevice', 'the device is not joined to the domain')
})

/** A device code is approved on another device than it is used on, and legacy clients show none. */
function canShowDevice(signIn: SignIn): boolean {
  return !isDeviceCode(signIn) && !isLegacy(signIn.conditions.clientAppType)
}

function isDeviceCode({ conditions: { transferMethod, originalTransferMethod } }: SignIn): boolean {
  return transferMethod === 'deviceCodeFlow' || originalTransferMethod === 'deviceCodeFlow'
}

function isForeign({ signIn }: Question): boolean {
  return signIn.conditions.device?.tenantId !== undefined
}

/** A device has to be enrolled, and the Authenticator registered, before anything is compliant (reference 4.3, 4.6.6). */
function isSparedOfCompliance({ target: { resources, scopes } }: SignIn): boolean {
  if (resources.length > 0 && resources.every((id) => id === wellKnown.intuneEnrollment)) return true
  const [scope, ...others] = scopes.filter((one) => !['openid', 'profile', 'offline_access'].includes(one))

  return others.length === 0 && scope !== undefined && /^(https:\/\/graph\.microsoft\.com\/)?UserAuthenticationMethod\.Read$/i.test(scope)
}

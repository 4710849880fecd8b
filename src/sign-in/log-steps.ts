import type { AuthenticationMethod, SignIn } from '../policy/sign-in.ts'
import type { Attempt, Verdict } from './attempt.ts'
import { isPrimary } from './session.ts'

/** The log's `authenticationDetails`: what was shown in this sign-in, what counted from before, what failed. */
export function authenticationDetailsOf(attempt: Attempt, verdict: Verdict, { session, now }: SignIn): Record<string, unknown>[] {
  const failed = verdict.refusal ? failedSteps[verdict.refusal.code] : undefined
  if (failed) return [step(now, methodNames[failed.method], false, failed.result, isPrimary(failed.method))]

  const shown = session.methods.map(({ method, at }) => (attempt.isFresh ? freshStep(method, at) : earlierStep(method, at)))
  const isMfaOwed = verdict.outcome === 'interrupted' && verdict.decision?.challenges[0]?.kind === 'mfa'

  return isMfaOwed ? [...shown, step(now, '', false, 'MFA required in Azure AD', false)] : shown
}

/** The method of what counted from before. */
export const previouslySatisfied = 'Previously satisfied'

function freshStep(method: AuthenticationMethod, at: number): Record<string, unknown> {
  return isPrimary(method)
    ? step(at, methodNames[method], true, method === 'password' ? 'Correct password' : null, true)
    : step(at, methodNames[method], true, 'MFA completed in Azure AD', false)
}

function earlierStep(method: AuthenticationMethod, at: number): Record<string, unknown> {
  const factor = isPrimary(method) ? 'First factor' : 'MFA'

  return step(at, previouslySatisfied, true, `${factor} requirement satisfied by claim in the token`, isPrimary(method))
}

function step(at: number, method: string, succeeded: boolean, result: string | null, isFirst: boolean): Record<string, unknown> {
  return {
    authenticationStepDateTime: new Date(at).toISOString(),
    authenticationMethod: method,
    authenticationMethodDetail: method === methodNames.password ? 'Password in the cloud' : null,
    succeeded,
    authenticationStepResultDetail: result,
    authenticationStepRequirement: isFirst ? 'Primary authentication' : 'Multifactor authentication',
  }
}

const failedSteps: Readonly<Record<number, { readonly method: AuthenticationMethod; readonly result: string }>> = {
  50126: { method: 'password', result: 'Invalid username or password or invalid on-premises username or password.' },
  50053: { method: 'password', result: 'Account is locked because user tried to sign in too many times with an incorrect user ID or password.' },
  500121: { method: 'softwareOath', result: 'Authentication failed during strong authentication request.' },
}

const methodNames: Readonly<Record<AuthenticationMethod, string>> = {
  password: 'Password',
  voice: 'Phone call',
  hardwareOath: 'OATH verification code',
  softwareOath: 'OATH verification code',
  sms: 'Text message',
  fido2: 'FIDO2 security key',
  windowsHelloForBusiness: 'Windows Hello for Business',
  microsoftAuthenticatorPush: 'Mobile app notification',
  deviceBasedPush: 'Passwordless phone sign-in',
  temporaryAccessPassOneTime: 'Temporary Access Pass',
  temporaryAccessPassMultiUse: 'Temporary Access Pass',
  email: 'Email',
  x509CertificateSingleFactor: 'X.509 Certificate',
  x509CertificateMultiFactor: 'X.509 Certificate',
  federatedSingleFactor: 'Federated',
  federatedMultiFactor: 'Federated',
  qrCodePin: 'QR code pin',
}

import { randomUUID } from 'node:crypto'
import { generateSecret } from 'otplib'
import { himself } from '../../directory/himself.ts'
import type { RegisteredMethod, User } from '../../directory/types.ts'
import type { UsedMethod } from '../../policy/sign-in.ts'
import type { SignInTenant } from '../attempt.ts'
import { limitOf } from '../limits.ts'
import type { Refusal } from '../refusal.ts'
import { timeOfProof } from '../validity.ts'
import { otpauthOf, useUp } from './one-time-code.ts'
import { acceptedSteps, isCodeAt, isSecret, normalSecret } from './totp.ts'

export { otpauthOf } from './one-time-code.ts'

/** "More information required": a new secret for the user's authenticator app, kept by nobody until it is proved. */
export function beginRegistration(tenant: SignInTenant, user: User): { readonly secret: string; readonly otpauth: string } {
  const secret = generateSecret()

  return { secret, otpauth: otpauthOf(tenant, user, secret) }
}

/** Adds the authenticator to the user once it has shown one right code, which is a proof in itself and used up by it. */
export async function finishRegistration(
  tenant: SignInTenant,
  user: User,
  secret: string,
  code: string,
): Promise<{ readonly used: UsedMethod } | { readonly refusal: Refusal }> {
  const values = { user: user.userPrincipalName }
  const digits = code.replace(/\s/g, '')
  const step = isSecret(secret) ? acceptedSteps(tenant.clock).find((candidate) => isCodeAt(secret, candidate, digits)) : undefined
  if (step === undefined) return { refusal: { code: 500121, values } }

  const current = tenant.directory.get('users', user.id)
  if (!current) return { refusal: { code: 50034, values } }
  if (tokensOf(current).length >= limitOf(tenant.directory.settings, 'totp', 'tokensPerUser', 5)) return { refusal: { code: 53010, values } }

  const createdDateTime = new Date(tenant.clock.now()).toISOString()
  const method: RegisteredMethod = { id: randomUUID(), type: 'softwareOath', secret: normalSecret(secret), createdDateTime }
  // Whom per-user MFA was waiting for is held to it from now on (reference 1.5).
  const perUserMfaState = current.perUserMfaState === 'enabled' ? 'enforced' : current.perUserMfaState
  await tenant.directory.by(himself(user)).put('users', { ...current, perUserMfaState, authenticationMethods: [...current.authenticationMethods, method] })
  useUp(tenant, method.id, step)

  return { used: { method: 'softwareOath', at: timeOfProof(tenant, current) } }
}

/** The picture an authenticator app scans, as a `data:` URL. */
export async function qrCodeOf(otpauth: string): Promise<string> {
  const { default: qrcode } = await import('qrcode')

  return qrcode.toDataURL(otpauth, { errorCorrectionLevel: 'M', margin: 2, width: 220 })
}

/** OATH tokens and authenticator apps share one limit (reference 7.1). */
function tokensOf(user: User): readonly RegisteredMethod[] {
  return user.authenticationMethods.filter(({ type }) => type === 'softwareOath' || type === 'hardwareOath' || type === 'microsoftAuthenticatorPush')
}

import ipaddr from 'ipaddr.js'
import type { Conditions, SecurityDefaultsState, SignIn } from '../policy/sign-in.ts'
import type { Attempt, SignInTenant } from './attempt.ts'
import { isAddress } from './address.ts'
import { limitOf } from './limits.ts'
import { isPrimary } from './session.ts'

/**
 * How a user stands with security defaults (reference 1.4): fourteen days to register a second factor, from the first
 * sign-in after they were switched on; and a second factor again from a network or device that is new since the last one.
 */
export function securityDefaultsStateOf(attempt: Attempt, conditions: Conditions, tenant: SignInTenant): SecurityDefaultsState | undefined {
  const { user, isRegistrationSkipped = false } = attempt
  if (user === null || !tenant.directory.settings.securityDefaults) return undefined
  const { memory, clock } = tenant
  const since = memory.securityDefaultsSince.get(user.id) ?? clock.now()
  const days = limitOf(tenant.directory.settings, 'securityDefaults', 'graceDays', 14)
  const shown = memory.secondFactorShown.get(user.id)

  return {
    daysLeft: Math.max(0, days - Math.floor((clock.now() - since) / day)),
    isRegistrationSkipped,
    isMfaDue: shown !== undefined && shown.place !== placeOf(conditions),
  }
}

const day = 24 * 60 * 60 * 1000

/** Notes what later sign-ins go by, once a person has come this far. */
export function noteForSecurityDefaults(attempt: Attempt, signIn: SignIn, { memory, directory, clock }: SignInTenant): void {
  const { user } = attempt
  if (user === null || !attempt.isInteractive) return
  if (!directory.settings.securityDefaults) memory.securityDefaultsSince.delete(user.id)
  else if (!memory.securityDefaultsSince.has(user.id)) memory.securityDefaultsSince.set(user.id, clock.now())

  const at = Math.max(-Infinity, ...signIn.session.methods.filter(({ method }) => isProofOfMore(method)).map((used) => used.at))
  if (at > (memory.secondFactorShown.get(user.id)?.at ?? -Infinity)) memory.secondFactorShown.set(user.id, { at, place: placeOf(signIn.conditions) })
}

function isProofOfMore(method: SignIn['session']['methods'][number]['method']): boolean {
  return !isPrimary(method) || method === 'fido2' || method === 'windowsHelloForBusiness' || method === 'x509CertificateMultiFactor' || method === 'federatedMultiFactor'
}

/** A network (the first 24 bits of an IPv4 address, 48 of an IPv6 one) and a device. */
function placeOf({ ipAddress, device }: Conditions): string {
  return `${networkOf(ipAddress)} ${device?.deviceId ?? ''}`
}

function networkOf(address: string | null): string {
  if (address === null || !isAddress(address)) return ''
  const parsed = ipaddr.process(address)

  return parsed.toByteArray().slice(0, parsed.kind() === 'ipv4' ? 3 : 6).join('.')
}

import type { AuthenticationMethod } from './sign-in.ts'

/**
 * What a method proves. `single`: a first factor and no more. `second`: something the user has, beside a first factor.
 * `multi`: multifactor in itself. `none`: for resetting passwords only.
 */
export type Factor = 'single' | 'second' | 'multi' | 'none'

/** Every authentication method, with Graph's number for it in a set of methods. */
export const methods: Record<AuthenticationMethod, { readonly bit: number; readonly factor: Factor }> = {
  password: { bit: 1, factor: 'single' },
  voice: { bit: 2, factor: 'second' },
  hardwareOath: { bit: 4, factor: 'second' },
  softwareOath: { bit: 8, factor: 'second' },
  sms: { bit: 16, factor: 'second' },
  fido2: { bit: 32, factor: 'multi' },
  windowsHelloForBusiness: { bit: 64, factor: 'multi' },
  microsoftAuthenticatorPush: { bit: 128, factor: 'second' },
  deviceBasedPush: { bit: 256, factor: 'multi' },
  temporaryAccessPassOneTime: { bit: 512, factor: 'multi' },
  temporaryAccessPassMultiUse: { bit: 1_024, factor: 'multi' },
  email: { bit: 2_048, factor: 'none' },
  x509CertificateSingleFactor: { bit: 4_096, factor: 'second' },
  x509CertificateMultiFactor: { bit: 8_192, factor: 'multi' },
  federatedSingleFactor: { bit: 16_384, factor: 'single' },
  federatedMultiFactor: { bit: 32_768, factor: 'multi' },
  qrCodePin: { bit: 131_072, factor: 'single' },
}

/** A set of methods as one number. */
export type MethodSet = number

export const multiFactorMethods = setWhere((factor) => factor === 'multi')
export const secondFactorMethods = setWhere((factor) => factor === 'second')
export const singleFactorMethods = setWhere((factor) => factor === 'single')

export function methodSet(names: readonly AuthenticationMethod[]): MethodSet {
  let set = 0
  for (const name of names) set |= methods[name].bit

  return set
}

export function methodsIn(set: MethodSet): AuthenticationMethod[] {
  return allMethods.filter((name) => (set & methods[name].bit) !== 0)
}

/** Whether these methods together are multifactor authentication. */
export function isMultiFactor(set: MethodSet): boolean {
  const hasSecond = (set & secondFactorMethods) !== 0

  return (set & multiFactorMethods) !== 0 || (hasSecond && (set & (set - 1)) !== 0)
}

/** The methods of a combination such as `password,softwareOath`; null where one is unknown. */
export function parseCombination(combination: string): MethodSet | null {
  const names = combination.split(',').map((name) => name.trim().toLowerCase())
  let set = 0
  for (const name of names) {
    const method = byLowerName.get(name)
    if (method === undefined) return null
    set |= methods[method].bit
  }

  return set
}

const allMethods = Object.keys(methods) as AuthenticationMethod[]
const byLowerName = new Map(allMethods.map((name) => [name.toLowerCase(), name]))

function setWhere(isMember: (factor: Factor) => boolean): MethodSet {
  return (Object.values(methods) as { bit: number; factor: Factor }[]).filter(({ factor }) => isMember(factor)).reduce((set, { bit }) => set | bit, 0)
}

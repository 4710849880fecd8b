import type { AuthenticationStrength } from './policy-set.ts'

const phishingResistant = ['windowsHelloForBusiness', 'fido2', 'x509CertificateMultiFactor']
const passwordless = [...phishingResistant, 'deviceBasedPush']

/** The three strengths every tenant has, in the service's order of combinations. */
export const builtInStrengths: readonly (AuthenticationStrength & { readonly description: string })[] = [
  {
    id: '00000000-0000-0000-0000-000000000002',
    displayName: 'Multifactor authentication',
    description: 'Combinations of methods that satisfy strong authentication, such as a password + SMS',
    policyType: 'builtIn',
    allowedCombinations: [
      ...passwordless,
      'temporaryAccessPassOneTime',
      'temporaryAccessPassMultiUse',
      'password,microsoftAuthenticatorPush',
      'password,softwareOath',
      'password,hardwareOath',
      'password,x509CertificateSingleFactor',
      'password,x509CertificateMultiFactor',
      'password,sms',
      'password,voice',
      'federatedMultiFactor',
      'microsoftAuthenticatorPush,federatedSingleFactor',
      'softwareOath,federatedSingleFactor',
      'hardwareOath,federatedSingleFactor',
      'sms,federatedSingleFactor',
      'voice,federatedSingleFactor',
    ],
    combinationConfigurations: [],
  },
  {
    id: '00000000-0000-0000-0000-000000000003',
    displayName: 'Passwordless MFA',
    description: 'Passwordless methods that satisfy strong authentication, such as Passwordless sign-in with the Microsoft Authenticator',
    policyType: 'builtIn',
    allowedCombinations: passwordless,
    combinationConfigurations: [],
  },
  {
    id: '00000000-0000-0000-0000-000000000004',
    displayName: 'Phishing resistant MFA',
    description: 'Phishing-resistant, Passwordless methods for the strongest authentication, such as a FIDO2 security key',
    policyType: 'builtIn',
    allowedCombinations: phishingResistant,
    combinationConfigurations: [],
  },
]

/** Every combination a strength may ask for: those of MFA, and the single factors that only custom strengths have. */
export const combinations: readonly string[] = [
  ...builtInStrengths[0]!.allowedCombinations,
  'password', 'sms', 'federatedSingleFactor', 'x509CertificateSingleFactor', 'email', 'qrCodePin',
]

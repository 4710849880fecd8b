import { limitOf } from '../sign-in/limits.ts'
import { answerOne } from './odata/collection.ts'
import type { Collection } from './odata/collection.ts'
import { reading } from './odata/reading.ts'
import { flag, instant, json, number, text, words } from './odata/types.ts'
import type { EntityType } from './odata/types.ts'
import { either } from './protocol/permissions.ts'
import type { Asked, Endpoint } from './protocol/endpoint.ts'
import { notFound } from './protocol/refusal.ts'

/** One way of signing in, and whether the sign-in pages here can ask for it. */
type Configuration = { readonly '@odata.type': string; readonly 'id': string; readonly 'state': 'enabled' | 'disabled' } & Readonly<Record<string, unknown>>

const everybody = [{ targetType: 'group', id: 'all_users', isRegistrationRequired: false }]

function configuration(id: string, state: Configuration['state'], more: Readonly<Record<string, unknown>> = {}): Configuration {
  const type = `#microsoft.graph.${id.charAt(0).toLowerCase()}${id.slice(1)}AuthenticationMethodConfiguration`

  return { '@odata.type': type, id, state, 'excludeTargets': [], 'includeTargets': everybody, ...more }
}

/** What the pages ask for is on for everybody; what needs a phone, a key or a certificate is off. */
function configurationsOf({ directory: { settings } }: Asked): readonly Configuration[] {
  const [least, most] = [limitOf(settings, 'tap', 'lifetimeMinutesMin', 10), limitOf(settings, 'tap', 'lifetimeMinutesMax', 43_200)]

  return [
    configuration('Fido2', 'disabled'),
    configuration('MicrosoftAuthenticator', 'disabled'),
    configuration('Sms', 'disabled'),
    configuration('TemporaryAccessPass', 'enabled', { defaultLifetimeInMinutes: 60, defaultLength: 8, minimumLifetimeInMinutes: least, maximumLifetimeInMinutes: most, isUsableOnce: false }),
    configuration('SoftwareOath', 'enabled'),
    configuration('Voice', 'disabled'),
    configuration('Email', 'disabled'),
    configuration('X509Certificate', 'disabled'),
  ]
}

const configurationType: EntityType<Configuration> = {
  name: 'authenticationMethodConfiguration',
  key: ({ id }) => id,
  typeOf: (one) => one['@odata.type'],
  properties: {
    id: text({ filter: 'eq in' }),
    state: words(['enabled', 'disabled'], { filter: 'eq ne' }),
    excludeTargets: json(),
    includeTargets: json(),
    defaultLifetimeInMinutes: number(),
    defaultLength: number(),
    minimumLifetimeInMinutes: number(),
    maximumLifetimeInMinutes: number(),
    isUsableOnce: flag(),
  },
}

const path = '/policies/authenticationMethodsPolicy'
const listed: Collection<Configuration> = { type: configurationType, context: `${path.slice(1)}/authenticationMethodConfigurations`, source: { list: configurationsOf } }

type MethodsPolicy = Readonly<Record<string, unknown>>

const policyType: EntityType<MethodsPolicy> = {
  name: 'authenticationMethodsPolicy',
  key: ({ id }) => String(id),
  properties: {
    id: text(),
    displayName: text(),
    description: text(),
    lastModifiedDateTime: instant(),
    policyVersion: text(),
    policyMigrationState: text(),
    reconfirmationInDays: number(),
    registrationEnforcement: json(),
    authenticationMethodConfigurations: json({ of: (_policy, asked) => configurationsOf(asked) }),
  },
  navigations: () => ({ authenticationMethodConfigurations: { type: configurationType as EntityType<never>, of: (_policy, asked) => configurationsOf(asked) } }),
}

const policy: MethodsPolicy = {
  id: 'authenticationMethodsPolicy',
  displayName: 'Authentication Methods Policy',
  description: 'What users of this tenant can sign in with. It is the same for everybody, and read only.',
  policyVersion: '1.5',
  policyMigrationState: 'migrationComplete',
  registrationEnforcement: { authenticationMethodsRegistrationCampaign: { snoozeDurationInDays: 1, enforceRegistrationAfterAllowedSnoozes: true, state: 'disabled', excludeTargets: [], includeTargets: [] } },
}

const read = either(['Policy.Read.All', 'Policy.Read.AuthenticationMethod', 'Policy.ReadWrite.AuthenticationMethod'], {
  roles: ['Authentication Policy Administrator', 'Global Reader', 'Security Reader', 'Security Administrator', 'Conditional Access Administrator'],
  denial: 'AccessDenied',
})

/** What users may sign in with: read by exporters and by who writes authentication strengths. */
export const authenticationMethodsPolicyEndpoints: readonly Endpoint[] = [
  { method: 'GET', path, permissions: read, answer: (asked) => answerOne(policy, { type: policyType, context: path.slice(1), isSingle: true }, asked) },
  ...reading(`${path}/authenticationMethodConfigurations`, listed, read, configurationAsked),
]

function configurationAsked(asked: Asked): Configuration {
  const { id = '' } = asked.names
  const configurations = configurationsOf(asked)
  const found = configurations.find((one) => one.id.toLowerCase() === id.toLowerCase())
  if (!found) throw notFound(`There is no authentication method '${id.slice(0, 120)}'. There are ${configurations.map((one) => one.id).join(', ')}.`)

  return found
}

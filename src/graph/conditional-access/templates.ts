import { validatePolicy } from '../../policy/index.ts'
import { builtInRoles } from '../../directory/index.ts'
import type { Collection } from '../odata/collection.ts'
import { reading } from '../odata/reading.ts'
import { complex, text } from '../odata/types.ts'
import type { Asked, Endpoint } from '../protocol/endpoint.ts'
import { notFound } from '../protocol/refusal.ts'
import { readPolicies } from './permissions.ts'
import { policyShown } from './policies.ts'
import type { Body } from './written.ts'

/** A recommended policy to start from, named as the service names it. */
type Template = { readonly id: string; readonly name: string; readonly description: string; readonly scenarios: string; readonly policy: Body }

const everybody = { users: { includeUsers: ['All'] } }
const everything = { applications: { includeApplications: ['All'] } }
const asks = (...builtInControls: readonly string[]) => ({ grantControls: { operator: 'OR', builtInControls } })
const mfa = asks('mfa')
const strength = (last: string) => ({ grantControls: { operator: 'OR', builtInControls: [], authenticationStrength: { id: `00000000-0000-0000-0000-00000000000${last}` } } })
const everyTime = { sessionControls: { signInFrequency: { isEnabled: true, authenticationType: 'primaryAndSecondaryAuthentication', frequencyInterval: 'everyTime' } } }

/** The roles that the service's templates protect. */
const administratorRoles = [
  'Global Administrator', 'Security Administrator', 'SharePoint Administrator', 'Exchange Administrator', 'Conditional Access Administrator',
  'Helpdesk Administrator', 'Billing Administrator', 'User Administrator', 'Authentication Administrator', 'Application Administrator',
  'Cloud Application Administrator', 'Password Administrator', 'Privileged Authentication Administrator', 'Privileged Role Administrator',
]
const rolesOf = (names: readonly string[]) => builtInRoles.filter(({ displayName }) => names.includes(displayName)).map(({ templateId }) => templateId)
const administrators = { users: { includeRoles: rolesOf(administratorRoles) } }
const allButSynchronization = { users: { includeUsers: ['All'], excludeRoles: rolesOf(['Directory Synchronization Accounts']) } }

const templates: readonly Template[] = [
  {
    id: 'c7503427-338e-4c5e-902d-abe252abfb43',
    name: 'Require multifactor authentication for admins',
    description: 'Whoever holds a privileged role proves it with a second factor.',
    scenarios: 'secureFoundation,zeroTrust,protectAdmins',
    policy: { conditions: { ...administrators, ...everything }, ...mfa },
  },
  {
    id: 'b8bda7f8-6584-4446-bce9-d871480e53fa',
    name: 'Securing security info registration',
    description: 'Outside trusted places, a second factor is registered with a second factor only.',
    scenarios: 'secureFoundation,zeroTrust,remoteWork',
    policy: {
      conditions: {
        users: { includeUsers: ['All'], excludeUsers: ['GuestsOrExternalUsers'], excludeRoles: rolesOf(['Global Administrator']) },
        applications: { includeUserActions: ['urn:user:registersecurityinfo'] },
        locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] },
      },
      ...mfa,
    },
  },
  {
    id: '0b2282f9-2862-4178-88b5-d79340b36cb8',
    name: 'Block legacy authentication',
    description: 'Protocols that know no second factor are refused.',
    scenarios: 'secureFoundation,zeroTrust,remoteWork,protectAdmins',
    policy: { conditions: { ...everybody, ...everything, clientAppTypes: ['exchangeActiveSync', 'other'] }, ...asks('block') },
  },
  {
    id: 'a3d0a415-b068-4326-9251-f9cdf9feeb64',
    name: 'Require multifactor authentication for all users',
    description: 'Everybody proves it with a second factor, the accounts that synchronize directories apart.',
    scenarios: 'secureFoundation,zeroTrust,remoteWork',
    policy: { conditions: { ...allButSynchronization, ...everything }, ...mfa },
  },
  {
    id: 'a4072ac0-722b-4991-981b-7f9755daef14',
    name: 'Require multifactor authentication for guest access',
    description: 'Guests prove it with a second factor.',
    scenarios: 'zeroTrust,remoteWork',
    policy: { conditions: { users: { includeUsers: ['GuestsOrExternalUsers'] }, ...everything }, ...mfa },
  },
  {
    id: 'd8c51a9a-e6b1-454d-86af-554e7872e2c1',
    name: 'Require multifactor authentication for Azure management',
    description: 'Whoever manages Azure resources proves it with a second factor.',
    scenarios: 'secureFoundation,zeroTrust,protectAdmins',
    policy: { conditions: { ...everybody, applications: { includeApplications: ['797f4846-ba00-4fd7-ba43-dac1f8f63013'] } }, ...mfa },
  },
  {
    id: '6b619f55-792e-45dc-9711-d83ec9d7ae90',
    name: 'Require multifactor authentication for risky sign-ins',
    description: 'A sign-in at medium or high risk wants a fresh second factor. Needs P2.',
    scenarios: 'zeroTrust,remoteWork',
    policy: { conditions: { ...everybody, ...everything, signInRiskLevels: ['high', 'medium'] }, ...mfa, ...everyTime },
  },
  {
    id: '634b6de7-c38d-4357-a2c7-3842706eedd7',
    name: 'Require password change for high-risk users',
    description: 'A user at high risk changes the password, after a second factor. Needs P2.',
    scenarios: 'zeroTrust,remoteWork',
    policy: { conditions: { ...everybody, ...everything, userRiskLevels: ['high'] }, grantControls: { operator: 'AND', builtInControls: ['mfa', 'passwordChange'] }, ...everyTime },
  },
  {
    id: 'c26a510a-3b8b-4023-8c44-d4f4c854e9f9',
    name: 'Require compliant or hybrid Azure AD joined device for admins',
    description: 'Whoever holds a privileged role works on a managed device.',
    scenarios: 'remoteWork,protectAdmins',
    policy: { conditions: { ...administrators, ...everything }, ...asks('compliantDevice', 'domainJoinedDevice') },
  },
  {
    id: '4e39a309-931e-4cb1-a371-e2beea168002',
    name: 'Block access for unknown or unsupported device platform',
    description: 'Devices of platforms nobody knows are refused.',
    scenarios: 'zeroTrust,remoteWork',
    policy: {
      conditions: { ...everybody, ...everything, platforms: { includePlatforms: ['all'], excludePlatforms: ['android', 'iOS', 'windows', 'macOS', 'linux', 'windowsPhone'] } },
      ...asks('block'),
    },
  },
  {
    id: '62e51ccc-c9c3-4554-ac70-066172c81007',
    name: 'No persistent browser session',
    description: 'On unmanaged devices a browser forgets the session when it is closed, and asks again every hour.',
    scenarios: 'zeroTrust,remoteWork',
    policy: {
      conditions: { ...everybody, ...everything, devices: { deviceFilter: { mode: 'include', rule: 'device.trustType -ne "ServerAD" -or device.isCompliant -ne True' } } },
      sessionControls: { signInFrequency: { isEnabled: true, value: 1, type: 'hours' }, persistentBrowser: { isEnabled: true, mode: 'never' } },
    },
  },
  {
    id: '927c884e-7888-4e81-abc4-bd56ded28985',
    name: 'Require compliant or hybrid Azure AD joined device or multifactor authentication for all users',
    description: 'Everybody works on a managed device, or proves it with a second factor.',
    scenarios: 'secureFoundation,zeroTrust',
    policy: { conditions: { ...allButSynchronization, ...everything }, ...asks('mfa', 'compliantDevice', 'domainJoinedDevice') },
  },
  {
    id: '81fd2072-4876-42b6-8157-c6000693046b',
    name: 'Use application enforced restrictions for O365 apps',
    description: 'Office 365 itself limits what unmanaged devices may do.',
    scenarios: 'remoteWork',
    policy: { conditions: { ...everybody, applications: { includeApplications: ['Office365'] } }, sessionControls: { applicationEnforcedRestrictions: { isEnabled: true } } },
  },
  {
    id: '76c03f19-ea37-4656-a772-a183b4ddb81d',
    name: 'Require phishing-resistant multifactor authentication for admins',
    description: 'Whoever holds a privileged role proves it with a method that cannot be phished.',
    scenarios: 'protectAdmins,emergingThreats',
    policy: { conditions: { ...administrators, ...everything }, ...strength('4') },
  },
  {
    id: '6364131e-bc4a-47c4-a20b-33492d1fff6c',
    name: 'Require multifactor authentication for Microsoft admin portals',
    description: 'Whoever holds a privileged role proves it with a second factor at the admin portals.',
    scenarios: 'zeroTrust,protectAdmins',
    policy: { conditions: { ...administrators, applications: { includeApplications: ['MicrosoftAdminPortals'] } }, ...strength('2') },
  },
  {
    id: '16aaa400-bfdf-4756-a420-ad2245d4cde8',
    name: 'Block access to Office365 apps for users with insider risk',
    description: 'Whoever is at elevated insider risk does not get to Office 365. Needs P2.',
    scenarios: 'zeroTrust',
    policy: {
      conditions: {
        users: { includeUsers: ['All'], excludeGuestsOrExternalUsers: { guestOrExternalUserTypes: 'b2bDirectConnectUser,otherExternalUser,serviceProvider' } },
        applications: { includeApplications: ['Office365'] },
        insiderRiskLevels: 'elevated',
      },
      ...asks('block'),
    },
  },
  {
    id: 'a297dd1a-21fe-4016-99a0-ba43ba64378c',
    name: 'Require MDM-enrolled and compliant device to access cloud apps for all users (Preview)',
    description: 'Everybody works on a device that is managed and compliant.',
    scenarios: 'secureFoundation,zeroTrust',
    policy: { conditions: { ...allButSynchronization, ...everything }, ...asks('compliantDevice') },
  },
]

const collection: Collection<Body> = {
  type: { name: 'conditionalAccessTemplate', key: ({ id }) => String(id), properties: { id: text({ filter: 'eq in' }), name: text({ filter: 'eq startswith contains', isSortable: true }), description: text(), scenarios: text({ filter: 'eq contains' }), details: complex({}) } },
  context: 'identity/conditionalAccess/templates',
  source: { list: (asked) => templates.map((template) => templateShown(template, asked)) },
}

/** Policies to start from, as the service recommends them. */
export const templateEndpoints: readonly Endpoint[] = reading('/identity/conditionalAccess/templates', collection, readPolicies, (asked) => {
  const { id = '' } = asked.names
  const template = templates.find((one) => one.id === id.toLowerCase())
  if (!template) throw notFound(`The template '${id.slice(0, 120)}' was not found.`)

  return templateShown(template, asked)
})

/** Its details are a policy's, with whoever asks excluded, so that nobody locks himself out. */
function templateShown({ policy, ...told }: Template, asked: Asked): Body {
  const { caller } = asked
  const { conditions, grantControls, sessionControls } = policyShown(validatePolicy({ ...policy, id: told.id, displayName: told.name, state: 'disabled' }), asked)
  const self = caller.kind === 'user' ? [caller.user.id] : []
  const { users, ...others } = conditions as { readonly users: { readonly excludeUsers: readonly string[] } }

  return { ...told, details: { conditions: { ...others, users: { ...users, excludeUsers: [...users.excludeUsers, ...self] } }, grantControls, sessionControls } }
}

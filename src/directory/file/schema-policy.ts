import * as v from 'valibot'
import type { BuiltInControl, ConditionSet, GrantControls, SessionControls } from '../../policy/policy.ts'
import { flag, name, text } from './schema-parts.ts'

/**
 * A policy as an editor should know it, whole. What loads is decided where policies are understood; this is what completes
 * and explains a member while it is written.
 */
const riskLevels = (whose: string) => words(['low', 'medium', 'high', 'none'], `${whose}; needs P2. Each level by itself, no threshold.`)
const filter = (description: string) =>
  nullable(v.strictObject({ mode: v.picklist(['include', 'exclude']), rule: v.string() }), description)

const guests = nullable(v.strictObject({
  '@odata.type': text('May be left out.'),
  guestOrExternalUserTypes: v.optional(v.union([v.string(), v.array(v.string())])),
  externalTenants: nullable(v.strictObject({
    '@odata.type': text('May be left out.'),
    membershipKind: v.optional(v.picklist(['all', 'enumerated'])),
    members: v.optional(v.array(v.string())),
  }), 'Whose guests.'),
}), 'Guests and external users by type: internalGuest, b2bCollaborationGuest, b2bCollaborationMember, b2bDirectConnectUser, otherExternalUser, serviceProvider.')

const platforms = ['android', 'iOS', 'windows', 'windowsPhone', 'macOS', 'linux', 'all'] as const

const users = v.strictObject({
  includeUsers: names('Users by user principal name, display name or id; All, None or GuestsOrExternalUsers.'),
  excludeUsers: names('Users the policy spares. An exclusion outweighs an inclusion.'),
  includeGroups: names('Groups by name or id; whoever is in a group in them is too.'),
  excludeGroups: names('Groups the policy spares.'),
  includeRoles: names('Directory roles by name or template id.'),
  excludeRoles: names('Directory roles the policy spares.'),
  includeGuestsOrExternalUsers: guests,
  excludeGuestsOrExternalUsers: guests,
})

const applications = v.strictObject({
  includeApplications: names('Applications by name or app id; All, None, Office365 or MicrosoftAdminPortals.'),
  excludeApplications: names('Applications the policy spares.'),
  includeUserActions: words(['urn:user:registersecurityinfo', 'urn:user:registerdevice', 'urn:user:accountrecovery'], 'Actions instead of applications.'),
  includeAuthenticationContextClassReferences: names('Authentication contexts (c1 to c99, or by name) instead of applications.'),
  applicationFilter: filter('Applications by custom security attributes.'),
})

const conditions = v.strictObject(every<ConditionSet>()({
  users: nullable(users, 'Who. Somebody must be selected; None selects nobody.'),
  applications: nullable(applications, 'What. Something must be selected; None selects nothing.'),
  clientAppTypes: words(['all', 'browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'easSupported', 'other'], 'Kinds of client. Left out: all.'),
  locations: nullable(v.strictObject({
    includeLocations: names('Named locations by name or id; All or AllTrusted.'),
    excludeLocations: names('Named locations the policy spares.'),
  }), 'From where.'),
  platforms: nullable(v.strictObject({
    includePlatforms: words(platforms, 'Operating systems.'),
    excludePlatforms: words(platforms, 'Operating systems the policy spares.'),
  }), 'On what operating system.'),
  devices: nullable(v.strictObject({
    deviceFilter: filter('Devices by a rule: device.isCompliant -ne True'),
    includeDevices: names('All, Compliant or DomainJoined (older than the filter).'),
    excludeDevices: names('As includeDevices.'),
  }), 'On what device.'),
  signInRiskLevels: riskLevels('Risk of the sign-in'),
  userRiskLevels: riskLevels('Risk of the user'),
  servicePrincipalRiskLevels: riskLevels('Risk of the service principal'),
  insiderRiskLevels: joined('Insider risk: minor, moderate, elevated.'),
  clientApplications: nullable(v.strictObject({
    includeServicePrincipals: names('Applications that sign in by themselves, by name or id; ServicePrincipalsInMyTenant.'),
    excludeServicePrincipals: names('Applications the policy spares.'),
    servicePrincipalFilter: filter('Service principals by custom security attributes.'),
  }), 'Workload identities, instead of users.'),
  authenticationFlows: nullable(v.strictObject({ transferMethods: joined('deviceCodeFlow, authenticationTransfer.') }), 'By what flow.'),
}))

const builtInControls = Object.keys({
  block: true, mfa: true, compliantDevice: true, domainJoinedDevice: true, approvedApplication: true, compliantApplication: true, passwordChange: true, riskRemediation: true,
} satisfies Record<BuiltInControl, true>)

const grantControls = v.strictObject(every<GrantControls>()({
  operator: v.optional(v.pipe(v.picklist(['AND', 'OR']), v.description('Whether all controls are needed, or one.'))),
  builtInControls: words(builtInControls, 'What is needed; block stands alone.'),
  customAuthenticationFactors: names('Ids of custom controls.'),
  termsOfUse: names('Ids of agreements.'),
  authenticationStrength: v.optional(v.nullable(v.pipe(
    v.union([v.string(), v.looseObject({ id: name('Name or id of the strength.') })]),
    v.description('A strength by name or id.'),
  ))),
}))

const enabled = (description: string) => nullable(v.strictObject({ isEnabled: flag('Whether it is on.') }), description)

const sessionControls = v.strictObject(every<SessionControls>()({
  applicationEnforcedRestrictions: enabled('For Exchange and SharePoint to act on.'),
  cloudAppSecurity: nullable(v.strictObject({
    isEnabled: flag('Whether it is on.'),
    cloudAppSecurityType: v.optional(v.nullable(v.picklist(['mcasConfigured', 'monitorOnly', 'blockDownloads']))),
  }), 'For the proxy to act on.'),
  signInFrequency: nullable(v.strictObject({
    isEnabled: flag('Whether it is on.'),
    value: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(365)))),
    type: v.optional(v.nullable(v.picklist(['hours', 'days']))),
    authenticationType: v.optional(v.nullable(v.picklist(['primaryAndSecondaryAuthentication', 'secondaryAuthentication']))),
    frequencyInterval: v.optional(v.nullable(v.picklist(['timeBased', 'everyTime']))),
  }), 'How often somebody must sign in again: 8 hours, or every time.'),
  persistentBrowser: nullable(v.strictObject({
    isEnabled: flag('Whether it is on.'),
    mode: v.optional(v.nullable(v.picklist(['always', 'never']))),
  }), 'Whether a session outlives the browser; for All applications only.'),
  disableResilienceDefaults: v.optional(v.nullable(v.pipe(v.boolean(), v.description('Not to be lenient in an outage.')))),
  secureSignInSession: enabled('Token protection.'),
  continuousAccessEvaluation: nullable(v.strictObject({ isEnabled: flag('Whether it is on.'), mode: v.picklist(['strictEnforcement', 'disabled', 'strictLocation']) }), 'Continuous access evaluation.'),
}))

export const policyForEditors = v.strictObject({
  displayName: name('Name of the policy.'),
  id: text('Object id (GUID). Left out: always the same one, made of the tenant and the name.'),
  description: v.optional(v.nullable(v.pipe(v.string(), v.description('What it is for.')))),
  state: v.pipe(v.picklist(['enabled', 'disabled', 'enabledForReportingButNotEnforced']), v.description('Report-only judges and logs, and changes nothing.')),
  conditions: v.pipe(conditions, v.description('When the policy applies: all of these must hold.')),
  grantControls: nullable(grantControls, 'What is asked of somebody it applies to.'),
  sessionControls: nullable(sessionControls, 'What the session is like afterwards.'),
})

/** A member that nobody described here is an error of the compiler's. */
function every<T>() {
  return <S extends { readonly [K in keyof T]-?: v.GenericSchema }>(members: S): S => members
}

function nullable<S extends v.GenericSchema>(schema: S, description: string) {
  return v.optional(v.nullable(v.pipe(schema, v.description(description))))
}

function names(description: string) {
  return v.optional(v.nullable(v.pipe(v.array(v.string()), v.description(description))))
}

function words<const T extends readonly string[]>(options: T, description: string) {
  return v.optional(v.nullable(v.pipe(v.array(v.picklist(options)), v.description(description))))
}

/** Words that Graph joins with commas; a list will do. */
function joined(description: string) {
  return v.optional(v.nullable(v.pipe(v.union([v.string(), v.array(v.string())]), v.description(description))))
}

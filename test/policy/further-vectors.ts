import type { PolicyJson, Vector } from './vector.ts'

/**
 * Cases of ours, in the form of reference 13 and in its directory: each member, event and level of that form, with what the
 * reference says must come of it. They are written tersely on purpose: what a case leaves out means what it would in Graph.
 */
type Case = readonly [title: string, policies: readonly PolicyJson[], signIn: NonNullable<Vector['signIn']>, expect: Vector['expect'], tenant?: Vector['tenant']]

const mfa = grant('mfa')
const block = grant('block')
const offNetwork = { locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } }
const strength = (number: number) => ({ grantControls: { operator: 'OR', authenticationStrength: { id: `00000000-0000-0000-0000-00000000000${number}` } } })
const terms = (...termsOfUse: string[]) => ({ grantControls: { operator: 'OR', termsOfUse } })
const apps = (...includeApplications: string[]) => ({ applications: { includeApplications } })
const allBut = (...excludeApplications: string[]) => ({ applications: { includeApplications: ['All'], excludeApplications } })
const guests = (types: string, members?: string[]) => ({
  users: { includeGuestsOrExternalUsers: { guestOrExternalUserTypes: types, externalTenants: members ? { membershipKind: 'enumerated', members } : { membershipKind: 'all' } } },
})
const filter = (mode: string, rule: string) => ({ devices: { deviceFilter: { mode, rule } } })
const every = (value: number | null, type: string | null, authenticationType = 'primaryAndSecondaryAuthentication') => ({
  sessionControls: { signInFrequency: { isEnabled: true, value, type, authenticationType, frequencyInterval: value === null ? 'everyTime' : 'timeBased' } },
})
const workload = { users: { includeUsers: ['None'] }, clientApplications: { includeServicePrincipals: ['ServicePrincipalsInMyTenant'] } }
const native = { client: 'mobileAppsAndDesktopClients', clientApp: 'NATIVE' } as const
const refresh = { client: 'mobileAppsAndDesktopClients', event: 'refresh_token' } as const
const compliant = { isCompliant: true, trustType: 'AzureAD' } as const
const broken = { isCompliant: false, trustType: 'AzureAD' } as const
const hybrid = { isCompliant: false, trustType: 'ServerAD' } as const
const multipleauthn = { 'http://schemas.microsoft.com/claims/authnmethodsreferences': ['http://schemas.microsoft.com/claims/multipleauthn'] }
const reportOnly = { state: 'enabledForReportingButNotEnforced' }

const granted = (...results: readonly string[]): Vector['expect'] => ({ outcome: 'granted', error: null, ...resultsOf(results) })
const blocked = (error: number, ...results: readonly string[]): Vector['expect'] => ({ outcome: 'blocked', error, ...resultsOf(results) })
const failed = (error: number): Vector['expect'] => ({ outcome: 'failed', error, ...resultsOf([]) })
const asks = (challenge: string, error: number, ...results: readonly string[]): Vector['expect'] => ({ outcome: 'interrupted', challenge, error, ...resultsOf(results) })
const unjudged: Vector['expect'] = { outcome: 'granted', error: null, policyResults: {}, conditionalAccessStatus: 'none' }
const challenged: Vector['expect'] = { outcome: 'failed', challenge: 'claims', error: '401 insufficient_claims', policyResults: {}, conditionalAccessStatus: 'none' }
const defaults = { licence: 'none', securityDefaults: true } as const

const bySignIn: readonly Case[] = [
  // Who.
  ['the MFA just done satisfies the policy that asked', [policy({ ...mfa })], { mfaInSession: true, minutesSinceAuth: 0 }, granted('success')],
  ['a member of a group in the group', [policy({ users: { includeGroups: ['PARENT'] }, ...block })], { user: 'bob' }, blocked(53003, 'failure')],
  ['a user left out by name', [policy({ users: { includeUsers: ['All'], excludeUsers: ['alice'] }, ...block })], {}, granted('notApplied')],
  ['a role over an administrative unit', [policy({ users: { includeRoles: ['User Administrator'] }, ...block })], { user: 'auadmin' }, granted('notApplied')],
  ['a role left out', [policy({ users: { includeUsers: ['All'], excludeRoles: ['Global Administrator'] }, ...block })], { user: 'carol' }, granted('notApplied')],
  ['guests by the keyword', [policy({ users: { includeUsers: ['GuestsOrExternalUsers'] }, ...block })], { user: 'gina' }, blocked(53003, 'failure')],
  ['a local guest by the keyword', [policy({ users: { includeUsers: ['GuestsOrExternalUsers'] }, ...block })], { user: 'ivan' }, blocked(53003, 'failure')],
  ['a member by the keyword for guests', [policy({ users: { includeUsers: ['GuestsOrExternalUsers'] }, ...block })], {}, granted('notApplied')],
  ['guests left out by the keyword', [policy({ users: { includeUsers: ['All'], excludeUsers: ['GuestsOrExternalUsers'] }, ...block })], { user: 'gina' }, granted('notApplied')],
  ['a guest of a listed type', [policy({ ...guests('internalGuest,b2bCollaborationGuest'), ...block })], { user: 'gina' }, blocked(53003, 'failure')],
  ['a guest of a listed tenant', [policy({ ...guests('b2bCollaborationGuest', ['T-FABRIKAM']), ...block })], { user: 'gina' }, blocked(53003, 'failure')],
  ['types spelled as PowerShell spells them', [policy({ ...guests('B2bCollaborationGuest'), ...block })], { user: 'gina' }, blocked(53003, 'failure')],
  ['a direct connect user, MFA not trusted', [policy({ ...mfa })], { user: 'dc', homeMfa: true }, blocked(53003, 'failure')],
  ['a direct connect user, MFA trusted', [policy({ ...mfa })], { user: 'dc', homeMfa: true }, granted('success'), { inboundTrust: { mfa: true } }],
  ['a policy without a state of its own is none: disabled', [policy({ state: 'disabled', ...block })], {}, granted('notEnabled')],
  ['disabled beside enabled', [policy({ state: 'disabled', ...block }), policy({ ...mfa })], { mfaInSession: true }, granted('notEnabled', 'success')],
  ['report-only, satisfied', [policy({ ...reportOnly, ...mfa })], { mfaInSession: true }, granted('reportOnlySuccess')],
  ['report-only, device satisfied', [policy({ ...reportOnly, ...grant('compliantDevice') })], { device: compliant }, granted('reportOnlySuccess')],
  ['report-only, terms accepted', [policy({ ...reportOnly, ...terms('TOU1') })], { touAccepted: ['TOU1'] }, granted('reportOnlySuccess')],
  ['report-only, a frequency passed', [policy({ ...reportOnly, ...every(1, 'hours') })], { minutesSinceAuth: 90 }, granted('reportOnlyInterrupted')],
  ['a user action is not tried in report-only', [policy({ ...reportOnly, applications: { includeUserActions: ['urn:user:registersecurityinfo'] }, ...block })], { userAction: 'urn:user:registersecurityinfo' }, granted('reportOnlyNotApplied')],

  // From where.
  ['the seed, in the office', [policy({ ...apps('CRM', 'ERP'), ...offNetwork, ...block })], { app: 'CRM' }, granted('notApplied')],
  ['the seed, another application of it', [policy({ ...apps('CRM', 'ERP'), ...offNetwork, ...block })], { app: 'ERP', ip: 'outside' }, blocked(53003, 'failure')],
  ['the seed, somebody of the group outside', [policy({ users: { includeGroups: ['SALES'] }, ...apps('CRM'), ...offNetwork, ...block })], { ip: 'outside' }, blocked(53003, 'failure')],
  ['the MFA trusted IPs by their own id', [policy({ locations: { includeLocations: ['All'], excludeLocations: ['00000000-0000-0000-0000-000000000000'] }, ...block })], { ip: 'mfaip' }, granted('notApplied')],
  ['a trusted location is none of the MFA trusted IPs', [policy({ locations: { includeLocations: ['All'], excludeLocations: ['00000000-0000-0000-0000-000000000000'] }, ...block })], {}, blocked(53003, 'failure')],
  ['trusted locations included, inside', [policy({ locations: { includeLocations: ['AllTrusted'] }, ...mfa })], {}, asks('mfa', 50074, 'failure')],
  ['IPv6 outside every range', [policy({ ...offNetwork, ...block })], { ip: 'outside6' }, blocked(53003, 'failure')],
  ['IPv4 mapped into IPv6', [policy({ ...offNetwork, ...block })], { ip: '::ffff:198.51.100.10' }, granted('notApplied')],
  ['an address as it is written', [policy({ locations: { includeLocations: ['HQ'] }, ...block })], { ip: '198.51.100.255' }, blocked(53003, 'failure')],
  ['the next address', [policy({ locations: { includeLocations: ['HQ'] }, ...block })], { ip: '198.51.101.0' }, granted('notApplied')],
  ['an office excluded though included', [policy({ locations: { includeLocations: ['HQ'], excludeLocations: ['AllTrusted'] }, ...block })], {}, granted('notApplied')],
  ['another country', [policy({ locations: { includeLocations: ['DE'] }, ...block })], { ip: 'outside' }, granted('notApplied')],
  ['a country left out', [policy({ locations: { includeLocations: ['All'], excludeLocations: ['DE'] }, ...block })], { ip: 'branch' }, granted('notApplied')],
  ['a country by IPv6', [policy({ locations: { includeLocations: ['DE'] }, ...block })], { ip: 'outside6' }, granted('notApplied')],
  ['a known country with the unknown box ticked', [policy({ locations: { includeLocations: ['BAD'] }, ...block })], { ip: 'kp' }, blocked(53003, 'failure')],
  ['a corporate network claim of a managed user', [policy({ ...offNetwork, ...block })], { ip: 'outside', claims: { insidecorporatenetwork: true } }, blocked(53003, 'failure'), { mfaServiceSettings: { skipMfaForFederatedUsersOnIntranet: true } }],
  ['the corporate network claim by its address', [policy({ ...offNetwork, ...block })], { user: 'fred', ip: 'outside', claims: { 'http://schemas.microsoft.com/ws/2012/01/insidecorporatenetwork': 'true' } }, granted('notApplied'), { mfaServiceSettings: { skipMfaForFederatedUsersOnIntranet: true } }],
  ['the corporate network claim, denied', [policy({ ...offNetwork, ...block })], { user: 'fred', ip: 'outside', claims: { insidecorporatenetwork: false } }, blocked(53003, 'failure'), { mfaServiceSettings: { skipMfaForFederatedUsersOnIntranet: true } }],
  ['other MFA trusted IPs', [policy({ ...offNetwork, ...block })], { ip: 'outside' }, granted('notApplied'), { mfaServiceSettings: { trustedIps: ['198.18.0.0/15'] } }],
  ['the service knows the network seen by nobody else', [policy({ ...offNetwork, ...block })], { ip: 'hq', headers: { 'X-Forwarded-For': '198.18.0.5' } }, granted('notApplied')],

  // To what.
  ['Office 365 covers Exchange', [policy({ ...apps('Office365'), ...mfa })], { app: 'EXO' }, asks('mfa', 50074, 'failure')],
  ['Office 365 covers Teams', [policy({ ...apps('Office365'), ...mfa })], { app: 'TEAMS' }, asks('mfa', 50074, 'failure')],
  ['Office 365 left out', [policy({ ...allBut('Office365'), ...mfa })], { app: 'SPO', scopes: ['Sites.Read.All'] }, granted('notApplied')],
  ['all but one, another one', [policy({ ...allBut('EXO'), ...mfa })], { app: 'SPO', scopes: ['Sites.Read.All'] }, asks('mfa', 50074, 'failure')],
  ['all but one, a scope beyond the little ones', [policy({ ...allBut('EXO'), ...mfa })], { app: 'GRAPH', client: 'mobileAppsAndDesktopClients', clientApp: 'VSCODE', scopes: ['openid', 'profile', 'Files.Read'] }, asks('mfa', 50074, 'failure'), { lowPrivilegeScopeEnforcement: 'legacy' }],
  ['all but one, User.Read of Azure CLI, legacy', [policy({ ...allBut('EXO'), ...mfa })], { app: 'GRAPH', client: 'mobileAppsAndDesktopClients', clientApp: 'CLI', scopes: ['User.Read'] }, granted('notApplied'), { lowPrivilegeScopeEnforcement: 'legacy' }],
  ['all but one, User.Read of Azure CLI, enforced', [policy({ ...allBut('EXO'), ...mfa })], { app: 'GRAPH', client: 'mobileAppsAndDesktopClients', clientApp: 'CLI', scopes: ['User.Read'] }, asks('mfa', 50074, 'failure')],
  ['all, User.Read, legacy: without exclusions nothing is spared', [policy({ ...mfa })], { app: 'GRAPH', client: 'mobileAppsAndDesktopClients', clientApp: 'CLI', scopes: ['User.Read'] }, asks('mfa', 50074, 'failure'), { lowPrivilegeScopeEnforcement: 'legacy' }],
  ['an excluded confidential client and Files.Read: SharePoint decides', [policy({ ...allBut('WEB', 'EXO'), ...mfa })], { app: 'GRAPH', clientApp: 'WEB', scopes: ['Files.Read'] }, asks('mfa', 50074, 'failure')],
  ['a confidential client that is not excluded, legacy', [policy({ ...allBut('EXO'), ...mfa })], { app: 'GRAPH', clientApp: 'WEB', scopes: ['User.Read', 'People.Read'] }, asks('mfa', 50074, 'failure'), { lowPrivilegeScopeEnforcement: 'legacy' }],
  ['a public client is no target', [policy({ ...apps('NATIVE'), ...mfa })], { app: 'EXO', ...native, scopes: ['openid', 'Mail.Read'] }, granted('notApplied')],
  ['a confidential client that wants no ID token is no target', [policy({ ...apps('WEB'), ...mfa })], { app: 'EXO', clientApp: 'WEB', scopes: ['Mail.Read'] }, granted('notApplied')],
  ['all but one, People.Read of Graph, legacy', [policy({ ...allBut('EXO'), ...mfa })], { app: 'GRAPH', ...native, scopes: ['People.Read'] }, granted('notApplied'), { lowPrivilegeScopeEnforcement: 'legacy' }],
  ["all but one, People.Read of Graph's predecessor, legacy: there it is more than a little", [policy({ ...allBut('EXO'), ...mfa })], { app: 'WAAD', ...native, scopes: ['People.Read'] }, asks('mfa', 50074, 'failure'), { lowPrivilegeScopeEnforcement: 'legacy' }],
  ['a further scope decides, of what is left out', [policy({ ...allBut('EXO'), ...mfa })], { app: 'GRAPH', ...native, scopes: ['User.Read', 'Mail.Read'] }, granted('notApplied')],
  ['Teams left out, and Exchange behind it is not', [policy({ ...allBut('TEAMS'), ...mfa })], { app: 'TEAMS' }, asks('mfa', 50074, 'failure')],
  ['the directory behind its scopes', [policy({ ...apps('WAAD'), ...mfa })], { app: 'GRAPH', client: 'mobileAppsAndDesktopClients', clientApp: 'GRAPHCLI', scopes: ['Directory.Read.All'] }, asks('mfa', 50074, 'failure')],
  ['Exchange behind a permission that is written out', [policy({ ...apps('EXO'), ...mfa })], { app: 'GRAPH', ...native, scopes: ['https://graph.microsoft.com/Mail.Read'] }, asks('mfa', 50074, 'failure')],
  ['Exchange behind Mail.Read', [policy({ ...apps('EXO'), ...mfa })], { app: 'GRAPH', ...native, scopes: ['Mail.Read'] }, asks('mfa', 50074, 'failure')],
  ['two resources at once, both satisfied', [policy({ ...apps('EXO'), ...mfa }), policy({ ...apps('SPO'), ...grant('compliantDevice') })], { app: ['EXO', 'SPO'], clientApp: 'WEB', scopes: ['Mail.Read', 'Files.Read'], mfaInSession: true, device: compliant }, granted('success', 'success')],
  ['admin portals are not the API below', [policy({ ...apps('MicrosoftAdminPortals'), ...block })], { app: 'ARM' }, granted('notApplied')],
  ['the management API covers Azure CLI', [policy({ ...apps('ARM'), ...mfa })], { app: 'ARM', client: 'mobileAppsAndDesktopClients', clientApp: 'CLI', scopes: ['user_impersonation'] }, asks('mfa', 50074, 'failure')],
  ['Teams brings Exchange along', [policy({ ...apps('EXO'), ...mfa })], { app: 'TEAMS' }, asks('mfa', 50074, 'failure')],
  ['Exchange does not bring Teams along', [policy({ ...apps('TEAMS'), ...mfa })], { app: 'EXO' }, granted('notApplied')],
  ['security information from the office', [policy({ applications: { includeUserActions: ['urn:user:registersecurityinfo'] }, ...offNetwork, ...block })], { user: 'bob', userAction: 'urn:user:registersecurityinfo' }, granted('notApplied')],
  ['security information with MFA that was done', [policy({ applications: { includeUserActions: ['urn:user:registersecurityinfo'] }, ...mfa })], { userAction: 'urn:user:registersecurityinfo', mfaInSession: true }, granted('success')],
  ['security information with MFA that is owed', [policy({ applications: { includeUserActions: ['urn:user:registersecurityinfo'] }, ...mfa })], { userAction: 'urn:user:registersecurityinfo' }, asks('mfa', 50074, 'failure')],
  ['a device is registered with MFA', [policy({ applications: { includeUserActions: ['urn:user:registerdevice'] }, ...mfa })], { userAction: 'urn:user:registerdevice' }, asks('mfa', 50074, 'failure')],
  ['a device is registered, and what is bound to a device does not count', [policy({ applications: { includeUserActions: ['urn:user:registerdevice'] }, ...mfa })], { userAction: 'urn:user:registerdevice', methodsUsed: ['windowsHelloForBusiness'] }, asks('mfa', 50074, 'failure')],
  ['a device is registered by somebody who has a key alone', [policy({ applications: { includeUserActions: ['urn:user:registerdevice'] }, ...mfa })], { user: 'kay', userAction: 'urn:user:registerdevice', methodsUsed: ['fido2'] }, asks('register', 50072, 'failure')],
  ['all resources are no user action', [policy({ ...block })], { userAction: 'urn:user:registersecurityinfo' }, granted('notApplied')],
  ['a context asked for and not met', [policy({ applications: { includeAuthenticationContextClassReferences: ['c1'] }, ...mfa })], { acrs: 'c1' }, asks('mfa', 50074, 'failure')],
  ['another context asked for', [policy({ applications: { includeAuthenticationContextClassReferences: ['c1'] }, ...block })], { acrs: 'c2' }, granted('notApplied')],
  ['two contexts asked for at once', [policy({ applications: { includeAuthenticationContextClassReferences: ['c1'] }, ...mfa }), policy({ applications: { includeAuthenticationContextClassReferences: ['c2'] }, ...grant('compliantDevice') })], { acrs: ['c1', 'c2'], mfaInSession: true }, blocked(53000, 'success', 'failure')],

  // With what.
  ['a browser under a policy for browsers', [policy({ clientAppTypes: ['browser'], ...block })], {}, blocked(53003, 'failure')],
  ['a legacy client under the legacy block', [policy({ clientAppTypes: ['exchangeActiveSync', 'other'], ...block })], { app: 'EXO', client: 'other', interactive: false, protocol: 'POP' }, blocked(53003, 'failure')],
  ['Exchange ActiveSync under its own block', [policy({ clientAppTypes: ['exchangeActiveSync'], ...apps('EXO'), ...block })], { app: 'EXO', client: 'exchangeActiveSync', interactive: false }, blocked(53003, 'failure')],
  ['Exchange ActiveSync on supported platforms', [policy({ clientAppTypes: ['easSupported'], ...apps('EXO'), ...block })], { app: 'EXO', client: 'exchangeActiveSync', interactive: false, platform: 'iOS' }, blocked(53003, 'failure')],
  ['Exchange ActiveSync from a platform that nobody knows', [policy({ clientAppTypes: ['easSupported'], ...apps('EXO'), ...block })], { app: 'EXO', client: 'exchangeActiveSync', interactive: false, platform: 'unknown' }, granted('notApplied')],
  ['Exchange ActiveSync and terms of use', [policy({ ...terms('TOU1') })], { app: 'EXO', client: 'exchangeActiveSync', interactive: false }, blocked(53003, 'failure')],
  ['a legacy client of somebody who accepted the terms', [policy({ ...terms('TOU1') })], { app: 'EXO', client: 'other', interactive: false, protocol: 'IMAP', touAccepted: ['TOU1'] }, granted('success')],
  ['a legacy client and a device control', [policy({ ...grant('compliantDevice') })], { app: 'EXO', client: 'other', interactive: false, protocol: 'IMAP', device: compliant }, blocked(53003, 'failure')],
  ['a legacy client and no control', [], { app: 'EXO', client: 'other', interactive: false, protocol: 'IMAP' }, granted()],
  ['an unknown platform', [policy({ platforms: { includePlatforms: ['all'], excludePlatforms: ['android', 'iOS', 'windows', 'macOS', 'linux'] }, ...block })], { platform: 'unknown' }, blocked(53003, 'failure')],
  ['an unknown platform among named ones', [policy({ platforms: { includePlatforms: ['android', 'iOS'] }, ...block })], { platform: 'unknown' }, granted('notApplied')],
  ['a device filter leaves a compliant device out', [policy({ ...filter('exclude', 'device.isCompliant -eq True'), ...block })], { device: compliant }, granted('notApplied')],
  ['a device filter, exclude, negative, unregistered', [policy({ ...filter('exclude', 'device.trustType -ne "ServerAD"'), ...block })], {}, granted('notApplied')],
  ['a device filter, include, positive, true', [policy({ ...filter('include', 'device.displayName -startsWith "KIOSK"'), ...block })], { device: { displayName: 'kiosk-7', ...broken } }, blocked(53003, 'failure')],
  ['a device filter with and, or and not', [policy({ ...filter('include', '(device.model -in ["A","B"] -or device.manufacturer -contains "Acme") -and -not (device.trustType -eq "AzureAD")'), ...block })], { device: { model: 'B', ...hybrid } }, blocked(53003, 'failure')],
  ['extension attributes of a device that is not managed', [policy({ ...filter('include', 'device.extensionAttribute1 -eq "SAW"'), ...block })], { device: { trustType: 'Workplace', isCompliant: false, extensionAttribute1: 'SAW' } }, granted('notApplied')],
  ['an element of a list', [policy({ ...filter('include', 'device.systemLabels -contains "CloudPC"'), ...block })], { device: { systemLabels: ['CloudPC'], ...compliant } }, blocked(53003, 'failure')],
  ['another sign-in risk', [policy({ signInRiskLevels: ['high'], ...block })], { signInRisk: 'medium' }, granted('notApplied')],
  ['no sign-in risk, named', [policy({ signInRiskLevels: ['none', 'low'], ...block })], {}, blocked(53003, 'failure')],
  ['risk without the licence for it', [policy({ signInRiskLevels: ['high'], ...block })], { signInRisk: 'high' }, granted('notApplied'), { licence: 'P1' }],
  ['insider risk', [policy({ insiderRiskLevels: 'moderate,elevated', ...block })], { insiderRisk: 'elevated' }, blocked(53003, 'failure')],
  ['another insider risk', [policy({ insiderRiskLevels: 'elevated', ...block })], { insiderRisk: 'minor' }, granted('notApplied')],
  ['a session born by device code is refreshed', [policy({ authenticationFlows: { transferMethods: 'deviceCodeFlow' }, ...block })], { ...refresh, originalTransferMethod: 'deviceCodeFlow' }, blocked(53003, 'failure')],
  ['a session born otherwise', [policy({ authenticationFlows: { transferMethods: 'deviceCodeFlow,authenticationTransfer' }, ...block })], {}, granted('notApplied')],
  ['a session that was carried over is refreshed', [policy({ authenticationFlows: { transferMethods: 'authenticationTransfer' }, ...block })], { ...refresh, originalTransferMethod: 'authenticationTransfer' }, blocked(53003, 'failure')],
  ['a device code, approved where MFA was done', [policy({ ...mfa })], { ...native, flow: 'deviceCodeFlow', mfaInSession: true }, granted('success')],
  ['a device code, and a policy about transfers', [policy({ authenticationFlows: { transferMethods: 'authenticationTransfer' }, ...block })], { ...native, flow: 'deviceCodeFlow' }, granted('notApplied')],
  ['a device code, report-only', [policy({ ...reportOnly, authenticationFlows: { transferMethods: 'deviceCodeFlow' }, ...block })], { ...native, flow: 'deviceCodeFlow' }, granted('reportOnlyFailure')],
  ['authentication carried over', [policy({ authenticationFlows: { transferMethods: 'authenticationTransfer' }, ...block })], { flow: 'authenticationTransfer' }, blocked(53003, 'failure')],

  // What is wanted.
  ['a block outweighs all that could be asked', [policy({ ...mfa }), policy({ ...offNetwork, ...block })], { ip: 'outside' }, blocked(53003, 'failure', 'failure')],
  ['a block outweighs what is met', [policy({ ...mfa }), policy({ ...block })], { mfaInSession: true }, blocked(53003, 'success', 'failure')],
  ['either, and neither is there', [policy({ ...grant('OR', 'mfa', 'compliantDevice') })], { device: broken }, asks('mfa', 50074, 'failure')],
  ['either, MFA done', [policy({ ...grant('OR', 'mfa', 'compliantDevice') })], { mfaInSession: true }, granted('success')],
  ['either device, none', [policy({ ...grant('OR', 'compliantDevice', 'domainJoinedDevice') })], {}, blocked(53000, 'failure')],
  ['either device, hybrid', [policy({ ...grant('OR', 'compliantDevice', 'domainJoinedDevice') })], { device: hybrid }, granted('success')],
  ['both, and both are there', [policy({ ...grant('AND', 'mfa', 'compliantDevice') })], { mfaInSession: true, device: compliant }, granted('success')],
  ['hybrid demanded, only registered', [policy({ ...grant('domainJoinedDevice') })], { device: compliant }, blocked(53001, 'failure')],
  ['a device demanded of a device code', [policy({ ...grant('compliantDevice') })], { flow: 'deviceCodeFlow', device: compliant }, blocked(53000, 'failure')],
  ['an approved app or a protected one, neither', [policy({ ...grant('OR', 'approvedApplication', 'compliantApplication') })], { ...native, platform: 'iOS' }, blocked(53002, 'failure')],
  ['terms after MFA', [policy({ ...mfa }), policy({ ...terms('TOU1') })], { mfaInSession: true }, asks('termsOfUse', 50158, 'success', 'failure')],
  ['MFA and terms in one policy', [policy({ grantControls: { operator: 'AND', builtInControls: ['mfa'], termsOfUse: ['TOU1'] } })], { touAccepted: ['TOU1'] }, asks('mfa', 50074, 'failure')],
  ['terms alone', [policy({ ...terms('TOU1') })], {}, asks('termsOfUse', 50158, 'failure')],
  ['terms of two kinds, one accepted', [policy({ grantControls: { operator: 'AND', termsOfUse: ['TOU1', 'TOU2'] } })], { touAccepted: ['TOU1'] }, asks('termsOfUse', 50158, 'failure')],
  ['terms at a refresh', [policy({ ...terms('TOU1') })], { ...refresh }, asks('termsOfUse', 50158, 'failure')],
  ['a custom control', [policy({ grantControls: { operator: 'OR', customAuthenticationFactors: ['Duo'] } })], {}, asks('custom', 50158, 'failure')],
  ['password change before MFA', [policy({ userRiskLevels: ['high'], ...grant('AND', 'mfa', 'passwordChange') })], { userRisk: 'high' }, asks('mfa', 50074, 'failure')],
  ['password change, risk closed', [policy({ userRiskLevels: ['high'], ...grant('AND', 'mfa', 'passwordChange') })], { userRisk: 'low', mfaInSession: true }, granted('notApplied')],
  ['risk, and nothing registered', [policy({ signInRiskLevels: ['high'], ...mfa })], { user: 'bob', signInRisk: 'high' }, blocked(53004, 'failure')],

  // By which proof.
  ['phishing-resistant, nothing registered', [policy({ ...strength(4) })], {}, asks('register', 50072, 'failure')],
  ['passwordless, key used', [policy({ ...strength(3) })], { user: 'kay', methodsUsed: ['fido2'], mfaInSession: true }, granted('success')],
  ['MFA strength, password alone', [policy({ ...strength(2) })], { methodsUsed: ['password'] }, asks('mfa', 50074, 'failure')],
  ['a strength at a refresh', [policy({ ...strength(2) })], { ...refresh }, asks('mfa', 50076, 'failure')],
  ['a key is MFA in itself', [policy({ ...mfa })], { user: 'kay', methodsUsed: ['fido2'] }, granted('success')],
  ['a certificate of two factors', [policy({ ...mfa })], { methodsUsed: ['x509CertificateMultiFactor'] }, granted('success')],
  ['a pass', [policy({ ...mfa })], { methodsUsed: ['temporaryAccessPassMultiUse'] }, granted('success')],
  ['MFA at home, accepted', [policy({ ...mfa })], { user: 'fred', claims: multipleauthn }, granted('success')],
  ['MFA at home, rejected', [policy({ ...mfa })], { user: 'fred', claims: multipleauthn }, asks('mfa', 50074, 'failure'), { federatedIdpMfaBehavior: 'rejectMfaByFederatedIdp' }],
  ['MFA at home, enforced and done', [policy({ ...mfa })], { user: 'fred', claims: multipleauthn }, granted('success'), { federatedIdpMfaBehavior: 'enforceMfaByFederatedIdp' }],
  ['native refresh without MFA', [policy({ ...mfa })], { ...refresh }, asks('mfa', 50076, 'failure')],
  ['native refresh, nothing registered', [policy({ ...mfa })], { ...refresh, user: 'bob' }, asks('register', 50079, 'failure')],
  ['password grant with MFA owed', [policy({ ...mfa })], { event: 'ropc', interactive: false, client: 'mobileAppsAndDesktopClients' }, asks('mfa', 50076, 'failure')],
  ['password grant, blocked', [policy({ ...block })], { event: 'ropc', interactive: false, client: 'mobileAppsAndDesktopClients' }, blocked(53003, 'failure')],
  ['silently, nothing registered', [policy({ ...mfa })], { prompt: 'none', user: 'bob' }, asks('register', 50079, 'failure')],
  ['silently, blocked', [policy({ ...block })], { prompt: 'none' }, blocked(53003, 'failure')],
  ['guest MFA at home, trust off, nothing here', [policy({ ...mfa })], { user: 'ivan' }, asks('register', 50072, 'failure')],
  ["a guest's device, trusted", [policy({ ...grant('compliantDevice') })], { user: 'gina', device: { ...compliant, tenant: 'T-FABRIKAM' } }, granted('success'), { inboundTrust: { compliantDevice: true } }],
  ["a guest's device, not trusted", [policy({ ...grant('compliantDevice') })], { user: 'gina', device: { ...compliant, tenant: 'T-FABRIKAM' } }, blocked(53000, 'failure')],
  ["a guest's hybrid device, trusted", [policy({ ...grant('domainJoinedDevice') })], { user: 'gina', device: { ...hybrid, tenant: 'T-FABRIKAM' } }, granted('success'), { inboundTrust: { hybridDevice: true } }],
  ['a guest and an approved app', [policy({ ...grant('approvedApplication') })], { user: 'gina', ...native, platform: 'iOS' }, blocked(53002, 'failure')],

  // For how long.
  ['a frequency passed, a page', [policy({ ...every(1, 'hours') })], { minutesSinceAuth: 61 }, asks('reauthenticate', 70044, 'failure')],
  ['a frequency of days, passed', [policy({ ...every(7, 'days') })], { minutesSinceAuth: 7 * 1440 + 1 }, asks('reauthenticate', 70044, 'failure')],
  ['a frequency of days, not passed', [policy({ ...every(7, 'days') })], { minutesSinceAuth: 6 * 1440 }, granted('success')],
  ['every time, six minutes later', [policy({ ...every(null, null) })], { minutesSinceAuth: 6 }, asks('reauthenticate', 70044, 'failure')],
  ['every time, at a refresh', [policy({ ...every(null, null) })], { ...refresh, minutesSinceAuth: 10 }, asks('reauthenticate', 70043, 'failure')],
  ['a frequency, to the minute', [policy({ ...every(1, 'hours') })], { ...refresh, minutesSinceAuth: 60 }, granted('success')],
  ['every time, to the minute', [policy({ ...every(null, null) })], { minutesSinceAuth: 5 }, granted('success')],
  ['secondary only, in time', [policy({ ...mfa, ...every(1, 'hours', 'secondaryAuthentication') })], { mfaInSession: true, minutesSinceAuth: 30 }, granted('success')],
  ['secondary only, and no second factor is wanted', [policy({ ...every(1, 'hours', 'secondaryAuthentication') })], { minutesSinceAuth: 90 }, granted('success')],
  ['secondary only, every time', [policy({ ...mfa, ...every(null, null, 'secondaryAuthentication') })], { mfaInSession: true, minutesSinceAuth: 6 }, asks('mfa', 50078, 'failure')],
  ['one policy wants MFA, another makes it grow old', [policy({ ...mfa }), policy({ ...every(1, 'hours', 'secondaryAuthentication') })], { mfaInSession: true, minutesSinceAuth: 90 }, asks('mfa', 50078, 'success', 'failure')],
  ['whether the browser stays signed in, disputed', [policy({ sessionControls: { persistentBrowser: { isEnabled: true, mode: 'always' } } }), policy({ sessionControls: { persistentBrowser: { isEnabled: true, mode: 'never' } } })], {}, granted('success', 'success')],
  ['what only resources act on', [policy({ ...apps('Office365'), sessionControls: { applicationEnforcedRestrictions: { isEnabled: true }, cloudAppSecurity: { isEnabled: true, cloudAppSecurityType: 'blockDownloads' } } })], { app: 'SPO' }, granted('success')],
  ['token protection and no resilience', [policy({ sessionControls: { secureSignInSession: { isEnabled: true }, disableResilienceDefaults: true } })], { app: 'EXO', ...native }, granted('success')],
  ['strict location, where both see the office', [policy({ ...apps('EXO'), ...offNetwork, ...block, sessionControls: { continuousAccessEvaluation: { mode: 'strictLocation' } } })], { app: 'EXO', resourceSeesIp: 'hq', clientCapabilities: ['cp1'] }, granted('notApplied')],

  // Said otherwise.
  ['lists where one is usual', [policy({ ...terms('TOU1') }), policy({ applications: { includeAuthenticationContextClassReferences: ['c1'] }, ...mfa })], { app: ['CRM'], acrs: ['c1'], scopes: [], mfaInSession: true, touAccepted: ['TOU1'] }, granted('success', 'success')],
  ['a legacy protocol that nobody calls legacy', [policy({ clientAppTypes: ['other'], ...block })], { app: 'EXO', client: undefined, interactive: false, protocol: 'SMTP' }, blocked(53003, 'failure')],
  ['an event that is not said', [policy({ ...mfa })], { event: undefined }, asks('mfa', 50074, 'failure')],
  ['the application itself, which is not said', [policy({ ...workload, ...block })], { user: null, event: undefined, servicePrincipal: 'WEB' }, blocked(53003, 'failure')],

  // Licences and workload identities.
  ['without a licence policies sleep', [policy({ ...block })], {}, granted('notEnabled'), { licence: 'none' }],
  ['a lapsed licence, in the office', [policy({ ...offNetwork, ...block })], {}, granted('notApplied'), { licence: 'lapsed' }],
  ['a workload identity outside', [policy({ ...workload, ...offNetwork, ...block })], { user: null, servicePrincipal: 'WEB', event: 'client_credentials', ip: 'outside' }, blocked(53003, 'failure')],
  ['a workload identity named', [policy({ users: { includeUsers: ['None'] }, clientApplications: { includeServicePrincipals: ['WEB'] }, ...block })], { user: null, servicePrincipal: 'WEB', event: 'client_credentials' }, blocked(53003, 'failure')],
  ['a workload identity left out', [policy({ users: { includeUsers: ['None'] }, clientApplications: { includeServicePrincipals: ['ServicePrincipalsInMyTenant'], excludeServicePrincipals: ['WEB'] }, ...block })], { user: null, servicePrincipal: 'WEB', event: 'client_credentials' }, granted('notApplied')],
  ['a workload identity at risk', [policy({ ...workload, servicePrincipalRiskLevels: ['high'], ...block })], { user: null, servicePrincipal: 'WEB', event: 'client_credentials', servicePrincipalRisk: 'high' }, blocked(53003, 'failure')],
  ['a managed identity outside', [policy({ ...workload, ...offNetwork, ...block })], { user: null, managedIdentity: true, event: 'client_credentials', ip: 'outside' }, granted('notApplied')],
  ['a workload policy and a user', [policy({ ...workload, ...block })], {}, granted('notApplied')],
]

const bySession: readonly Case[] = [
  ['a page of an application whose session stands', [policy({ ...apps('CRM'), ...offNetwork, ...block })], { event: 'applicationSession', ip: 'outside' }, unjudged],
  ['an API call with a token that lives', [policy({ ...offNetwork, ...block })], { event: 'bearer', app: 'EXO', ip: 'outside' }, unjudged],
  ['a page under a policy made since', [policy({ ...block })], { event: 'applicationSession', policyCreatedAfterSignIn: true }, unjudged],
  ['a call that is watched, from a country that is refused: addresses are all that an API knows', [policy({ ...apps('EXO'), locations: { includeLocations: ['DE'] }, ...block })], { event: 'bearerCae', app: 'EXO', ip: 'branch' }, unjudged],
  ['a call that is watched, in the office', [policy({ ...apps('EXO'), ...offNetwork, ...block })], { event: 'bearerCae', app: 'EXO' }, unjudged],
  ['a call that is watched, user disabled', [], { event: 'bearerCae', app: 'EXO', accountEnabled: false }, challenged],
  ['a call that is watched, sessions revoked', [], { event: 'bearerCae', app: 'EXO', revokedAfterIssue: true }, challenged],
  ['a call that is watched, password changed', [], { event: 'bearerCae', app: 'EXO', passwordChangedAfterIssue: true }, challenged],
  ['a call that is watched, user at risk', [], { event: 'bearerCae', app: 'EXO', userRisk: 'medium' }, unjudged],
  ['a call that is watched, user at high risk', [], { event: 'bearerCae', app: 'EXO', userRisk: 'high' }, challenged],
  ['a call that is watched, user at high risk, at SharePoint', [], { event: 'bearerCae', app: 'SPO', userRisk: 'high' }, unjudged],
  ['a call that is watched, outside, policy on something else', [policy({ ...apps('CRM'), ...offNetwork, ...block })], { event: 'bearerCae', app: 'EXO', ip: 'outside' }, unjudged],
  ['a call that is not watched, user disabled', [], { event: 'bearer', app: 'EXO', accountEnabled: false }, unjudged],
  ['a policy made since, at a refresh', [policy({ ...block })], { ...refresh, policyCreatedAfterSignIn: true }, blocked(53003, 'failure')],
  ['nobody signed in, a page', [], { session: null }, asks('reauthenticate', 50058)],
  ['a disabled account', [], { accountEnabled: false }, failed(50057)],
  ['a disabled account and a password grant', [], { event: 'ropc', interactive: false, client: 'mobileAppsAndDesktopClients', accountEnabled: false }, failed(50057)],
  ['somebody nobody knows', [policy({ ...block })], { user: 'nobody' }, failed(50034)],
  ['somebody nobody knows, with a password', [policy({ ...block })], { user: 'nobody', event: 'ropc', interactive: false, client: 'mobileAppsAndDesktopClients' }, failed(50034)],
  ['a wrong password and a password grant', [], { event: 'ropc', interactive: false, client: 'mobileAppsAndDesktopClients', password: 'wrong' }, failed(50126)],
  ['a session rested 23 hours', [], { hoursIdle: 23, kmsi: false }, granted()],
  ['a session rested 24 hours, to the minute', [], { hoursIdle: 24, kmsi: false }, granted()],
  ["a page's refresh token after 24 hours, to the minute", [], { event: 'refresh_token', clientType: 'spa', hoursSinceIssue: 24 }, granted()],
  ['a kept session rested 100 days', [], { hoursIdle: 2400, kmsi: true }, asks('reauthenticate', 50058)],
  ['a rested session, silently', [], { hoursIdle: 25, kmsi: false, prompt: 'none' }, failed(50058)],
  ["a page's refresh token after 23 hours", [], { event: 'refresh_token', clientType: 'spa', hoursSinceIssue: 23 }, granted()],
  ['a refresh token after 91 days', [], { ...refresh, hoursSinceIssue: 2184 }, failed(700082)],
  ['a refresh token after 25 hours', [], { ...refresh, hoursSinceIssue: 25 }, granted()],
  ['a refresh token after a change of password', [], { ...refresh, passwordChangedAfterIssue: true }, failed(50173)],
  ['sessions revoked, a page', [], { revokedAfterIssue: true }, asks('reauthenticate', 50058)],
  ['sessions revoked, a confidential client', [], { event: 'refresh_token', revokedAfterIssue: true, clientApp: 'WEB' }, failed(50173)],
  ['security defaults, the third day', [], { user: 'bob', sdDay: 3 }, asks('registerSkippable', 50072), defaults],
  ['security defaults, the third day, silently', [], { user: 'bob', sdDay: 3, prompt: 'none' }, granted(), defaults],
  ['security defaults, the fifteenth day, silently', [], { user: 'bob', sdDay: 15, prompt: 'none' }, asks('register', 50079), defaults],
  ['security defaults, the fifteenth day, a password grant', [], { user: 'bob', sdDay: 15, event: 'ropc', interactive: false, client: 'mobileAppsAndDesktopClients' }, asks('register', 50079), defaults],
  ['security defaults, somebody registered, on the twentieth day', [], { sdDay: 20 }, granted(), defaults],
  ['security defaults, the fourteenth day', [], { user: 'bob', sdDay: 14 }, asks('register', 50072), defaults],
  ['security defaults, an ordinary user', [], {}, granted(), defaults],
  ['security defaults, a legacy client', [], { app: 'EXO', client: 'other', interactive: false, protocol: 'IMAP' }, blocked(530035), defaults],
  ['security defaults, MFA done', [], { user: 'carol', mfaInSession: true }, granted(), defaults],
  ['security defaults, the Azure portal', [], { app: 'PORTAL' }, asks('mfa', 50074), defaults],
  ['security defaults, Graph is not Azure management', [], { app: 'GRAPH', client: 'mobileAppsAndDesktopClients', clientApp: 'GRAPHCLI', scopes: ['User.Read'] }, granted(), defaults],
]

type Question = readonly [title: string, policies: readonly PolicyJson[], question: NonNullable<Vector['whatIf']>, reasons: Record<string, string>]

const byQuestion: readonly Question[] = [
  ['the country is not given', [policy({ locations: { includeLocations: ['DE'] }, ...block })], { user: 'alice', app: 'CRM', ipAddress: '203.0.113.20' }, { P1: 'location' }],
  ['the country is given', [policy({ locations: { includeLocations: ['DE'] }, ...block })], { user: 'alice', app: 'CRM', country: 'DE', ipAddress: '203.0.113.20' }, { P1: 'notSet' }],
  ['the first reason only, users before all', [policy({ users: { includeGroups: ['FINANCE'] }, ...apps('EXO'), signInRiskLevels: ['high'], ...block })], { user: 'alice', app: 'CRM' }, { P1: 'users' }],
  ['another application', [policy({ ...apps('EXO'), ...block })], { user: 'alice', app: 'CRM' }, { P1: 'application' }],
  ['a member of Office 365', [policy({ ...apps('Office365'), ...block })], { user: 'alice', app: 'EXO' }, { P1: 'notSet' }],
  ['a user action', [policy({ applications: { includeUserActions: ['urn:user:registersecurityinfo'] }, ...mfa }), policy({ ...mfa }), policy({ ...apps('EXO'), ...mfa })], { user: 'alice', userAction: 'registerSecurityInformation' }, { P1: 'notSet', P2: 'notSet', P3: 'application' }],
  ['another user action', [policy({ applications: { includeUserActions: ['urn:user:registerdevice'] }, ...mfa })], { user: 'alice', userAction: 'registerSecurityInformation' }, { P1: 'userActions' }],
  ['another context', [policy({ applications: { includeAuthenticationContextClassReferences: ['c1'] }, ...mfa })], { user: 'alice', authenticationContextValue: 'c2' }, { P1: 'authenticationContext' }],
  ['the platform is not given', [policy({ platforms: { includePlatforms: ['iOS'] }, ...block })], { user: 'alice', app: 'CRM' }, { P1: 'devicePlatform' }],
  ['the platform is given', [policy({ platforms: { includePlatforms: ['iOS'] }, ...block })], { user: 'alice', app: 'CRM', devicePlatform: 'iOS' }, { P1: 'notSet' }],
  ['the client is not given', [policy({ clientAppTypes: ['browser'], ...block })], { user: 'alice', app: 'CRM' }, { P1: 'clientApps' }],
  ['another client', [policy({ clientAppTypes: ['browser'], ...block })], { user: 'alice', app: 'CRM', clientAppType: 'other' }, { P1: 'clientApps' }],
  ['the device is not given', [policy({ ...filter('include', 'device.isCompliant -ne True'), ...block })], { user: 'alice', app: 'CRM' }, { P1: 'devices' }],
  ['the device is given', [policy({ ...filter('include', 'device.isCompliant -ne True'), ...block })], { user: 'alice', app: 'CRM', deviceInfo: broken }, { P1: 'notSet' }],
  ['user risk', [policy({ userRiskLevels: ['high'], ...mfa })], { user: 'alice', app: 'CRM', userRiskLevel: 'low' }, { P1: 'userRisk' }],
  ['insider risk', [policy({ insiderRiskLevels: 'elevated', ...block })], { user: 'alice', app: 'CRM' }, { P1: 'insiderRisk' }],
  ['the flow is not given', [policy({ authenticationFlows: { transferMethods: 'deviceCodeFlow' }, ...block })], { user: 'alice', app: 'CRM' }, { P1: 'authenticationFlow' }],
  ['the flow is given', [policy({ authenticationFlows: { transferMethods: 'deviceCodeFlow' }, ...block })], { user: 'alice', app: 'CRM', authenticationFlow: { transferMethod: 'deviceCodeFlow' } }, { P1: 'notSet' }],
  ['sign-in risk before platform before location', [policy({ signInRiskLevels: ['high'], platforms: { includePlatforms: ['iOS'] }, locations: { includeLocations: ['HQ'] }, ...block })], { user: 'alice', app: 'CRM' }, { P1: 'signInRisk' }],
  ['a workload identity and users', [policy({ ...mfa }), policy({ ...workload, ...block })], { servicePrincipal: 'WEB', app: 'CRM' }, { P1: 'users', P2: 'notSet' }],
  ['a user and workload identities', [policy({ ...workload, ...block })], { user: 'alice', app: 'CRM' }, { P1: 'workloadIdentities' }],
]

/** All of them, as the file of the reference would hold them. */
export const furtherVectors: readonly Vector[] = [
  ...bySignIn.map((one, at) => vectorOf('policy', 'W', one, at)),
  ...bySession.map((one, at) => vectorOf('session', 'S', one, at)),
  ...byQuestion.map(([title, policies, whatIf, analysisReasons], at): Vector => ({
    id: `Q${at + 1}`,
    title,
    level: 'whatIf',
    policies: numbered(policies),
    whatIf,
    expect: { policyApplies: Object.fromEntries(Object.entries(analysisReasons).map(([id, reason]) => [id, reason === 'notSet'])), analysisReasons },
  })),
]

function vectorOf(level: 'policy' | 'session', letter: string, [title, policies, told, expect, tenant]: Case, at: number): Vector {
  const signIn = { user: 'alice', app: 'CRM', ip: 'hq', client: 'browser', event: 'authorize', ...told } as const

  return { id: `${letter}${at + 1}`, title, level, tenant: tenant ?? null, policies: numbered(policies), signIn, expect }
}

function numbered(policies: readonly PolicyJson[]): PolicyJson[] {
  return policies.map((one, at) => ({ ...one, id: `P${at + 1}` }))
}

/** A policy about everybody and everything, unless said otherwise. Conditions and controls are written side by side. */
function policy({ state = 'enabled', grantControls, sessionControls, ...conditions }: Record<string, unknown>): PolicyJson {
  return {
    id: '',
    state,
    conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] }, ...conditions },
    ...(grantControls ? { grantControls } : {}),
    ...(sessionControls ? { sessionControls } : {}),
  } as PolicyJson
}

function grant(...words: readonly string[]): { grantControls: Record<string, unknown> } {
  const [operator, ...builtInControls] = words.length > 1 ? words : ['OR', ...words]

  return { grantControls: { operator, builtInControls } }
}

/** What the log says follows from what the policies say (reference 4.4). */
function resultsOf(results: readonly string[]): Pick<Vector['expect'], 'policyResults' | 'conditionalAccessStatus'> {
  return {
    policyResults: Object.fromEntries(results.map((result, at) => [`P${at + 1}`, result])),
    conditionalAccessStatus: results.includes('failure') ? 'failure' : results.includes('success') ? 'success' : 'notApplied',
  }
}

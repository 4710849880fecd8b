import { describe, expect, it } from 'vitest'
import { alice, app, applies, bob, carol, decisionOn, direct, erin, job, policy, type PolicyInput, type SignInInput } from './contoso.ts'

type Case = { readonly when: PolicyInput; readonly signIn?: SignInInput; readonly applies: boolean }

const guests = (types: string[], tenants?: string[]) => ({
  guestOrExternalUserTypes: types as never,
  externalTenants: tenants ? { membershipKind: 'enumerated' as const, members: tenants } : { membershipKind: 'all' as const },
})
const ivan = { ...erin, id: 'ivan', externalUserType: 'internalGuest' as const, homeTenantId: null }
const globalAdministrator = carol.roleTemplateIds[0]!

const tables: Record<string, Record<string, Case>> = {
  users: {
    'All covers a member': { when: { users: { includeUsers: ['All'] } }, applies: true },
    'All covers a guest': { when: { users: { includeUsers: ['All'] } }, signIn: { who: erin }, applies: true },
    'None covers nobody': { when: { users: { includeUsers: ['None'] } }, applies: false },
    'a user is covered by id, in any case': { when: { users: { includeUsers: ['ALICE'] } }, applies: true },
    'another user is not': { when: { users: { includeUsers: ['bob'] } }, applies: false },
    'a group covers its members': { when: { users: { includeGroups: ['sales'] } }, applies: true },
    'a group does not cover others': { when: { users: { includeGroups: ['finance'] } }, applies: false },
    'a role covers its holders': { when: { users: { includeRoles: [globalAdministrator] } }, signIn: { who: carol }, applies: true },
    'a role does not cover others': { when: { users: { includeRoles: [globalAdministrator] } }, applies: false },
    'leaving out by name beats naming the group': { when: { users: { includeGroups: ['sales'], excludeUsers: ['alice'] } }, applies: false },
    'leaving out by group beats naming the user': { when: { users: { includeUsers: ['bob'], excludeGroups: ['staff'] } }, signIn: { who: bob }, applies: false },
    'leaving out by role beats All': { when: { users: { includeUsers: ['All'], excludeRoles: [globalAdministrator] } }, signIn: { who: carol }, applies: false },
    'the keyword for guests covers a guest': { when: { users: { includeUsers: ['GuestsOrExternalUsers'] } }, signIn: { who: erin }, applies: true },
    'the keyword covers a local guest': { when: { users: { includeUsers: ['GuestsOrExternalUsers'] } }, signIn: { who: ivan }, applies: true },
    'the keyword covers no member': { when: { users: { includeUsers: ['GuestsOrExternalUsers'] } }, applies: false },
    'the keyword leaves guests out': { when: { users: { includeUsers: ['All'], excludeUsers: ['GuestsOrExternalUsers'] } }, signIn: { who: erin }, applies: false },
    'a kind of guest is covered': { when: { users: { includeGuestsOrExternalUsers: guests(['b2bCollaborationGuest']) } }, signIn: { who: erin }, applies: true },
    'another kind is not': { when: { users: { includeGuestsOrExternalUsers: guests(['serviceProvider', 'internalGuest']) } }, signIn: { who: erin }, applies: false },
    'a local guest is of the kind internalGuest': { when: { users: { includeGuestsOrExternalUsers: guests(['internalGuest']) } }, signIn: { who: ivan }, applies: true },
    'a guest of a listed tenant is covered': { when: { users: { includeGuestsOrExternalUsers: guests(['b2bCollaborationGuest'], ['fabrikam']) } }, signIn: { who: erin }, applies: true },
    'a guest of another tenant is not': { when: { users: { includeGuestsOrExternalUsers: guests(['b2bCollaborationGuest'], ['other']) } }, signIn: { who: erin }, applies: false },
    'a guest of a listed tenant is left out': { when: { users: { includeUsers: ['All'], excludeGuestsOrExternalUsers: guests(['b2bCollaborationGuest'], ['fabrikam']) } }, signIn: { who: erin }, applies: false },
    'a direct connect user is told by kind': { when: { users: { includeGuestsOrExternalUsers: guests(['b2bDirectConnectUser']) } }, signIn: { who: direct }, applies: true },
    'a guest whose kind nobody stated is a collaboration guest': {
      when: { users: { includeGuestsOrExternalUsers: guests(['b2bCollaborationGuest']) } }, signIn: { who: { ...erin, externalUserType: null } }, applies: true,
    },
    'a policy about users does not touch a workload identity': { when: { users: { includeUsers: ['All'] } }, signIn: { who: job }, applies: false },
  },

  'workload identities': {
    'all service principals of the tenant': { when: workload(['ServicePrincipalsInMyTenant']), signIn: { who: job }, applies: true },
    'one by id': { when: workload(['job']), signIn: { who: job }, applies: true },
    'one by app id': { when: workload(['app-job']), signIn: { who: job }, applies: true },
    'not another': { when: workload(['other']), signIn: { who: job }, applies: false },
    'leaving out beats naming': { when: workload(['ServicePrincipalsInMyTenant'], ['job']), signIn: { who: job }, applies: false },
    'never a managed identity': { when: workload(['ServicePrincipalsInMyTenant']), signIn: { who: { ...job, isManagedIdentity: true } }, applies: false },
    "never another tenant's application": { when: workload(['ServicePrincipalsInMyTenant']), signIn: { who: { ...job, isOwnedByTenant: false } }, applies: false },
    'never a user': { when: workload(['ServicePrincipalsInMyTenant']), applies: false },
    'by a filter on its attributes': { when: workload([], [], 'CustomSecurityAttribute.Engineering_Project -eq "Baker"'), signIn: { who: { ...job, customSecurityAttributes: { Engineering: { Project: 'Baker' } } } }, applies: true },
    'not by a filter it does not match': { when: workload([], [], 'CustomSecurityAttribute.Engineering_Project -eq "Baker"'), signIn: { who: job }, applies: false },
    'by the risk of the service principal': { when: { ...workload(['ServicePrincipalsInMyTenant']), servicePrincipalRiskLevels: ['high'] }, signIn: { who: job, servicePrincipalRiskLevel: 'high' }, applies: true },
    'not below the risk': { when: { ...workload(['ServicePrincipalsInMyTenant']), servicePrincipalRiskLevels: ['high'] }, signIn: { who: job, servicePrincipalRiskLevel: 'medium' }, applies: false },
  },

  clientAppTypes: {
    'all covers a legacy client': { when: { clientAppTypes: ['all'] }, signIn: { clientAppType: 'other' }, applies: true },
    'browser covers a browser': { when: { clientAppTypes: ['browser'] }, applies: true },
    'browser does not cover an app': { when: { clientAppTypes: ['browser'] }, signIn: { clientAppType: 'mobileAppsAndDesktopClients' }, applies: false },
    'one of several suffices': { when: { clientAppTypes: ['exchangeActiveSync', 'other'] }, signIn: { clientAppType: 'exchangeActiveSync' }, applies: true },
    'easSupported covers Exchange ActiveSync': { when: { clientAppTypes: ['easSupported'] }, signIn: { clientAppType: 'exchangeActiveSync' }, applies: true },
  },

  platforms: {
    'a listed platform': { when: { platforms: { includePlatforms: ['iOS', 'windows'], excludePlatforms: [] } }, applies: true },
    'not another': { when: { platforms: { includePlatforms: ['iOS'], excludePlatforms: [] } }, applies: false },
    'leaving out beats all': { when: { platforms: { includePlatforms: ['all'], excludePlatforms: ['windows'] } }, applies: false },
    'an unknown platform is covered by all': { when: { platforms: { includePlatforms: ['all'], excludePlatforms: ['windows', 'iOS', 'android', 'macOS', 'linux'] } }, signIn: { platform: null }, applies: true },
    'an unknown platform is none of those named': { when: { platforms: { includePlatforms: ['windows', 'iOS'], excludePlatforms: [] } }, signIn: { platform: null }, applies: false },
  },

  devices: {
    'an include filter that is true': { when: filter('include', 'device.isCompliant -eq True'), signIn: { device: { isCompliant: true } }, applies: true },
    'an include filter that is false': { when: filter('include', 'device.isCompliant -eq True'), signIn: { device: { isCompliant: false } }, applies: false },
    'an exclude filter that is true': { when: filter('exclude', 'device.isCompliant -eq True'), signIn: { device: { isCompliant: true } }, applies: false },
    'an exclude filter that is false': { when: filter('exclude', 'device.isCompliant -eq True'), signIn: { device: { isCompliant: false } }, applies: true },
    'unregistered: include, positive': { when: filter('include', 'device.displayName -startsWith "KIOSK"'), applies: false },
    'unregistered: include, negative': { when: filter('include', 'device.displayName -notStartsWith "KIOSK"'), applies: true },
    'unregistered: exclude, positive': { when: filter('exclude', 'device.trustType -eq "ServerAD"'), applies: true },
    'unregistered: exclude, negative': { when: filter('exclude', 'device.trustType -ne "ServerAD"'), applies: false },
    'device states of old: all but compliant': { when: { devices: { deviceFilter: null, includeDevices: ['All'], excludeDevices: ['Compliant'] } }, signIn: { device: { isCompliant: true } }, applies: false },
    'device states of old: not compliant': { when: { devices: { deviceFilter: null, includeDevices: ['All'], excludeDevices: ['Compliant', 'DomainJoined'] } }, applies: true },
    'device states of old: hybrid joined': { when: { devices: { deviceFilter: null, excludeDevices: ['DomainJoined'] } }, signIn: { device: { trustType: 'ServerAD' } }, applies: false },
  },

  risks: {
    'the sign-in risk, exactly': { when: { signInRiskLevels: ['medium'] }, signIn: { signInRiskLevel: 'medium' }, applies: true },
    'a higher risk is not meant': { when: { signInRiskLevels: ['medium'] }, signIn: { signInRiskLevel: 'high' }, applies: false },
    'no risk at all can be meant': { when: { signInRiskLevels: ['none'] }, applies: true },
    'the user risk': { when: { userRiskLevels: ['high'] }, signIn: { userRiskLevel: 'high' }, applies: true },
    'not without it': { when: { userRiskLevels: ['high'] }, applies: false },
    'the insider risk': { when: { insiderRiskLevels: ['elevated', 'moderate'] }, signIn: { insiderRiskLevel: 'moderate' }, applies: true },
    'no insider risk': { when: { insiderRiskLevels: ['minor'] }, applies: false },
  },

  authenticationFlows: {
    'a device code': { when: { authenticationFlows: { transferMethods: ['deviceCodeFlow'] } }, signIn: { transferMethod: 'deviceCodeFlow' }, applies: true },
    'an ordinary sign-in': { when: { authenticationFlows: { transferMethods: ['deviceCodeFlow'] } }, applies: false },
    'another flow': { when: { authenticationFlows: { transferMethods: ['authenticationTransfer'] } }, signIn: { transferMethod: 'deviceCodeFlow' }, applies: false },
    'a session that was born by one': { when: { authenticationFlows: { transferMethods: ['deviceCodeFlow'] } }, signIn: { originalTransferMethod: 'deviceCodeFlow' }, applies: true },
    'both, of which one is meant': { when: { authenticationFlows: { transferMethods: ['deviceCodeFlow'] } }, signIn: { transferMethod: 'authenticationTransfer', originalTransferMethod: 'deviceCodeFlow' }, applies: true },
  },
}

function workload(include: string[], exclude: string[] = [], rule?: string): PolicyInput {
  return {
    users: { includeUsers: ['None'] },
    clientApplications: { includeServicePrincipals: include, excludeServicePrincipals: exclude, servicePrincipalFilter: rule ? { mode: 'include', rule } : null },
  }
}

function filter(mode: 'include' | 'exclude', rule: string): PolicyInput {
  return { devices: { deviceFilter: { mode, rule } } }
}

for (const [condition, cases] of Object.entries(tables)) {
  describe(condition, () => {
    it.for(Object.entries(cases))('%s', ([, { when, signIn, applies: expected }]) => expect(applies(when, signIn)).toBe(expected))
  })
}

describe('conditions together', () => {
  it('all that are configured must hold', () => {
    const when: PolicyInput = { platforms: { includePlatforms: ['iOS'], excludePlatforms: [] }, signInRiskLevels: ['high'] }

    expect(applies(when, { platform: 'iOS', signInRiskLevel: 'high' })).toBe(true)
    expect(applies(when, { platform: 'iOS' })).toBe(false)
    expect(applies(when, { signInRiskLevel: 'high' })).toBe(false)
  })

  it('tell which held and which did not, in the order the service looks at them; what is not configured is not told', () => {
    const [standing] = decisionOn([policy({ platforms: { includePlatforms: ['iOS'], excludePlatforms: [] }, locations: { includeLocations: ['All'], excludeLocations: [] }, clientAppTypes: ['browser'] })]).policies

    expect(standing).toMatchObject({
      conditionsSatisfied: ['application', 'users', 'location', 'ipAddressSeenByAzureAD', 'clientType'],
      conditionsNotSatisfied: ['devicePlatform'],
    })
  })

  it('tell the rules that were satisfied', () => {
    const [standing] = decisionOn(
      [policy({ users: { includeGroups: ['sales'], excludeUsers: ['alice'] }, applications: { includeApplications: [app.salesHub] }, locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } })],
      { who: alice },
    ).policies

    expect(standing!.includeRulesSatisfied).toEqual([
      { conditionalAccessCondition: 'application', ruleSatisfied: 'appId' },
      { conditionalAccessCondition: 'users', ruleSatisfied: 'groupId' },
      { conditionalAccessCondition: 'location', ruleSatisfied: 'allLocations' },
    ])
    expect(standing!.excludeRulesSatisfied).toEqual([
      { conditionalAccessCondition: 'users', ruleSatisfied: 'userId' },
      { conditionalAccessCondition: 'location', ruleSatisfied: 'allTrustedLocations' },
    ])
  })

  it('risk conditions never match under P1, and do once the licence has lapsed', () => {
    const when: PolicyInput = { signInRiskLevels: ['high'] }

    expect(applies(when, { signInRiskLevel: 'high' }, { licence: 'P1' })).toBe(false)
    expect(applies({ userRiskLevels: ['high'] }, { userRiskLevel: 'high' }, { licence: 'P1' })).toBe(false)
    expect(applies(when, { signInRiskLevel: 'high' }, { licence: 'lapsed' })).toBe(true)
  })
})

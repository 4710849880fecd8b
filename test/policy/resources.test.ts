import { describe, expect, it } from 'vitest'
import type { PolicySource, Target } from '../../src/policy/index.ts'
import { wellKnown } from '../../src/policy/well-known.ts'
import { app, applies, decisionOn, policy, type PolicyInput } from './contoso.ts'

type Case = { readonly when: NonNullable<PolicyInput['applications']>; readonly to?: string | readonly string[]; readonly asking?: Partial<Target>; readonly tenant?: Partial<PolicySource>; readonly applies: boolean }

const { exchangeOnline, sharePointOnline, teams, microsoftGraph, windowsAzureActiveDirectory, azurePortal, azureResourceManager, powerApps } = wellKnown
const publicClient = { appId: 'app-cli', isConfidential: false, isSinglePageApplication: false }
const webClient = { appId: 'app-web', isConfidential: true, isSinglePageApplication: false }
const legacy = { lowPrivilegeScopeEnforcement: 'legacy' as const }
const allBut = (...ids: string[]) => ({ includeApplications: ['All'], excludeApplications: ids })

const cases: Record<string, Case> = {
  'All covers any resource': { when: { includeApplications: ['All'] }, applies: true },
  'None covers none': { when: { includeApplications: ['None'] }, applies: false },
  'an application by id, in any case': { when: { includeApplications: [app.salesHub.toUpperCase()] }, applies: true },
  'not another': { when: { includeApplications: [app.salesApi] }, applies: false },
  'leaving out beats All': { when: allBut(app.salesHub), applies: false },
  'one of two resources suffices': { when: { includeApplications: [app.salesApi] }, to: [app.salesHub, app.salesApi], applies: true },
  'leaving out one of two resources leaves the other': { when: allBut(app.salesHub), to: [app.salesHub, app.salesApi], applies: true },
  'Office365 covers Exchange': { when: { includeApplications: ['Office365'] }, to: exchangeOnline, applies: true },
  'Office365 does not cover Dataverse': { when: { includeApplications: ['Office365'] }, to: wellKnown.dataverse, applies: false },
  'Office365 can be left out': { when: allBut('Office365'), to: exchangeOnline, applies: false },
  'a keyword is no application': { when: { includeApplications: ['Office365'] }, to: 'Office365', applies: false },
  'the admin portals cover the Azure portal': { when: { includeApplications: ['MicrosoftAdminPortals'] }, to: azurePortal, applies: true },
  'but not the APIs below': { when: { includeApplications: ['MicrosoftAdminPortals'] }, to: azureResourceManager, applies: false },
  'Azure management covers the portal': { when: { includeApplications: [azureResourceManager] }, to: azurePortal, applies: true },
  'Azure management covers Log Analytics': { when: { includeApplications: [azureResourceManager] }, to: 'ca7f3f0b-7d91-482c-8e09-c5d840d0eac5', applies: true },
  'agent identities there are none': { when: { includeApplications: ['AllAgentIdResources'] }, applies: false },

  'Graph mail is Exchange': { when: { includeApplications: [exchangeOnline] }, to: microsoftGraph, asking: { scopes: ['openid', 'Mail.Read'] }, applies: true },
  'Graph mail, scope written out': { when: { includeApplications: [exchangeOnline] }, to: microsoftGraph, asking: { scopes: ['https://graph.microsoft.com/Mail.Read'] }, applies: true },
  'Graph files are SharePoint': { when: { includeApplications: [sharePointOnline] }, to: microsoftGraph, asking: { scopes: ['Files.ReadWrite'] }, applies: true },
  'Graph chats are Teams': { when: { includeApplications: [teams] }, to: microsoftGraph, asking: { scopes: ['Chat.Read'] }, applies: true },
  'Graph directory scopes are the directory': { when: { includeApplications: [windowsAzureActiveDirectory] }, to: microsoftGraph, asking: { scopes: ['Directory.Read.All'] }, applies: true },
  'Graph without a scope is the directory': { when: { includeApplications: [windowsAzureActiveDirectory] }, to: microsoftGraph, applies: true },
  'Graph mail is not files': { when: { includeApplications: [sharePointOnline] }, to: microsoftGraph, asking: { scopes: ['Mail.Read'] }, applies: false },
  'All always covers Graph': { when: { includeApplications: ['All'] }, to: microsoftGraph, asking: { scopes: ['Mail.Read'] }, applies: true },
  'Exchange left out, Graph mail is left out': { when: allBut(exchangeOnline), to: microsoftGraph, asking: { scopes: ['offline_access', 'Mail.Read'] }, applies: false },
  'Exchange left out, Graph files are not': { when: allBut(exchangeOnline), to: microsoftGraph, asking: { scopes: ['Mail.Read', 'Files.Read'] }, applies: true },

  'low privilege, public, all but some, new rule': { when: allBut(exchangeOnline), to: microsoftGraph, asking: { scopes: ['openid', 'profile'], client: publicClient }, applies: true },
  'low privilege, public, all but some, old rule': { when: allBut(exchangeOnline), to: microsoftGraph, asking: { scopes: ['openid', 'profile'], client: publicClient }, tenant: legacy, applies: false },
  'low privilege, public, really all, old rule': { when: { includeApplications: ['All'] }, to: microsoftGraph, asking: { scopes: ['openid'], client: publicClient }, tenant: legacy, applies: true },
  'one scope more, old rule': { when: allBut(exchangeOnline), to: microsoftGraph, asking: { scopes: ['openid', 'Files.Read'], client: publicClient }, tenant: legacy, applies: true },
  'low privilege, confidential and left out, old rule': { when: allBut('app-web'), to: microsoftGraph, asking: { scopes: ['User.Read', 'People.Read', 'GroupMember.Read.All'], client: webClient }, tenant: legacy, applies: false },
  'low privilege, confidential and left out, new rule': { when: allBut('app-web'), to: microsoftGraph, asking: { scopes: ['User.Read', 'People.Read'], client: webClient }, applies: true },
  'low privilege, confidential and not left out, old rule': { when: allBut(exchangeOnline), to: microsoftGraph, asking: { scopes: ['User.Read'], client: webClient }, tenant: legacy, applies: true },
  'what is low for a confidential client is not for a public one': { when: allBut(exchangeOnline), to: microsoftGraph, asking: { scopes: ['User.Read.All'], client: publicClient }, tenant: legacy, applies: true },
  'low privilege is the directory by name, new rule': { when: { includeApplications: [windowsAzureActiveDirectory] }, to: microsoftGraph, asking: { scopes: ['openid', 'User.Read'], client: publicClient }, applies: true },
  'signing in to an application alone is not a matter of the directory': { when: { includeApplications: [windowsAzureActiveDirectory] }, to: app.salesHub, asking: { scopes: ['openid', 'profile'] }, applies: false },

  'Teams brings Exchange along': { when: { includeApplications: [exchangeOnline] }, to: teams, applies: true },
  'Teams brings its client along': { when: { includeApplications: [sharePointOnline] }, asking: { client: { ...publicClient, appId: wellKnown.teamsClient } }, applies: true },
  'Power Apps bring Azure management along': { when: { includeApplications: [azureResourceManager] }, to: powerApps, applies: true },
  'Exchange does not bring Teams along': { when: { includeApplications: [teams] }, to: exchangeOnline, applies: false },

  'a user action': { when: { includeUserActions: ['urn:user:registersecurityinfo'] }, asking: { userAction: 'urn:user:registersecurityinfo' }, applies: true },
  'another user action': { when: { includeUserActions: ['urn:user:registersecurityinfo'] }, asking: { userAction: 'urn:user:registerdevice' }, applies: false },
  'a policy about an action does not touch ordinary sign-in': { when: { includeUserActions: ['urn:user:registersecurityinfo'] }, applies: false },
  'a policy about all resources does not touch an action': { when: { includeApplications: ['All'] }, asking: { userAction: 'urn:user:registersecurityinfo' }, applies: false },
  'an authentication context that is asked for': { when: { includeAuthenticationContextClassReferences: ['c1', 'c37'] }, asking: { authenticationContexts: ['c37'] }, applies: true },
  'one that is not': { when: { includeAuthenticationContextClassReferences: ['c1'] }, asking: { authenticationContexts: ['c2'] }, applies: false },
  'a policy about resources holds for a request with a context': { when: { includeApplications: [app.salesHub] }, asking: { authenticationContexts: ['c1'] }, applies: true },

  'an application filter': { when: { applicationFilter: { mode: 'include', rule: 'CustomSecurityAttribute.Policy_Requirement -eq "strict"' } }, asking: { resourceAttributes: { [app.salesHub]: { Policy: { Requirement: 'strict' } } } }, applies: true },
  'an application filter, attribute named at once': { when: { applicationFilter: { mode: 'include', rule: 'CustomSecurityAttribute.Policy_Requirement -contains "str"' } }, asking: { resourceAttributes: { [app.salesHub]: { Policy_Requirement: 'strict' } } }, applies: true },
  'an application without the attribute': { when: { applicationFilter: { mode: 'include', rule: 'CustomSecurityAttribute.Policy_Requirement -eq "strict"' } }, applies: false },
  'an application filter that leaves out': {
    when: { includeApplications: [app.salesHub], applicationFilter: { mode: 'exclude', rule: 'CustomSecurityAttribute.Policy_Requirement -eq "lax"' } },
    asking: { resourceAttributes: { [app.salesHub]: { Policy: { Requirement: 'lax' } } } }, applies: false,
  },
}

describe('target resources', () => {
  it.for(Object.entries(cases))('%s', ([, { when, to, asking, tenant, applies: expected }]) => {
    expect(applies({ applications: when }, { ...(to === undefined ? {} : { to }), ...(asking ? { target: asking } : {}) }, tenant)).toBe(expected)
  })

  it('a policy about a user action is not tried in report-only mode', () => {
    const about = policy({ state: 'enabledForReportingButNotEnforced', applications: { includeUserActions: ['urn:user:registersecurityinfo'] } })

    expect(decisionOn([about], { target: { userAction: 'urn:user:registersecurityinfo' } }).policies[0]).toMatchObject({ result: 'reportOnlyNotApplied', reason: expect.stringContaining('not tried in report-only mode') })
  })
})

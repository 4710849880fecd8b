import type { UserAction } from './sign-in.ts'
import office365 from './office365.json' with { type: 'json' }

/** Applications of Microsoft's that Conditional Access treats in a way of their own. */
export const wellKnown = {
  windowsAzureActiveDirectory: '00000002-0000-0000-c000-000000000000',
  microsoftGraph: '00000003-0000-0000-c000-000000000000',
  exchangeOnline: '00000002-0000-0ff1-ce00-000000000000',
  sharePointOnline: '00000003-0000-0ff1-ce00-000000000000',
  skypeForBusinessOnline: '00000004-0000-0ff1-ce00-000000000000',
  office365Portal: '00000006-0000-0ff1-ce00-000000000000',
  dataverse: '00000007-0000-0000-c000-000000000000',
  teams: 'cc15fd57-2c6c-4117-a88c-83b1d56b4bbe',
  teamsClient: '1fec8e78-bce4-4aaf-ab1b-5451cc387264',
  teamsWebClient: '5e3ce6c0-2b1f-4285-8d4b-75ee78787346',
  powerApps: '475226c6-020e-4fb2-8a90-7a972cbfc1d4',
  powerAutomate: '7df0a125-d3be-4c96-aa54-591f83ff541c',
  project: '09abbdfd-ed23-44ee-a2d9-a627aa1c90f3',
  toDo: '3ff8e6ba-7dc3-4e9e-ba40-ee12b60d6d48',
  forms: 'c9a559d2-7aab-4f13-a6ed-e7e9c52aec87',
  azureResourceManager: '797f4846-ba00-4fd7-ba43-dac1f8f63013',
  azurePortal: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c',
  visualStudio: '872cd9fa-d31f-45e0-9eab-6e460a02d1f1',
  azureDataLake: 'e9f49c6b-5ce5-44c8-925d-015017e9f7ad',
  intuneEnrollment: 'd4ebce55-015a-49b5-a083-c84d1797ae8c',
} as const

/**
 * What a target stands for beyond itself. A keyword is no application: asking for it by name matches nothing.
 *
 * @see reference 4.6.4
 */
export const applicationGroups: Readonly<Record<string, readonly string[]>> = {
  Office365: office365,
  MicrosoftAdminPortals: [
    wellKnown.azurePortal,
    '497effe9-df71-4043-a8bb-14cf78c4b63b', // Exchange admin centre
    '618dd325-23f6-4b6f-8380-4df78026e39b', // Microsoft 365 admin centre
  ],
  [wellKnown.azureResourceManager]: [
    wellKnown.azureResourceManager,
    wellKnown.azurePortal,
    wellKnown.azureDataLake,
    'f5c26e74-f226-4ae8-85f0-b4af0080ac9e', // Application Insights API
    'ca7f3f0b-7d91-482c-8e09-c5d840d0eac5', // Log Analytics API
  ],
  // There are no agent identities in a tenant of ours.
  AllAgentIdResources: [],
}

/**
 * The services through which a user does something that policies know by its own name: a token for one of them is asked
 * for that action, and policies on resources have no say in it.
 *
 * @see reference 4.8
 */
export const userActionAt: Readonly<Record<string, UserAction>> = {
  '19db86c3-b2b9-44cc-b339-36da233a3be2': 'urn:user:registersecurityinfo', // My Signins, where security information is looked after
  '01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9': 'urn:user:registerdevice', // Device Registration Service
}

const { exchangeOnline, sharePointOnline, azureResourceManager } = wellKnown
const teamsNeeds = [exchangeOnline, sharePointOnline, wellKnown.skypeForBusinessOnline]

/**
 * Whose policies are enforced at once when somebody signs in to an application, because it cannot work without them
 * (early bound). What is bound late is judged when the application calls it.
 *
 * @see reference 4.7
 */
export const earlyBound: Readonly<Record<string, readonly string[]>> = {
  [wellKnown.teams]: teamsNeeds,
  [wellKnown.teamsClient]: teamsNeeds,
  [wellKnown.teamsWebClient]: teamsNeeds,
  [wellKnown.powerApps]: [azureResourceManager, wellKnown.windowsAzureActiveDirectory, sharePointOnline, exchangeOnline],
  [wellKnown.powerAutomate]: [wellKnown.powerApps],
  [wellKnown.project]: [wellKnown.dataverse],
  [wellKnown.toDo]: [exchangeOnline],
  [wellKnown.forms]: [exchangeOnline, sharePointOnline],
  [wellKnown.visualStudio]: [azureResourceManager],
  [wellKnown.azureDataLake]: [azureResourceManager],
}

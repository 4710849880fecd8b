import { describe, expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { ask, block, logOf, mfa, policy, resultsIn, standing } from './telling.ts'

const server = useMock()

type Sees = { readonly user?: string; readonly signals?: string; readonly app?: string; readonly comes: string }
type Tale = { readonly policy: Record<string, unknown>; readonly tenant?: Record<string, unknown>; readonly signIns: Readonly<Record<string, Sees>> }

const wanting = (...builtInControls: string[]) => ({ operator: 'OR', builtInControls })
const conditions = (more: Record<string, unknown>) => ({ conditions: { users: { includeUsers: ['All'] }, ...more } })
const devices = [
  { displayName: 'Laptop', isCompliant: true, trustType: 'AzureAD', operatingSystem: 'Windows' },
  { displayName: 'Desktop', isCompliant: false, trustType: 'ServerAD', operatingSystem: 'Windows' },
  { displayName: 'Kiosk', isCompliant: false, trustType: 'Workplace', model: 'K-7', systemLabels: ['Kiosk'] },
]
const mobile = (more: Record<string, unknown>) => ({ displayName: 'Field Work', publicClient: { redirectUris: ['http://localhost:3999/callback'] }, isFallbackPublicClient: true, consents: [{ resource: 'Microsoft Graph', scopes: ['User.Read'] }], ...more })
const guest = { tenantId: '11111111-2222-4333-8444-555555555555', isCompliant: true, trustType: 'AzureAD' }
const onGuestDevice = JSON.stringify({ device: guest, ipAddress: places.office })

test('the page of a device that is not good enough says which one it is and where, however that was simulated', async () => {
  const story = await newStory(server.mock, { devices: [{ displayName: 'Desktop', deviceId: '0d5c0b9e-0000-4000-8000-00000000000d', isCompliant: false, trustType: 'ServerAD', operatingSystem: 'Windows' }] })
  await story.control('PATCH', '/tenant', { conditionalAccessPolicies: [policy('P', { grantControls: { operator: 'OR', builtInControls: ['compliantDevice'] } })] })
  await story.control('PUT', '/signals/alice', { device: 'Desktop', platform: 'windows', ipAddress: places.office })
  const browser = visitor(server.mock)
  await ask(story, browser, apps.salesMobile)
  await browser.signIn('alice@contoso.example')

  expect(browser.page.text).toMatch(/Error AADSTS53000 Error code 53000 Request id [\da-f-]{36} Correlation id [\da-f-]{36} Timestamp .*Z App name Sales Mobile App id \S+a3 User alice@contoso\.example IP address 198\.51\.100\.7 Device identifier 0d5c0b9e-0000-4000-8000-00000000000d Device platform windows Device state Domain joined/)
})

/** One policy, and what becomes of sign-ins under it, through the pages. A number is the refusal's. */
const tales: Record<string, Tale> = {
  'a compliant device': {
    policy: policy('P', { grantControls: wanting('compliantDevice') }),
    signIns: {
      'on the laptop': { signals: 'device=Laptop', comes: 'granted' },
      'on a desktop that is not compliant': { signals: 'device=Desktop', comes: '53000' },
      'on no device that is known': { comes: '53000' },
      'a guest on a device of the guest\'s own tenant': { user: 'erin', signals: onGuestDevice, comes: '53000' },
    },
  },
  'a compliant device of a guest whose tenant is trusted': {
    policy: policy('P', { grantControls: wanting('compliantDevice') }),
    tenant: { settings: { kmsiPromptEnabled: false, inboundTrust: { compliantDevice: true } } },
    signIns: { 'on the own device': { user: 'erin', signals: onGuestDevice, comes: 'granted' } },
  },
  'a domain joined device': {
    policy: policy('P', { grantControls: wanting('domainJoinedDevice') }),
    signIns: { 'on the desktop': { signals: 'device=Desktop', comes: 'granted' }, 'on the laptop': { signals: 'device=Laptop', comes: '53001' } },
  },
  'either device, or MFA': {
    policy: policy('P', { grantControls: wanting('mfa', 'compliantDevice', 'domainJoinedDevice') }),
    signIns: { 'on the laptop': { signals: 'device=Laptop', comes: 'granted' }, 'on the desktop': { signals: 'device=Desktop', comes: 'granted' }, 'on neither': { comes: 'one-time-code' } },
  },
  'MFA and a compliant device': {
    policy: policy('P', { grantControls: { operator: 'AND', builtInControls: ['mfa', 'compliantDevice'] } }),
    signIns: { 'on neither, MFA is asked first': { comes: 'one-time-code' } },
  },
  'an approved app': {
    policy: policy('P', { grantControls: wanting('approvedApplication') }),
    tenant: { applications: [mobile({ isApprovedApplication: true }), mobile({ displayName: 'Another' })] },
    signIns: { 'which it is': { app: 'Field Work', comes: 'granted' }, 'which it is not': { app: 'Another', comes: '53002' } },
  },
  'a protected app': {
    policy: policy('P', { grantControls: wanting('compliantApplication') }),
    tenant: { applications: [mobile({ isCompliantApplication: true }), mobile({ displayName: 'Another' })] },
    signIns: { 'which it is': { app: 'Field Work', comes: 'granted' }, 'which it is not': { app: 'Another', comes: '53009' } },
  },
  'a device filter that includes': {
    policy: policy('P', { ...conditions({ devices: { deviceFilter: { mode: 'include', rule: 'device.model -startsWith "K-" -or device.systemLabels -contains "Kiosk"' } } }), grantControls: block }),
    signIns: { 'on the kiosk': { signals: 'device=Kiosk', comes: '53003' }, 'on the laptop': { signals: 'device=Laptop', comes: 'granted' }, 'on no device': { comes: 'granted' } },
  },
  'a device filter that leaves out': {
    policy: policy('P', { ...conditions({ devices: { deviceFilter: { mode: 'exclude', rule: 'device.isCompliant -eq True -or device.trustType -eq "ServerAD"' } } }), grantControls: block }),
    signIns: { 'on the laptop': { signals: 'device=Laptop', comes: 'granted' }, 'on the desktop': { signals: 'device=Desktop', comes: 'granted' }, 'on no device': { comes: '53003' } },
  },
  'insider risk': {
    policy: policy('P', { ...conditions({ insiderRiskLevels: 'moderate,elevated' }), grantControls: block }),
    signIns: { 'elevated': { signals: 'insiderRiskLevel=elevated', comes: '53003' }, 'minor': { signals: 'insiderRiskLevel=minor', comes: 'granted' }, 'none': { comes: 'granted' } },
  },
  'sign-in risk': {
    policy: policy('P', { ...conditions({ signInRiskLevels: ['medium', 'high'] }), grantControls: mfa }),
    signIns: {
      'medium': { signals: 'signInRiskLevel=medium', comes: 'one-time-code' },
      'low': { signals: 'signInRiskLevel=low', comes: 'granted' },
      'high, and nothing registered': { user: 'bob', signals: 'signInRiskLevel=high', comes: '53004' },
    },
  },
  'a platform': {
    policy: policy('P', { ...conditions({ platforms: { includePlatforms: ['all'], excludePlatforms: ['windows', 'macOS'] } }), grantControls: block }),
    signIns: { 'iOS': { signals: 'platform=iOS', comes: '53003' }, 'windows': { signals: 'platform=windows', comes: 'granted' }, 'one that cannot be told': { comes: '53003' } },
  },
  'the compliant network left out': {
    policy: policy('P', { ...conditions({ locations: { includeLocations: ['All'], excludeLocations: ['Compliant network'] } }), grantControls: block }),
    tenant: { namedLocations: [{ '@odata.type': '#microsoft.graph.compliantNetworkNamedLocation', 'displayName': 'Compliant network', 'compliantNetworkType': 'allTenantCompliantNetworks', 'isTrusted': true }] },
    signIns: { 'through it': { signals: 'compliantNetwork=true', comes: 'granted' }, 'past it': { comes: '53003' } },
  },
  'a country by phone': {
    policy: policy('P', { ...conditions({ locations: { includeLocations: ['Germany by phone'] } }), grantControls: block }),
    tenant: { namedLocations: [{ displayName: 'Germany by phone', countriesAndRegions: ['DE'], countryLookupMethod: 'authenticatorAppGps' }] },
    signIns: { 'the phone is there': { signals: 'gpsCountry=DE', comes: '53003' }, 'the address alone': { signals: 'country=DE', comes: 'granted' } },
  },
  'authentication that is carried over': {
    policy: policy('P', { ...conditions({ authenticationFlows: { transferMethods: 'authenticationTransfer' } }), grantControls: block }),
    signIns: { 'from another device': { signals: 'transferMethod=authenticationTransfer', comes: '53003' }, 'on this one': { signals: 'transferMethod=none', comes: 'granted' } },
  },
  'a user action': {
    policy: policy('P', { ...conditions({ applications: { includeUserActions: ['urn:user:registerdevice'] } }), grantControls: mfa }),
    signIns: { 'an application': { comes: 'granted' }, 'a device is registered': { app: 'Device Registration Service', comes: 'one-time-code' } },
  },
  'security information registered': {
    policy: policy('P', { ...conditions({ applications: { includeUserActions: ['urn:user:registersecurityinfo'] } }), grantControls: block }),
    signIns: { 'an application': { comes: 'granted' }, 'security information is looked after': { app: '19db86c3-b2b9-44cc-b339-36da233a3be2', comes: '53003' } },
  },
}

describe.each(Object.entries(tales))('a policy about %s', (_, tale) => {
  const story = (): Promise<Story> => newStory(server.mock, {
    devices, settings: { kmsiPromptEnabled: false }, ...tale.tenant, conditionalAccessPolicies: [tale.policy],
  })

  test.each(Object.entries(tale.signIns))('%s', async (_name, { user = 'alice', signals, app, comes }) => {
    const told = await story()
    const browser = visitor(server.mock, { signals: signals?.startsWith('{') ? signals : [`ipAddress=${places.office}`, ...(signals ? [signals] : [])].join('; ') })
    const { clientId, scope } = await clientFor(told, app)
    await ask(told, browser, clientId, scope)
    await browser.signIn(`${user}@contoso.example`)

    expect(standing(browser.page), browser.page.text).toBe(comes)
    const row = (await logOf(told)).at(-1)!
    const result = resultsIn(row).P
    expect(row.status.errorCode === 0).toBe(comes === 'granted')
    if (comes !== 'granted') expect(result).toBe('failure')
    else expect(result).toMatch(/^(success|notApplied)$/)
  })
})

/** An application of the story, or Sales Mobile asking for a service. */
async function clientFor(story: Story, app: string | undefined): Promise<{ clientId: string; scope: Record<string, string> }> {
  const { body } = await story.control('GET', '/snapshot')
  const own = (body.applications as { displayName: string; appId: string }[]).find(({ displayName }) => displayName === app)
  const isService = app !== undefined && own === undefined
  const service = app === 'Device Registration Service' ? '01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9' : app

  return { clientId: own?.appId ?? apps.salesMobile, scope: isService ? { scope: `openid ${service}/.default` } : {} }
}

import { describe, expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { ask, block, logOf, patchTenant, policies, policy, resultsIn, setPolicies, standing } from './telling.ts'

const server = useMock()
const trustedIps = ['192.0.2.0/25']
const headOffice = 'Head office'

/** Where Alice is, what the tenant trusts, and whether Sales Hub opens. */
const cases: Record<string, { at: string; trustedIps: readonly string[]; isTrusted: boolean }> = {
  'a trusted named location': { at: places.office, trustedIps: [], isTrusted: true },
  'the same over IPv6': { at: '2001:db8:100::7', trustedIps: [], isTrusted: true },
  'IPv6 just outside of it': { at: '2001:db8:101::7', trustedIps: [], isTrusted: false },
  'a named location that is not trusted': { at: places.cafe, trustedIps: [], isTrusted: false },
  'an MFA trusted IP': { at: places.mfaTrusted, trustedIps, isTrusted: true },
  'the same address where nobody trusts it': { at: places.mfaTrusted, trustedIps: [], isTrusted: false },
  'the address after the last trusted one': { at: '192.0.2.128', trustedIps, isTrusted: false },
  'an address no location holds': { at: places.abroad, trustedIps, isTrusted: false },
}

test.for(Object.entries(cases))('AllTrusted and %s', async ([, { at, trustedIps: ips, isTrusted }]) => {
  const story = await newStory(server.mock)
  await patchTenant(story, { mfaServiceSettings: { trustedIps: ips } })
  const alice = visitor(server.mock, { signals: `ipAddress=${at}` })
  await ask(story, alice, apps.salesHub)
  await alice.signIn('alice@contoso.example')

  expect(standing(alice.page)).toBe(isTrusted ? 'granted' : '53003')
  expect(resultsIn((await logOf(story)).at(-1))).toMatchObject({ [policies.salesHubOnlyFromTrusted]: isTrusted ? 'notApplied' : 'failure' })
})

test('the log says that it was an MFA trusted IP', async () => {
  const story = await newStory(server.mock)
  await patchTenant(story, { mfaServiceSettings: { trustedIps } })
  const dave = visitor(server.mock, { signals: `ipAddress=${places.mfaTrusted}` })
  await ask(story, dave, apps.salesHub)
  await dave.signIn('dave@contoso.example')

  expect(dave.page.answer, 'MFA outside trusted locations does not ask him').toHaveProperty('code')
  expect((await logOf(story)).at(-1)).toMatchObject({ networkLocationDetails: [{ networkType: 'trusted', networkNames: ['Multifactor authentication trusted IPs'] }] })
})

describe('an exclusion outweighs an inclusion', () => {
  const everywhere = policy('Nobody, nowhere', { grantControls: block })

  /** Who is refused by a policy for all that leaves somebody out. */
  const exclusions: Record<string, { conditions: Record<string, unknown>; user: string; isRefused: boolean }> = {
    'a group of break glass users is left out': { conditions: {}, user: 'breakglass', isRefused: false },
    'everybody else is meant': { conditions: {}, user: 'alice', isRefused: true },
    'a user included by name and left out by group is left out': {
      conditions: { users: { includeUsers: ['alice@contoso.example'], excludeGroups: ['Sales'] } }, user: 'alice', isRefused: false,
    },
    'a role is left out': { conditions: { users: { includeUsers: ['All'], excludeRoles: ['Global Administrator'] } }, user: 'carol', isRefused: false },
    'guests are left out': {
      conditions: { users: { includeUsers: ['All'], excludeUsers: ['GuestsOrExternalUsers'] } }, user: 'erin', isRefused: false,
    },
    'a location is left out': { conditions: { locations: { includeLocations: ['All'], excludeLocations: [headOffice] } }, user: 'alice', isRefused: false },
    'a location that is both is left out': {
      conditions: { locations: { includeLocations: [headOffice], excludeLocations: [headOffice] } }, user: 'alice', isRefused: false,
    },
    'the platform is left out': {
      conditions: { platforms: { includePlatforms: ['all'], excludePlatforms: ['iOS'] } }, user: 'alice', isRefused: false,
    },
  }

  test.for(Object.entries(exclusions))('%s', async ([, { conditions, user, isRefused }]) => {
    const story = await newStory(server.mock)
    await setPolicies(story, { ...everywhere, conditions: { ...(everywhere.conditions as object), ...conditions } })
    const browser = visitor(server.mock, { signals: `ipAddress=${places.office}; platform=iOS` })
    await ask(story, browser, apps.salesHub)
    await browser.signIn(`${user}@contoso.example`)

    expect(standing(browser.page)).toBe(isRefused ? '53003' : 'granted')
  })
})

test.for([['legacy', true], ['enforced', false]] as const)('an application that is left out is free of the policy under the %s rule for low-privilege scopes: %s', async ([rule, isFree]) => {
  const story = await newStory(server.mock)
  await setPolicies(story, policy('All but Sales Hub', { conditions: { applications: { includeApplications: ['All'], excludeApplications: ['Sales Hub'] } }, grantControls: block }))
  await patchTenant(story, { settings: { lowPrivilegeScopeEnforcement: rule } })
  const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await ask(story, alice, apps.salesHub, { scope: 'openid profile' })
  await alice.signIn('alice@contoso.example')

  expect(standing(alice.page)).toBe(isFree ? 'granted' : '53003')
})

test('Break Glass is never asked and never refused, wherever', async () => {
  const story = await newStory(server.mock)
  for (const at of [places.cafe, places.abroad, places.korea]) {
    const breakGlass = visitor(server.mock, { signals: `ipAddress=${at}` })
    await ask(story, breakGlass, apps.salesHub)
    await breakGlass.signIn('breakglass@contoso.example')
    expect(breakGlass.page.answer, at).toHaveProperty('code')
  }
  const rows = await logOf(story)
  expect(rows.every((row) => Object.values(resultsIn(row)).every((result) => /^(reportOnly)?not(Applied|Enabled)$/i.test(result)))).toBe(true)
})

test('Carol the administrator is asked for a code everywhere, the office included', async () => {
  const story = await newStory(server.mock)
  const carol = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await ask(story, carol, apps.salesSpa)
  await carol.signIn('carol@contoso.example')
  expect(carol.page.step).toBe('one-time-code')
})

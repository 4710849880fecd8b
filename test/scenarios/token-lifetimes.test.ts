import { describe, expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { claimsIn, patchTenant, refresh, tokensOf } from './telling.ts'

const server = useMock()
const minutes = (count: number) => count * 60
const atTheOffice = { signals: `ipAddress=${places.office}` }
const daveAt = (story: Story, app: string) => tokensOf(story, visitor(server.mock, atTheOffice), 'dave@contoso.example', app)

/** Tokens are dated five minutes back, as Entra dates them: for clocks that run late. */
const datedBack = 300

const lifetimeOf = (token: string | undefined) => {
  const { exp = 0, iat = 0 } = claimsIn(token) as { exp?: number; iat?: number }

  return exp - iat - datedBack
}

test('by default an access token lives 60 to 90 minutes, by chance, and an ID token an hour', async () => {
  const story = await newStory(server.mock)
  const tokens = await daveAt(story, apps.salesMobile)
  const lifetimes = [tokens.expires_in ?? 0]
  for (let time = 0; time < 7; time += 1) lifetimes.push((await refresh(story, apps.salesMobile, tokens, places.office)).body.expires_in ?? 0)

  expect(Math.min(...lifetimes)).toBeGreaterThanOrEqual(minutes(60))
  expect(Math.max(...lifetimes)).toBeLessThanOrEqual(minutes(90))
  expect(new Set(lifetimes).size, 'no two need be alike').toBeGreaterThan(1)
  expect(lifetimeOf(tokens.id_token)).toBe(minutes(60))
  expect(Math.abs(lifetimeOf(tokens.access_token) - (tokens.expires_in ?? 0))).toBeLessThanOrEqual(1)
})

test('the session timeout of Sales Hub is the lifetime of its tokens, also when they are renewed', async () => {
  const story = await newStory(server.mock)
  const tokens = await daveAt(story, apps.salesHub)
  expect([tokens.expires_in, lifetimeOf(tokens.id_token), lifetimeOf(tokens.access_token)]).toEqual([minutes(480), minutes(480), minutes(480)])

  const { body: renewed } = await refresh(story, apps.salesHub, tokens, places.office)
  expect([renewed.expires_in, lifetimeOf(renewed.id_token)]).toEqual([minutes(480), minutes(480)])
})

describe('a token lifetime policy', () => {
  const written = (displayName: string, lifetime: string, isOrganizationDefault = false) => ({
    displayName,
    isOrganizationDefault,
    definition: [JSON.stringify({ TokenLifetimePolicy: { Version: 1, AccessTokenLifetime: lifetime } })],
  })

  async function applicationsOf(story: Story): Promise<Record<string, unknown>[]> {
    const { body } = await story.control('GET', '/snapshot')

    return body.applications as Record<string, unknown>[]
  }

  /** Policies of the tenant, what an application is given, and how long its tokens live. */
  const cases: Record<string, { policies: Record<string, unknown>[]; ofMobile?: string; licence?: string; seconds: number }> = {
    'of an application': { policies: [written('Eight hours', '08:00:00')], ofMobile: 'Eight hours', seconds: minutes(480) },
    'in minutes beyond an hour': { policies: [written('An hour and a half', '00:90:00')], ofMobile: 'An hour and a half', seconds: minutes(90) },
    'of the organization is for every application': { policies: [written('All', '02:00:00', true)], seconds: minutes(120) },
    'of the organization outweighs the application\'s': { policies: [written('All', '02:00:00', true), written('Own', '08:00:00')], ofMobile: 'Own', seconds: minutes(120) },
    'lasts no less than ten minutes': { policies: [written('Short', '00:01:00')], ofMobile: 'Short', seconds: minutes(10) },
    'lasts no longer than a day': { policies: [written('Long', '2.00:00:00')], ofMobile: 'Long', seconds: minutes(1440) },
  }

  test.for(Object.entries(cases))('%s', async ([, { policies, ofMobile, seconds }]) => {
    const story = await newStory(server.mock)
    await patchTenant(story, { tokenLifetimePolicies: policies })
    const applications = await applicationsOf(story)
    await patchTenant(story, { applications: applications.map((app) => (app.appId === apps.salesMobile && ofMobile ? { ...app, tokenLifetimePolicy: ofMobile } : app)) })
    const tokens = await daveAt(story, apps.salesMobile)

    expect(tokens.expires_in).toBe(seconds)
    expect(lifetimeOf(tokens.id_token)).toBe(seconds)
  })

  test('yields to the session timeout of an application', async () => {
    const story = await newStory(server.mock)
    await patchTenant(story, { tokenLifetimePolicies: [written('All', '02:00:00', true)] })

    expect((await daveAt(story, apps.salesHub)).expires_in).toBe(minutes(480))
  })

  test('needs a licence', async () => {
    const story = await newStory(server.mock)
    await patchTenant(story, { tokenLifetimePolicies: [written('All', '08:00:00', true)] })
    await patchTenant(story, { licence: 'none' })

    expect((await daveAt(story, apps.salesMobile)).expires_in).toBeLessThanOrEqual(minutes(90))
  })
})

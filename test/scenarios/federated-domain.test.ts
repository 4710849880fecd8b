import { describe, expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { ask, logOf, patchTenant, standing } from './telling.ts'

const server = useMock()
const fiona = 'fiona@fed.contoso.example'
const trusting = { mfaServiceSettings: { trustedIps: ['192.0.2.0/25'] } }

async function homeMfa(story: Story, mfaEnabled: boolean): Promise<void> {
  await patchTenant(story, { domains: [{ id: 'fed.contoso.example', federation: { mfaEnabled } }] })
}

async function fionaFrom(story: Story, signals: string) {
  const browser = visitor(server.mock, { signals })
  await ask(story, browser, apps.salesHub)
  await browser.signIn(fiona)

  return browser
}

test('a federated user gives the password on the home provider\'s page', async () => {
  const story = await newStory(server.mock)
  const browser = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await ask(story, browser, apps.salesHub)
  await browser.submit({ username: fiona })

  expect(browser.page.step).toBe('password')
  expect(browser.page.text).toContain('of your home organization')
  const { body } = await story.control('GET', '/tenant')
  const domain = (body.domains as { id: string; federation: { displayName?: string } | null }[]).find(({ id }) => id === 'fed.contoso.example')
  expect(browser.page.text).toContain(domain?.federation?.displayName ?? 'fed.contoso.example')
})

/** What an application may say of the domain its users are of, and whose page asks for the name. */
const hints: Record<string, { hint: string; says: string; not?: string }> = {
  'a federated domain, in any case: its provider': { hint: 'FED.contoso.example', says: 'with your home organization, Contoso home sign-in' },
  'a managed domain: nobody else': { hint: 'contoso.example', says: 'to continue to Sales Hub', not: 'home organization' },
  'a domain of nobody: nobody else': { hint: 'fabrikam.example', says: 'to continue to Sales Hub', not: 'home organization' },
}

test.for(Object.entries(hints))('domain_hint names %s', async ([, { hint, says, not = 'nothing of the sort' }]) => {
  const story = await newStory(server.mock)
  const browser = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await ask(story, browser, apps.salesHub, { domain_hint: hint })

  expect(browser.page.text).toContain(says)
  expect(browser.page.text).not.toContain(not)
  await browser.signIn(fiona)
  expect(standing(browser.page)).toBe('granted')
})

test('domain_hint picks the account of that domain where others are signed in, too, and nobody where none is of it', async () => {
  const story = await newStory(server.mock)
  const browser = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  const silently = async (more: Record<string, string>) => standing((await ask(story, browser, apps.salesHub, { prompt: 'none', ...more })).page)
  await ask(story, browser, apps.salesHub)
  await browser.signIn('alice@contoso.example')
  expect(await silently({ domain_hint: 'fed.contoso.example' })).toBe('50058')

  await ask(story, browser, apps.salesHub, { domain_hint: 'fed.contoso.example' })
  expect(browser.page.text).toContain('with your home organization')
  await browser.signIn(fiona)
  expect(standing(browser.page)).toBe('granted')
  expect(await silently({})).toBe('16000')
  expect(await silently({ domain_hint: 'fed.contoso.example' })).toBe('granted')
  expect(await silently({ domain_hint: 'contoso.example' })).toBe('16000')
})

/** Where MFA at home is on or off, what the place is, and whether Sales Hub opens for Fiona. */
const cases: Record<string, { mfaEnabled: boolean; signals: string; isLetIn: boolean }> = {
  'MFA at home, an MFA trusted IP: in': { mfaEnabled: true, signals: `ipAddress=${places.mfaTrusted}`, isLetIn: true },
  'no MFA at home, the same IP: out': { mfaEnabled: false, signals: `ipAddress=${places.mfaTrusted}`, isLetIn: false },
  'no MFA at home, a trusted named location: in': { mfaEnabled: false, signals: `ipAddress=${places.office}`, isLetIn: true },
  'MFA at home, the café: out': { mfaEnabled: true, signals: `ipAddress=${places.cafe}`, isLetIn: false },
}

test.for(Object.entries(cases))('%s', async ([, { mfaEnabled, signals, isLetIn }]) => {
  const story = await newStory(server.mock)
  await patchTenant(story, trusting)
  await homeMfa(story, mfaEnabled)
  const browser = await fionaFrom(story, signals)

  expect(standing(browser.page)).toBe(isLetIn ? 'granted' : '53003')
})

test('the intranet claim opens the door where the tenant says so, and not otherwise', async () => {
  const story = await newStory(server.mock)
  await patchTenant(story, { mfaServiceSettings: { skipMfaForFederatedUsersOnIntranet: true } })
  const signals = `ipAddress=${places.cafe}; insideCorporateNetwork=true`
  expect((await fionaFrom(story, signals)).page.answer).toHaveProperty('code')

  await patchTenant(story, { mfaServiceSettings: { skipMfaForFederatedUsersOnIntranet: false } })
  expect((await fionaFrom(story, signals)).page.text).toContain('53003')
})

describe('with MFA at home switched off', () => {
  test('the decision says why the address did not count', async () => {
    const story = await newStory(server.mock)
    await patchTenant(story, trusting)
    await homeMfa(story, false)
    const { body } = await story.control('POST', '/sign-ins', { user: 'fiona', client: 'Sales Hub', signals: { ipAddress: places.mfaTrusted } })

    expect(body).toMatchObject({ outcome: 'blocked', error: { code: 53003 } })
    expect(JSON.stringify(body.why)).toMatch(/fed\.contoso\.example|home|federat/i)
  })

  test('skipping MFA on the intranet cannot be switched on: a sentence says why', async () => {
    const story = await newStory(server.mock)
    await homeMfa(story, false)
    const { status, body } = await story.control('PATCH', '/tenant', { mfaServiceSettings: { skipMfaForFederatedUsersOnIntranet: true } })

    expect(status).toBe(400)
    expect((body.error as { message: string }).message).toContain('fed.contoso.example')
  })

  test('Alice of the managed domain is as trusted there as ever', async () => {
    const story = await newStory(server.mock)
    await patchTenant(story, trusting)
    await homeMfa(story, false)
    const alice = visitor(server.mock, { signals: `ipAddress=${places.mfaTrusted}` })
    await ask(story, alice, apps.salesHub)
    await alice.signIn('alice@contoso.example')

    expect(alice.page.answer).toHaveProperty('code')
  })
})

test('her row of the log shows no secret and her own name', async () => {
  const story = await newStory(server.mock)
  await fionaFrom(story, `ipAddress=${places.office}`)
  const rows = await logOf(story)

  expect(rows.at(-1)).toMatchObject({ userPrincipalName: fiona, status: { errorCode: 0 } })
  expect(JSON.stringify(rows)).not.toContain('Portcullis1!')
})

import { describe, expect, test } from 'vitest'
import { apps, changeApplication, newStory, people, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { graphAt } from '../graph/ask.ts'
import type { Json } from '../graph/ask.ts'
import { visitor } from '../support/visitor.ts'
import type { Visitor } from '../support/visitor.ts'
import { ask, claimsIn, endpoint, from, logOf, redeem, standing } from './telling.ts'

/** Who lets an application do what: the user for oneself, an administrator for everybody, and for some things only an administrator. */
const server = useMock()
const atTheOffice = { signals: `ipAddress=${places.office}` }
const [alice, admin] = ['alice@contoso.example', 'breakglass@contoso.example']
const graph = '00000003-0000-0000-c000-000000000000'

async function asking(story: Story, user: string, scope: string, more: Record<string, string> = {}, browser: Visitor = visitor(server.mock, atTheOffice)) {
  const request = await ask(story, browser, apps.salesMobile, { scope: `openid ${scope}`, ...more })
  if (browser.page.step !== 'consent') await browser.signIn(user)

  return { browser, request }
}

/** Where a user stands who asks for it silently, who has signed in for nothing but a name. */
async function silently(story: Story, user: string, scope: string): Promise<string> {
  const { browser } = await asking(story, user, '')
  const { page } = await ask(story, browser, apps.salesMobile, { scope: `openid ${scope}`, prompt: 'none' })

  return standing(page)
}

describe('a permission that a user may grant', () => {
  test('is asked for once, named in words, and is that user\'s alone', async () => {
    const story = await newStory(server.mock)
    const { browser, request } = await asking(story, alice, 'Mail.Read')
    expect(browser.page.step).toBe('consent')
    expect(browser.page.text).toContain('Read your mail')
    expect(browser.page.root.querySelector('input[name=organization]'), 'she speaks for herself').toBeNull()
    await browser.submit({})
    const { body } = await redeem(story, request, browser.page)

    expect(claimsIn(body.access_token).scp).toContain('Mail.Read')
    expect(await silently(story, alice, 'Mail.Read')).toBe('granted')
    expect(await silently(story, 'dave@contoso.example', 'Mail.Read')).toBe('65001')
  })

  test('asked for silently without consent, and with a refresh, is 65001 with the word for it', async () => {
    const story = await newStory(server.mock)
    const { browser } = await asking(story, alice, 'offline_access')
    const { page } = await ask(story, browser, apps.salesMobile, { scope: 'openid Mail.Read', prompt: 'none' })
    expect(page.answer).toMatchObject({ error: 'consent_required', suberror: 'consent_required', error_uri: `${server.mock.http}/error?code=65001`, state: 's' })

    const request = await ask(story, browser, apps.salesMobile, { scope: 'openid offline_access' })
    const { body } = await redeem(story, request, browser.page)
    const renewed = await story.token({ grant_type: 'refresh_token', client_id: apps.salesMobile, refresh_token: body.refresh_token ?? '', scope: 'Mail.Read' }, from(places.office))
    expect(renewed).toMatchObject({ status: 400, body: { error: 'invalid_grant', suberror: 'consent_required', error_codes: [65001] } })
  })

  test('that is declined goes back as access_denied, 65004, and is asked again', async () => {
    const story = await newStory(server.mock)
    const { browser } = await asking(story, alice, 'Mail.Read')
    const cancel = browser.page.root.querySelectorAll('button[formaction]').map((button) => button.getAttribute('formaction') ?? '').find((action) => action.endsWith('/cancel')) ?? ''
    browser.page.root.querySelector('main form')?.setAttribute('action', cancel)
    await browser.submit({})
    expect(browser.page.answer).toMatchObject({ error: 'access_denied', error_subcode: 'cancel', error_description: expect.stringMatching(/^AADSTS65004/) as string })

    expect((await asking(story, alice, 'Mail.Read', {}, browser)).browser.page.step).toBe('consent')
  })

  test('is asked for again where the application wants that: prompt=consent', async () => {
    const story = await newStory(server.mock)
    const { browser } = await asking(story, alice, 'User.Read')
    expect(standing(browser.page)).toBe('granted')
    await ask(story, browser, apps.salesMobile, { scope: 'openid User.Read', prompt: 'consent' })

    expect(browser.page.step).toBe('consent')
    await browser.submit({})
    expect(standing(browser.page)).toBe('granted')
  })

  test('is not granted for everybody by whoever ticks a box that was not there', async () => {
    const story = await newStory(server.mock)
    const { browser } = await asking(story, alice, 'Mail.Read')
    await browser.submit({ organization: 'yes' })

    expect(standing(browser.page)).toBe('granted')
    expect(await silently(story, 'dave@contoso.example', 'Mail.Read')).toBe('65001')
  })
})

describe('a permission that only an administrator may grant', () => {
  test('is refused to everybody else on a page: need admin approval, 90094', async () => {
    const story = await newStory(server.mock)
    const { browser } = await asking(story, alice, 'User.ReadWrite.All')

    expect(browser.page.title).toContain('Need admin approval')
    expect(browser.page.text).toContain('90094')
    expect(await silently(story, alice, 'User.ReadWrite.All')).toBe('65001')
  })

  test('an administrator grants for oneself, or for everybody', async () => {
    const story = await newStory(server.mock)
    const first = await asking(story, admin, 'User.ReadWrite.All')
    expect(first.browser.page.text).toContain('Consent on behalf of everybody in Contoso')
    await first.browser.submit({})
    expect(await silently(story, admin, 'User.ReadWrite.All')).toBe('granted')
    expect(await silently(story, alice, 'User.ReadWrite.All')).toBe('65001')

    const { browser } = await asking(story, admin, 'Mail.Read')
    await browser.submit({ organization: 'yes' })
    expect(await silently(story, alice, 'Mail.Read')).toBe('granted')
    expect(await silently(story, alice, 'User.Read'), 'what was granted before still is').toBe('granted')

    const { body: { token } } = await story.control('POST', '/tokens', { claims: { aud: 'https://graph.microsoft.com', oid: people.carol, scp: 'AuditLog.Read.All Directory.Read.All' } })
    const { body } = await graphAt(server.mock.http!, { authorization: `Bearer ${String(token)}` }).get('/auditLogs/directoryAudits?$orderby=activityDateTime')
    expect(body.value.map(({ activityDisplayName, initiatedBy, targetResources: [to] }: Json) => [activityDisplayName, initiatedBy.user?.userPrincipalName, to.modifiedProperties[1].newValue])).toEqual([
      ['Add delegated permission grant', admin, '"Principal"'],
      // What there was is told as withdrawn, and as granted with what was added.
      ['Remove delegated permission grant', admin, null],
      ['Add delegated permission grant', admin, '"AllPrincipals"'],
    ])
  })

  test('an API says itself which of its permissions these are', async () => {
    const story = await newStory(server.mock)
    await changeApplication(story, apps.salesApi, { api: { oauth2PermissionScopes: [{ value: 'Orders.Read', type: 'User' }, { value: 'Orders.Purge', type: 'Admin' }] } })

    expect((await asking(story, alice, 'api://sales-api/Orders.Purge')).browser.page.text).toContain('90094')
  })

  test('grants nothing to whoever sends the form all the same', async () => {
    const story = await newStory(server.mock)
    const scope = 'api://sales-api/Orders.Read'
    await changeApplication(story, apps.salesMobile, { consents: [] })
    const { browser } = await asking(story, alice, scope)
    expect(browser.page.step).toBe('consent')
    await changeApplication(story, apps.salesApi, { api: { oauth2PermissionScopes: [{ value: 'Orders.Read', type: 'Admin' }] } })
    await browser.submit({ organization: 'yes' })

    expect(browser.page.text).toContain('90094')
    expect(await silently(story, alice, scope)).toBe('65001')
  })
})

test('a sign-in without a browser is told what is left: the user\'s word, or an administrator\'s', async () => {
  const story = await newStory(server.mock)
  const of = async (user: string, scope: string) => (await story.control('POST', '/sign-ins', { user, client: 'Sales Mobile', scope, signals: { ipAddress: places.office } })).body

  expect(await of('alice', 'openid Mail.Read')).toMatchObject({ outcome: 'interrupted', error: { code: 65001 } })
  expect(await of('alice', 'openid User.ReadWrite.All')).toMatchObject({ outcome: 'failed', error: { code: 90094 } })
  expect(await of('breakglass', 'openid User.ReadWrite.All')).toMatchObject({ outcome: 'interrupted', error: { code: 65001 } })
})

test('an API may have agreed to an application itself: nobody is asked, for what it names', async () => {
  const story = await newStory(server.mock)
  const ids = { read: crypto.randomUUID(), write: crypto.randomUUID() }
  await changeApplication(story, apps.salesApi, {
    api: {
      oauth2PermissionScopes: [{ id: ids.read, value: 'Orders.Read' }, { id: ids.write, value: 'Orders.Write' }],
      preAuthorizedApplications: [{ appId: apps.salesMobile, delegatedPermissionIds: [ids.read] }],
    },
  })
  await changeApplication(story, apps.salesMobile, { consents: [] })

  expect(await silently(story, alice, 'api://sales-api/Orders.Read')).toBe('granted')
  expect(await silently(story, alice, 'api://sales-api/.default')).toBe('granted')
  expect(await silently(story, alice, 'api://sales-api/Orders.Write')).toBe('65001')
})

describe('what is missing is in the log of sign-ins', () => {
  const rows = async (story: Story) => (await logOf(story)).map(({ status, conditionalAccessStatus, isInteractive }) => [status.errorCode, conditionalAccessStatus, isInteractive])

  test('while the user is asked, and once more when all is granted', async () => {
    const story = await newStory(server.mock)
    const { browser } = await asking(story, alice, 'Mail.Read')
    expect(await rows(story)).toEqual([[65001, 'notApplied', true]])
    await browser.submit({})

    expect(await rows(story)).toEqual([[65001, 'notApplied', true], [0, 'notApplied', true]])
  })

  test('where nobody can be asked', async () => {
    const story = await newStory(server.mock)
    expect(await silently(story, alice, 'Mail.Read')).toBe('65001')

    expect((await rows(story)).at(-1)).toEqual([65001, 'notApplied', false])
  })

  test('where only an administrator could agree: the page names the row', async () => {
    const story = await newStory(server.mock)
    const { browser } = await asking(story, alice, 'User.ReadWrite.All')
    const [row, ...more] = await logOf(story)

    expect([row?.status.errorCode, more]).toEqual([90094, []])
    expect(browser.page.text).toContain(String(row?.id))
  })
})

describe('.default', () => {
  const required = { requiredResourceAccess: [{ resourceAppId: graph, resourceAccess: [{ id: '570282fd-fa5c-430d-a7fd-fc8dc98a9dca', type: 'Scope' }, { id: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d', type: 'Scope' }] }] }

  test('stands for what the registration requires: it is asked for at the first sign-in, and the token has it', async () => {
    const story = await newStory(server.mock)
    await changeApplication(story, apps.salesMobile, required)
    const { browser, request } = await asking(story, alice, 'https://graph.microsoft.com/.default')
    expect(browser.page.step).toBe('consent')
    expect(browser.page.text).toContain('Read your mail')
    await browser.submit({})
    const { body } = await redeem(story, request, browser.page)

    expect(String(claimsIn(body.access_token).scp).split(' ')).toEqual(expect.arrayContaining(['Mail.Read', 'User.Read']))
  })

  test('asks nothing where everything is granted, or nothing is required', async () => {
    const story = await newStory(server.mock)

    expect(standing((await asking(story, alice, 'https://graph.microsoft.com/.default')).browser.page)).toBe('granted')
  })
})

describe('the endpoint for administrators\' consent', () => {
  const address = (story: Story, path: string, more: Record<string, string> = {}) =>
    `${endpoint(story, path)}?${new URLSearchParams({ client_id: apps.salesMobile, redirect_uri: 'http://localhost:3999/granted', state: 'a b', ...more })}`

  test('grants to everybody, and says so to the application', async () => {
    const story = await newStory(server.mock)
    const browser = visitor(server.mock, atTheOffice)
    await browser.open(address(story, '/v2.0/adminconsent', { scope: 'https://graph.microsoft.com/Mail.Read' }))
    await browser.signIn(admin)
    expect(browser.page.step).toBe('consent')
    expect(browser.page.text).toContain('for everybody in Contoso')
    await browser.submit({})

    expect(browser.page.url).toMatch(/^http:\/\/localhost:3999\/granted\?/)
    expect(browser.page.answer).toEqual({ admin_consent: 'True', tenant: story.tenantId, scope: 'https://graph.microsoft.com/Mail.Read', state: 'a b' })
    expect(await silently(story, alice, 'Mail.Read')).toBe('granted')
  })

  test('of v1 grants what the registration requires', async () => {
    const story = await newStory(server.mock)
    await changeApplication(story, apps.salesMobile, { requiredResourceAccess: [{ resourceAppId: graph, resourceAccess: [{ id: '570282fd-fa5c-430d-a7fd-fc8dc98a9dca', type: 'Scope' }] }] })
    const browser = visitor(server.mock, atTheOffice)
    await browser.open(address(story, '/adminconsent'))
    await browser.signIn(admin)
    await browser.submit({})

    expect(browser.page.answer).toMatchObject({ admin_consent: 'True', tenant: story.tenantId })
    expect(await silently(story, alice, 'Mail.Read')).toBe('granted')
  })

  test('is for administrators, and returns to registered addresses only', async () => {
    const story = await newStory(server.mock)
    const browser = visitor(server.mock, atTheOffice)
    await browser.open(address(story, '/v2.0/adminconsent', { scope: 'Mail.Read' }))
    await browser.signIn(alice)
    expect(browser.page.text).toContain('90094')

    const stranger = await visitor(server.mock).open(address(story, '/v2.0/adminconsent', { redirect_uri: 'https://evil.example/granted' }))
    expect([stranger.status, stranger.text]).toEqual([400, expect.stringContaining('50011')])
  })
})

test('what was granted is the user\'s own to see in the directory', async () => {
  const story = await newStory(server.mock)
  const { browser } = await asking(story, alice, 'Mail.Read')
  await browser.submit({})
  const { body } = await story.control('GET', '/snapshot')
  const mobile = (body.applications as { appId: string; userConsents?: unknown }[]).find(({ appId }) => appId === apps.salesMobile)

  expect(JSON.stringify(mobile?.userConsents)).toMatch(new RegExp(`alice@contoso\\.example|${people.alice}`))
})

import { describe, expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { ask, claimsIn, logOf, policy, redeem, refresh, standing, wait } from './telling.ts'

const server = useMock()
const alice = 'alice@contoso.example'
const salesApi = 'api://sales-api/Orders.Read'

type Controls = Record<string, unknown>
const setting = (name: string, sessionControls: Controls, more: Record<string, unknown> = {}) => policy(name, { sessionControls, ...more })
const storyWith = (...conditionalAccessPolicies: readonly Record<string, unknown>[]) =>
  newStory(server.mock, { conditionalAccessPolicies, settings: { kmsiPromptEnabled: true }, devices: [{ displayName: 'Laptop', isCompliant: true, trustType: 'AzureAD' }] })

/** Alice at the office gets a token for Sales API; what it says, and what the log says of it. */
async function tokenFor(story: Story, { signals = '', from = places.office, scope = `openid offline_access ${salesApi}`, claims }: { signals?: string; from?: string; scope?: string; claims?: object } = {}) {
  const browser = visitor(server.mock, { signals: `ipAddress=${from}${signals}` })
  const request = await ask(story, browser, apps.salesMobile, { scope, ...(claims ? { claims: JSON.stringify(claims) } : {}) })
  await browser.signIn(alice)
  expect(standing(browser.page), browser.page.text).toBe('granted')
  const { body } = await redeem(story, request, browser.page)

  return { browser, body, access: claimsIn(body.access_token), id: claimsIn(body.id_token), row: (await logOf(story)).at(-1)! }
}

const enforcedIn = (row: Record<string, unknown>) => (row.appliedConditionalAccessPolicies as { enforcedSessionControls: string[] }[]).flatMap(({ enforcedSessionControls }) => enforcedSessionControls)

describe('what is left to the application is said in its token', () => {
  const restrict = { applicationEnforcedRestrictions: { isEnabled: true } }

  test('restrictions, with what the application tells whom to restrict by', async () => {
    const { access, row } = await tokenFor(await storyWith(setting('Restrict', restrict)))

    expect(access).toMatchObject({ controls: ['app_res'], controls_auds: [apps.salesApi], signin_state: ['inknownntwk'] })
    expect(enforcedIn(row)).toEqual(['AppEnforcedRestrictions'])
  })

  test('a compliant device is told apart', async () => {
    const story = await storyWith(setting('Restrict', restrict))

    expect((await tokenFor(story, { signals: '; device=Laptop' })).access.signin_state).toEqual(['dvc_mngd', 'dvc_cmp', 'inknownntwk'])
    expect((await tokenFor(story, { from: places.cafe })).access).not.toHaveProperty('signin_state')
  })

  test('the proxy, whatever it is to do, together with restrictions', async () => {
    const proxied = { cloudAppSecurity: { isEnabled: true, cloudAppSecurityType: 'blockDownloads' } }
    const { access, row } = await tokenFor(await storyWith(setting('Restrict', restrict), setting('Through the proxy', proxied)))

    expect(access.controls).toEqual(['app_res', 'ca_enf'])
    expect(enforcedIn(row)).toEqual(['AppEnforcedRestrictions', 'CloudAppSecurity'])
  })

  test('an ID token says it to whom asks, and nobody hears of what no policy sets', async () => {
    const claims = { id_token: { controls: null, signin_state: null } }
    const web = policy('Restrict', { sessionControls: restrict })
    expect((await tokenFor(await storyWith(web), { claims })).id).toMatchObject({ controls: ['app_res'], signin_state: ['inknownntwk'] })
    expect((await tokenFor(await storyWith(web))).id).not.toHaveProperty('controls')

    const { access, id } = await tokenFor(await storyWith(), { claims })
    expect([access.controls, access.controls_auds, id.controls]).toEqual([undefined, undefined, undefined])
  })

  test('report-only and disabled policies set nothing', async () => {
    const { access } = await tokenFor(await storyWith(setting('Tried', restrict, { state: 'enabledForReportingButNotEnforced' }), setting('Off', restrict, { state: 'disabled' })))

    expect(access).not.toHaveProperty('controls')
  })

  test('a refreshed token says what policies say by then', async () => {
    const story = await storyWith()
    const { body } = await tokenFor(story)
    await story.control('PATCH', '/tenant', { conditionalAccessPolicies: [setting('Restrict', restrict)] })
    const { body: refreshed } = await refresh(story, apps.salesMobile, body, places.office, { scope: salesApi })

    expect(claimsIn(refreshed.access_token)).toMatchObject({ controls: ['app_res'] })
  })
})

describe('what the decision alone says', () => {
  const cases: Record<string, { readonly policies: readonly Record<string, unknown>[]; readonly session: Record<string, unknown>; readonly log: readonly string[] }> = {
    'no resilience, as soon as one policy says so': {
      policies: [setting('A', { disableResilienceDefaults: true }), setting('B', { persistentBrowser: { isEnabled: true, mode: 'never' } })],
      session: { disableResilienceDefaults: true, persistentBrowser: 'never' }, log: ['DisableResilienceDefaults', 'PersistentBrowserSessionMode'],
    },
    'token protection': { policies: [setting('A', { secureSignInSession: { isEnabled: true } })], session: { secureSignInSession: true }, log: ['SignInTokenProtection'] },
    'the strictest of the proxies': {
      policies: [setting('A', { cloudAppSecurity: { isEnabled: true, cloudAppSecurityType: 'monitorOnly' } }), setting('B', { cloudAppSecurity: { isEnabled: true, cloudAppSecurityType: 'mcasConfigured' } })],
      session: { cloudAppSecurity: 'mcasConfigured' }, log: ['CloudAppSecurity', 'CloudAppSecurity'],
    },
    'strict location before strict enforcement': {
      policies: [setting('A', { continuousAccessEvaluation: { mode: 'strictEnforcement' } }), setting('B', { continuousAccessEvaluation: { mode: 'strictLocation' } })],
      session: { continuousAccessEvaluation: 'strictLocation' }, log: ['ContinuousAccessEvaluation', 'ContinuousAccessEvaluation'],
    },
    'switched off where nobody is strict': { policies: [setting('A', { continuousAccessEvaluation: { mode: 'disabled' } })], session: { continuousAccessEvaluation: 'disabled' }, log: ['ContinuousAccessEvaluation'] },
    'strictness before the switch': {
      policies: [setting('A', { continuousAccessEvaluation: { mode: 'disabled' } }), setting('B', { continuousAccessEvaluation: { mode: 'strictEnforcement' } })],
      session: { continuousAccessEvaluation: 'strictEnforcement' }, log: ['ContinuousAccessEvaluation', 'ContinuousAccessEvaluation'],
    },
    'never before always': {
      policies: [setting('A', { persistentBrowser: { isEnabled: true, mode: 'always' } }), setting('B', { persistentBrowser: { isEnabled: true, mode: 'never' } })],
      session: { persistentBrowser: 'never' }, log: ['PersistentBrowserSessionMode', 'PersistentBrowserSessionMode'],
    },
    'the shortest frequency, and each by its policy': {
      policies: [setting('A', { signInFrequency: { isEnabled: true, value: 2, type: 'days' } }), setting('B', { signInFrequency: { isEnabled: true, value: 4, type: 'hours' } })],
      session: { signInFrequency: { seconds: 14_400, authenticationType: 'primaryAndSecondaryAuthentication' }, signInFrequencies: [{ seconds: 172_800 }, { seconds: 14_400 }] }, log: ['SignInFrequency', 'SignInFrequency'],
    },
    'every time before any period': {
      policies: [setting('A', { signInFrequency: { isEnabled: true, value: 1, type: 'hours' } }), setting('B', { signInFrequency: { isEnabled: true, frequencyInterval: 'everyTime' } })],
      session: { signInFrequency: { seconds: 'everyTime' } }, log: ['SignInFrequency', 'SignInFrequency'],
    },
  }
  test.each(Object.entries(cases))('%s', async (_, { policies, session, log }) => {
    const story = await storyWith(...policies)
    const { body } = await story.control('POST', '/sign-ins', { user: 'alice', client: 'Sales Mobile', signals: { ipAddress: places.office } })

    expect(body.outcome, JSON.stringify(body.error)).toBe('granted')
    expect((body.why as { session: unknown }).session).toMatchObject(session)
    expect(enforcedIn((await logOf(story)).at(-1)!)).toEqual(log)
  })
})

describe('whether the browser stays signed in is settled by policy', () => {
  const persistent = (mode: string) => setting('Persistent browser', { persistentBrowser: { isEnabled: true, mode } })
  /** The browser is closed, and a day later opened again. */
  async function aDayLater(mode: string | null) {
    const story = await storyWith(...(mode === null ? [] : [persistent(mode)]))
    const browser = visitor(server.mock, { signals: `ipAddress=${places.office}` })
    await ask(story, browser, apps.salesHub)
    await browser.submit({ username: alice })
    await browser.submit({ password: 'Portcullis1!' })
    const asked = standing(browser.page)
    if (asked === 'stay-signed-in') await browser.submit({ stay: 'yes' })
    browser.closeBrowser()
    await wait(story, 'PT30H')
    await ask(story, browser, apps.salesHub)

    return { asked, later: standing(browser.page) }
  }

  test('always: the question is not asked, and the answer is yes', async () => expect(await aDayLater('always')).toEqual({ asked: 'granted', later: 'granted' }))
  test('never: the question is not asked, and the answer is no', async () => expect(await aDayLater('never')).toEqual({ asked: 'granted', later: 'user-name' }))
  test('without a policy the user is asked', async () => expect(await aDayLater(null)).toEqual({ asked: 'stay-signed-in', later: 'granted' }))
})

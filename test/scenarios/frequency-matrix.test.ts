import { describe, expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import type { Story, TokenBody } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import type { Visitor } from '../support/visitor.ts'
import { ask, mfa, policy, redeem, refresh, standing, wait } from './telling.ts'

const server = useMock()
const alice = 'alice@contoso.example'

type Frequency = { readonly value?: number; readonly type?: 'hours' | 'days'; readonly frequencyInterval?: 'everyTime'; readonly authenticationType: 'primaryAndSecondaryAuthentication' | 'secondaryAuthentication' }
/** What each way of asking comes to: on a page, silently, and at the token endpoint. */
type Answers = { readonly page: string; readonly silent: string; readonly refresh: string }

const nothing: Answers = { page: 'granted', silent: 'granted', refresh: '200' }
const everything: Answers = { page: 'password', silent: '70044', refresh: '70043' }
const theCode: Answers = { page: 'one-time-code', silent: '50078', refresh: '50078' }
const both = 'primaryAndSecondaryAuthentication'
const second = 'secondaryAuthentication'

const cases: Record<string, { readonly frequency: Frequency; readonly later: string; readonly withMfa: boolean; readonly comes: Answers }> = {
  'hours of both, in time': { frequency: { value: 4, type: 'hours', authenticationType: both }, later: 'PT3H59M', withMfa: true, comes: nothing },
  'hours of both, passed': { frequency: { value: 4, type: 'hours', authenticationType: both }, later: 'PT4H1M', withMfa: true, comes: everything },
  'hours of both, passed, and nobody wants MFA': { frequency: { value: 4, type: 'hours', authenticationType: both }, later: 'PT4H1M', withMfa: false, comes: everything },
  'hours of the second, in time': { frequency: { value: 4, type: 'hours', authenticationType: second }, later: 'PT3H59M', withMfa: true, comes: nothing },
  'hours of the second, passed': { frequency: { value: 4, type: 'hours', authenticationType: second }, later: 'PT4H1M', withMfa: true, comes: theCode },
  'hours of the second, passed, and nobody wants MFA': { frequency: { value: 4, type: 'hours', authenticationType: second }, later: 'PT4H1M', withMfa: false, comes: nothing },
  'days of both, in time': { frequency: { value: 2, type: 'days', authenticationType: both }, later: 'P1DT23H', withMfa: true, comes: nothing },
  'days of both, passed': { frequency: { value: 2, type: 'days', authenticationType: both }, later: 'P2DT1H', withMfa: true, comes: everything },
  'days of the second, in time': { frequency: { value: 2, type: 'days', authenticationType: second }, later: 'P1DT23H', withMfa: true, comes: nothing },
  'days of the second, passed': { frequency: { value: 2, type: 'days', authenticationType: second }, later: 'P2DT1H', withMfa: true, comes: theCode },
  'every time of both, in the five minutes': { frequency: { frequencyInterval: 'everyTime', authenticationType: both }, later: 'PT4M', withMfa: true, comes: nothing },
  'every time of both, after them': { frequency: { frequencyInterval: 'everyTime', authenticationType: both }, later: 'PT6M', withMfa: true, comes: everything },
  'every time of the second, in the five minutes': { frequency: { frequencyInterval: 'everyTime', authenticationType: second }, later: 'PT4M', withMfa: true, comes: nothing },
  'every time of the second, after them': { frequency: { frequencyInterval: 'everyTime', authenticationType: second }, later: 'PT6M', withMfa: true, comes: theCode },
}

describe('a sign-in frequency', () => {
  test.each(Object.entries(cases))('%s', async (_, { frequency, later, withMfa, comes }) => {
    const story = await newStory(server.mock, {
      // Days pass between sign-ins, so the session is one that stays.
      conditionalAccessPolicies: [
        policy('Frequency', { sessionControls: { signInFrequency: { isEnabled: true, ...frequency }, persistentBrowser: { isEnabled: true, mode: 'always' } } }),
        ...(withMfa ? [policy('MFA', { grantControls: mfa })] : []),
      ],
    })
    const browser = visitor(server.mock, { signals: `ipAddress=${places.office}` })
    const tokens = await signedIn(story, browser, withMfa)
    await wait(story, later)

    const silent = standing((await ask(story, browser, apps.salesMobile, { prompt: 'none' })).page)
    const refreshed = await refresh(story, apps.salesMobile, tokens, places.office)
    const page = standing((await ask(story, browser, apps.salesMobile)).page)
    expect({ page, silent, refresh: String(refreshed.body.error_codes?.[0] ?? refreshed.status) }).toEqual(comes)

    // What was asked for, shown once more, settles it.
    await signInAgain(story, browser, withMfa)
    expect(standing(browser.page)).toBe('granted')
    expect(standing((await ask(story, browser, apps.salesMobile, { prompt: 'none' })).page)).toBe('granted')
  })
})

async function signedIn(story: Story, browser: Visitor, withMfa: boolean): Promise<TokenBody> {
  const request = await ask(story, browser, apps.salesMobile)
  await browser.signIn(alice, withMfa ? { code: await story.code('alice') } : {})
  expect(standing(browser.page), browser.page.text).toBe('granted')

  return (await redeem(story, request, browser.page)).body
}

async function signInAgain(story: Story, browser: Visitor, withMfa: boolean): Promise<void> {
  if (browser.page.step === 'password') await browser.submit({ password: 'Portcullis1!' })
  if (browser.page.step === 'one-time-code' && withMfa) await browser.submit({ code: await story.code('alice') })
}

import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { password } from '../support/mock.ts'

/** Somebody in front of a real browser of their own, who reads what the pages say and presses what they offer. */
export type Person = {
  readonly page: Page
  readonly hasScript: boolean
  /** What the browser had to complain about: scripts, security policy, what did not load, what came from elsewhere. */
  readonly complaints: readonly string[]
  /** Chooses a place in the "Where are you?" panel. */
  be(place: string): Promise<void>
  press(button: string): Promise<void>
  /** Picks one of the accounts signed in here. */
  pick(account: string): Promise<void>
  name(user: string): Promise<void>
  password(text?: string): Promise<void>
  code(text: string): Promise<void>
  heading(text: string): Promise<void>
  /** Closes the browser, and opens it again with what it keeps. */
  reopened(): Promise<Person>
  leave(): Promise<void>
}

export type World = { readonly browser: Browser; readonly origins: readonly string[] }

export async function newPerson({ browser, origins }: World, options: BrowserContextOptions = {}): Promise<Person> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, reducedMotion: 'reduce', viewport: { width: 1280, height: 800 }, ...options })
  context.setDefaultTimeout(15_000)
  const complaints = await complaintsOf(context, origins)
  const page = await context.newPage()
  const told = (awaited: Promise<void>, what: string) => awaited.catch(async (error: Error) => {
    throw new Error(`${what} does not come up; ${page.url()} says: ${await page.locator('body').innerText()}`, { cause: error })
  })

  return {
    page,
    hasScript: options.javaScriptEnabled !== false,
    complaints,
    async be(place) {
      await page.getByText('Where are you?').click()
      const button = page.getByRole('button', { name: place })
      const address = await button.locator('span').innerText()
      await button.click()
      await page.locator('summary', { hasText: `pretending, ${address}` }).waitFor()
    },
    press: (button) => told(page.getByRole('button', { name: button, exact: true }).click(), `the button "${button}"`),
    pick: (account) => told(page.getByRole('button', { name: account }).click(), `the account ${account}`),
    async name(user) {
      await page.getByLabel('User name').fill(user)
      await page.getByRole('button', { name: 'Next' }).click()
    },
    async password(text = password) {
      await page.getByLabel('Password').fill(text)
      await page.getByRole('button', { name: 'Sign in' }).click()
    },
    async code(text) {
      await page.getByLabel('Code').fill(text)
      await page.getByRole('button', { name: 'Verify' }).click()
    },
    heading: (text) => told(page.getByRole('heading', { level: 1, name: text }).waitFor(), `the heading "${text}"`),
    async reopened() {
      const { cookies } = await context.storageState()
      await context.close()
      const kept = cookies.filter(({ expires }) => expires !== -1)

      return newPerson({ browser, origins }, { ...options, storageState: { cookies: kept, origins: [] } })
    },
    leave: () => context.close(),
  }
}

/** Pages are ours alone: no script fails, nothing breaks the content security policy, nothing comes from elsewhere. */
async function complaintsOf(context: BrowserContext, origins: readonly string[]): Promise<string[]> {
  const complaints: string[] = []
  context.on('weberror', (error) => void complaints.push(error.error().message))
  context.on('console', (message) => {
    // Says that a page itself was a refusal; of everything else the response tells.
    if (message.text().startsWith('Failed to load resource')) return
    if (message.type() !== 'info') complaints.push(`${message.type()}: ${message.text()}`)
  })
  context.on('request', (request) => {
    const { protocol, origin } = new URL(request.url())
    if (protocol !== 'data:' && !origins.includes(origin)) complaints.push(`loaded from elsewhere: ${request.url()}`)
  })
  context.on('response', (response) => {
    if (response.status() >= 400 && !response.request().isNavigationRequest()) complaints.push(`${response.status()}: ${response.url()}`)
  })
  context.on('requestfailed', (request) => {
    if (!request.isNavigationRequest()) complaints.push(`did not load: ${request.url()} ${request.failure()?.errorText}`)
  })

  return complaints
}

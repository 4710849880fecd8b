import type { BrowserContextOptions, ConsoleMessage, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { violationsOf } from './axe.ts'
import { openBrowser } from './chromium.ts'
import type { OpenBrowser } from './chromium.ts'
import { openPreview } from './preview.ts'
import type { Preview } from './preview.ts'
import { samples } from './samples.ts'
import { shoot, sideways } from './shoot.ts'

let opened: OpenBrowser
let preview: Preview
/** Windows that are used by one test after the other: opening one takes longer than looking at a page. */
let withScript: Page
let withoutScript: Page
beforeAll(async () => {
  [opened, preview] = await Promise.all([openBrowser(), openPreview()])
  withScript = await newWindow()
  withoutScript = await newWindow({ javaScriptEnabled: false })
})
afterAll(async () => {
  await Promise.all([opened?.close(), preview?.close()])
})

const newWindow = (options: BrowserContextOptions = {}): Promise<Page> => opened.browser.newPage({ reducedMotion: 'reduce', ...options })

/** A window in which requests may be held up, or answered by the test. */
async function windowOfItsOwn(): Promise<Page> {
  const page = await newWindow()
  onTestFinished(() => page.close())

  return page
}

const addressOf = (name: string) => `${preview.base}/page/${encodeURIComponent(name)}`

/** Pages that move on by themselves are looked at without the scripts that do it. */
const movesOn = (name: string) => name === 'form-post' || name === 'signed-out, with frames'

/** From a wide window to 1280 pixels at 400 percent, which is as wide as 320. */
const widths = [1280, 390, 320]

/** What is folded away is looked at on one page of each kind. */
const seenOpen = new Set(['password', 'error, blocked'])

for (const name of Object.keys(samples)) {
  test(`${name}: accessible and in shape, wide and narrow, light and dark`, async () => {
    const page = movesOn(name) ? await windowOfItsOwn() : withScript
    const complaints: string[] = []
    const complain = (message: ConsoleMessage) => void complaints.push(message.text())
    page.on('console', complain)
    onTestFinished(() => void page.off('console', complain))
    if (movesOn(name)) await page.route('**/*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }))
    await page.goto(addressOf(name))
    await shoot(page, name)
    await openDetails(page)
    if (seenOpen.has(name)) await shoot(page, `${name}, open`)
    expect(await sidewaysAt(page), 'sideways, with all that is folded away').toEqual([0, 0, 0])

    expect(await violationsOf(page)).toEqual([])
    expect(complaints).toEqual([])
  })
}

async function sidewaysAt(page: Page): Promise<number[]> {
  const found: number[] = []
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 })
    found.push(await sideways(page))
  }
  await page.setViewportSize({ width: 1280, height: 800 })

  return found
}

async function openDetails(page: Page): Promise<void> {
  await page.evaluate(() => document.querySelectorAll('details').forEach((each) => (each.open = true)))
}

test('what has the focus shows it', async () => {
  const page = withScript
  await page.goto(addressOf('password'))
  await page.locator('#password:focus').waitFor()
  const seen: string[] = []
  for (let step = 0; step < 4; step++) {
    seen.push(await page.evaluate(() => `${document.activeElement?.textContent?.trim() || document.activeElement?.id} ${getComputedStyle(document.activeElement!).outlineStyle}`))
    await page.keyboard.press('Tab')
  }

  expect(seen).toEqual(['password solid', 'Sign in solid', 'Use another account solid', expect.stringMatching(/^Where are you\?.* solid$/s)])
})

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with script' : 'without script'

  test(`${how}, pressing Enter sends the step that the page wants done`, async () => {
    const page = javaScriptEnabled ? withScript : withoutScript
    await page.goto(addressOf('password'))
    await page.getByLabel('Password').fill('Portcullis1!')
    await page.getByLabel('Password').press('Enter')

    expect(await echoed(page)).toEqual({ path: '/echo', form: { csrf: 'a-token', password: 'Portcullis1!' } })
  })

  test(`${how}, another account is a press away, and needs no password`, async () => {
    const page = javaScriptEnabled ? withScript : withoutScript
    await page.goto(addressOf('password'))
    await page.getByRole('button', { name: 'Use another account' }).click()

    expect(await echoed(page)).toMatchObject({ path: '/back', form: { csrf: 'a-token' } })
  })

  test(`${how}, a place is chosen in one press, and platform and device stay as they are`, async () => {
    const page = javaScriptEnabled ? withScript : withoutScript
    await page.goto(addressOf('password'))
    await page.getByText('Where are you?').click()
    await page.getByRole('button', { name: 'Branch' }).click()

    expect(await echoed(page)).toEqual({ path: '/where', form: { csrf: 'a-token', ipAddress: '203.0.113.7', platform: 'iOS' } })
  })

  test(`${how}, any address can be pretended, on any platform and device`, async () => {
    const page = javaScriptEnabled ? withScript : withoutScript
    await page.goto(addressOf('password'))
    await page.getByText('Where are you?').click()
    await page.getByLabel('IP address').fill('2001:db8::1')
    await page.getByLabel('Platform').selectOption('linux')
    await page.getByLabel('Device').selectOption("Alice's laptop")
    await page.getByRole('button', { name: 'Pretend to be there' }).click()

    expect(await echoed(page)).toEqual({ path: '/where', form: { csrf: 'a-token', ipAddress: '2001:db8::1', platform: 'linux', device: 'device-1' } })
  })

  test(`${how}, pretending can be stopped`, async () => {
    const page = javaScriptEnabled ? withScript : withoutScript
    await page.goto(addressOf('password'))
    await page.getByText('Where are you?').click()
    await page.getByRole('button', { name: 'Stop pretending' }).click()

    expect(await echoed(page)).toMatchObject({ path: '/where', form: { csrf: 'a-token', clear: 'yes' } })
  })
}

test('with script, an answer goes to the application by itself', async () => {
  const page = withScript
  await page.goto(addressOf('form-post'))

  expect(await echoed(page)).toEqual({ path: '/echo', form: { code: 'a-code', state: '"><script>' } })
})

test('without script, an answer goes to the application at the press of a button', async () => {
  const page = withoutScript
  await page.goto(addressOf('form-post'))
  await page.getByRole('button', { name: 'Continue' }).click()

  expect(await echoed(page)).toEqual({ path: '/echo', form: { code: 'a-code', state: '"><script>' } })
})

test('with script, signing out goes back to the application once the frames were loaded', async () => {
  const page = withScript
  const framed = page.waitForResponse('**/frame')
  await page.goto(addressOf('signed-out, with frames'))
  await page.waitForURL('**/echo')

  expect((await framed).status()).toBe(200)
})

test('with script, a form is sent once however often its button is pressed', async () => {
  const page = await windowOfItsOwn()
  let sent = 0
  await page.route('**/echo', async (route) => {
    sent += 1
    await new Promise((resolve) => setTimeout(resolve, 300))
    await route.continue()
  })
  await page.goto(addressOf('one-time-code'))
  await page.getByLabel('Code').fill('123 456')
  await page.getByRole('button', { name: 'Verify' }).dblclick()
  await page.waitForURL('**/echo')

  expect(sent).toBe(1)
})

/** What was sent, once the page that sent it is left. */
async function echoed(page: Page): Promise<unknown> {
  await page.waitForURL(({ pathname }) => !pathname.startsWith('/page/'))

  return JSON.parse(await page.locator('body').innerText())
}

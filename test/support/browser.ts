import type { Page } from 'playwright-core'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { openBrowser } from '../browser/chromium.ts'
import type { OpenBrowser } from '../browser/chromium.ts'

/** One Chromium for the tests of a file. */
export function useBrowser(): { newPage(): Promise<Page> } {
  let opened: OpenBrowser | undefined
  beforeAll(async () => {
    opened = await openBrowser()
  }, 60_000)
  afterAll(() => opened?.close())

  return {
    /** A page of somebody without history or cookies, until the test is over. */
    async newPage() {
      if (!opened) throw new Error('The browser opens before the tests, not before that.')
      const context = await opened.browser.newContext({ ignoreHTTPSErrors: true })
      context.setDefaultTimeout(10_000)
      onTestFinished(() => context.close())

      return context.newPage()
    },
  }
}

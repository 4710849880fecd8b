import { chromium as playwright } from 'playwright-core'
import type { Browser } from 'playwright-core'
import { unpackChromium } from './unpack-chromium.ts'

export type OpenBrowser = { readonly browser: Browser; close(): Promise<void> }

const quiet = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--ignore-certificate-errors',
]

/**
 * A headless Chromium that `npm ci` alone brings along, with nothing remembered. One serves a test file; each test opens
 * a context of its own, which is a browser without history or cookies.
 */
export async function openBrowser(): Promise<OpenBrowser> {
  const { executablePath, fontsFile, libraries } = await unpackChromium()
  const launch = (env: Record<string, string>) => playwright.launch({ executablePath, args: quiet, env: { ...process.env, FONTCONFIG_FILE: fontsFile, ...env } })
  const browser = await launch({}).catch((error: Error) => {
    if (!error.message.includes('shared libraries')) throw error

    return launch({ LD_LIBRARY_PATH: libraries })
  })

  return { browser, close: () => browser.close() }
}

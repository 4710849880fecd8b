import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { unpackChromium } from '../browser/unpack-chromium.ts'
import { emptyFolder } from '../support/folder.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))

test('examples/playwright runs under Playwright\'s own runner', async () => {
  const { executablePath, fontsFile, libraries } = await unpackChromium()
  const { stdout } = await run(process.execPath, ['node_modules/@playwright/test/cli.js', 'test', '--config', 'examples/playwright/playwright.config.ts', '--workers', '1'], {
    cwd: root,
    env: {
      ...process.env,
      CHROMIUM: executablePath,
      CHROMIUM_ARGS: '--headless --no-sandbox --disable-gpu --ignore-certificate-errors',
      FONTCONFIG_FILE: fontsFile,
      LD_LIBRARY_PATH: libraries,
      PLAYWRIGHT_RESULTS: await emptyFolder(),
    },
  }).catch((error: { stdout?: string }) => ({ stdout: String(error.stdout ?? error) }))

  expect(stdout).toMatch(/3 passed/)
}, 120_000)

import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'

const folder = fileURLToPath(new URL('screenshots', import.meta.url))
const schemes = ['light', 'dark'] as const
const widths = [1280, 390] as const

/**
 * Pictures of a page for people to look at, wide and narrow, light and dark, in `test/browser/screenshots`. They take time, so
 * they are made only where asked for: `SCREENSHOTS=1 npx vitest run test/browser`.
 */
export async function shoot(page: Page, name: string): Promise<void> {
  if (process.env.SCREENSHOTS === undefined) return
  const before = page.viewportSize() ?? { width: 1280, height: 800 }
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 })
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path: `${folder}/${name.replace(/\W+/g, '-')}.${colorScheme}.${width}.png`, fullPage: true })
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(before)
}

/** By how many pixels a page is wider than its window. */
export function sideways(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth))
}

import axe from 'axe-core'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

/** What axe-core finds wrong with the page as it stands, in the light; in the dark, where only colours differ, their contrast. */
export async function violationsOf(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'light' })
  const light = await analysed(page, {})
  await page.emulateMedia({ colorScheme: 'dark' })
  const dark = await analysed(page, { runOnly: ['color-contrast', 'link-in-text-block'] })
  await page.emulateMedia({ colorScheme: 'light' })

  return [...told('light', light), ...told('dark', dark)]
}

async function analysed(page: Page, options: axe.RunOptions): Promise<AxeResults> {
  const isThere = await page.evaluate(() => 'axe' in window)
  if (!isThere) await page.evaluate(axe.source)

  return page.evaluate((wanted) => (window as unknown as { axe: typeof axe }).axe.run(document, { ...wanted, resultTypes: ['violations'], elementRef: false }), options)
}

function told(scheme: string, { violations }: AxeResults): string[] {
  return violations.map(({ id, nodes }) => `${scheme}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

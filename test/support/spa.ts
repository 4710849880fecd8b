import { createServer as createPlainServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll } from 'vitest'
import type { Sandbox } from '../../src/index.ts'
import { signInWithBrowser } from '../../src/testing/browser-sign-in.ts'
import type { BrowserSignIn } from '../../src/testing/browser-sign-in.ts'
import { useBrowser } from './browser.ts'
import { testCertificates } from './keys.ts'

/** A single-page application of its own origins: a script for each path, bundled from source when the tests start. */
type Spa = {
  /** Over HTTPS, which makes it same-site with the tenant: hidden frames then have their cookies in every browser (wire 4.5). */
  readonly origin: string
  /** Over HTTP, as applications under development often are. */
  readonly plainOrigin: string
  close(): Promise<unknown>
}

/** A path without a script of its own has that of `/`. */
async function openSpa(scripts: Readonly<Record<string, URL>>): Promise<Spa> {
  const bundled = new Map(await Promise.all(Object.entries(scripts).map(async ([path, file]) => [path, await bundle(file)] as const)))
  const answer: RequestListener = (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'https://localhost')
    const script = bundled.get(pathname) ?? bundled.get('/') ?? ''
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(`<!doctype html><title>An application</title><link rel="icon" href="data:,"><script type="module">${script.replaceAll('</script', '<\\/script')}</script>`)
  }
  const { certificate, key } = testCertificates()
  const servers = [createServer({ cert: certificate, key }, answer), createPlainServer(answer)]
  const [port, plainPort] = await Promise.all(servers.map((server) => new Promise<number>((resolve) => {
    server.listen(0, 'localhost', () => resolve((server.address() as AddressInfo).port))
  })))

  return {
    origin: `https://localhost:${port}`,
    plainOrigin: `http://localhost:${plainPort}`,
    close: () => Promise.all(servers.map((server) => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    })),
  }
}

async function bundle(file: URL): Promise<string> {
  const build = await rolldown({ input: fileURLToPath(file), platform: 'browser', logLevel: 'silent' })
  const { output: [chunk] } = await build.generate({ format: 'esm', minify: true })
  await build.close()

  return chunk.code
}

/** What a call in the page came to: its result, or its error in plain data, told apart by `name`. */
export type Outcome = Readonly<Record<string, unknown>>

/** Calls a method of the client that the page's script made (`window.client`), as the application would. */
export function callClient(page: Page, method: string, ...args: readonly unknown[]): Promise<Outcome> {
  return page.evaluate(async ({ method, args }) => {
    const { client } = globalThis as unknown as { client: Promise<Record<string, (...given: readonly unknown[]) => unknown>> }
    try {
      const result = await (await client)[method]?.(...args)

      return JSON.parse(JSON.stringify(result ?? {})) as Record<string, unknown>
    } catch (error) {
      const { name, message } = error as Error

      return { ...(JSON.parse(JSON.stringify(error)) as object), name, message }
    }
  }, { method, args })
}

/** One Chromium for a file's tests, and the application that they open in it. */
export function useSpa(scripts: Readonly<Record<string, URL>>): SpaBrowser {
  const browser = useBrowser()
  let spa: Spa | undefined
  beforeAll(async () => {
    spa = await openSpa(scripts)
  })
  afterAll(() => spa?.close())

  return {
    get origin() {
      return spa?.origin ?? ''
    },
    async open(query, { isPlain = false } = {}) {
      const page = await browser.newPage()
      await page.goto(`${isPlain ? spa?.plainOrigin : spa?.origin}/?${new URLSearchParams(query)}`)

      return page
    },
  }
}

export type SpaBrowser = {
  readonly origin: string
  /** The application in a browser without history or cookies; what `query` says tells it which tenant it is of. */
  open(query: Readonly<Record<string, string>>, options?: { readonly isPlain?: boolean }): Promise<Page>
}

/** The window that a call opens: what happens in it, and what the call came to. */
export async function inPopup(page: Page, call: readonly [method: string, ...args: unknown[]], happens: (popup: Page) => Promise<unknown>): Promise<Outcome> {
  const [result] = await Promise.all([callClient(page, ...call), page.waitForEvent('popup').then(happens)])

  return result
}

/** A call that opens a window, in which somebody signs in from there; who is judged on the way already has been moved before. */
export function signInPopup({ sandbox }: { readonly sandbox: Sandbox }, page: Page, user: string, call: readonly [method: string, ...args: unknown[]], ipAddress?: string, how: BrowserSignIn = {}): Promise<Outcome> {
  if (ipAddress !== undefined) sandbox.signals(user, { ipAddress })

  return inPopup(page, call, (popup) => signInWithBrowser(sandbox, popup, user, how))
}

/** What happens in a window that closes by itself. */
export async function closes(popup: Page): Promise<void> {
  if (!popup.isClosed()) await popup.waitForEvent('close')
}

/** A call that leaves the application: done when another page, the tenant's or the application's own, has come. */
export async function goes(page: Page, method: string, ...args: readonly unknown[]): Promise<void> {
  await Promise.all([page.waitForEvent('framenavigated'), callClient(page, method, ...args).catch(() => ({}))])
}

import { startPortcullis } from '../index.ts'
import type { Portcullis, PortcullisOptions, Sandbox, SandboxChanges } from '../index.ts'
import { signInWithBrowser } from './browser-sign-in.ts'
import type { BrowserSignIn, PageLike } from './browser-sign-in.ts'
import type { Places } from './places.ts'

export { matchers } from './matchers.ts'
export type { SignInMatchers } from './matchers.ts'
export { addressOf, shippedPlaces } from './places.ts'
export type { BrowserSignIn, PageLike } from './browser-sign-in.ts'

export type TestFixtures = {
  /** This test's own tenant: gone when the test is over. */
  readonly sandbox: Sandbox
  /** Signs a user in: `await signIn(page, 'alice', { from: 'office', mfa: true })`. */
  readonly signIn: (page: PageLike, user: string, how?: BrowserSignIn) => Promise<void>
}

export type WorkerFixtures = {
  /** One server for each worker, on free ports of this machine. */
  readonly portcullis: Portcullis
}

export type FixtureOptions = {
  readonly server?: PortcullisOptions
  /** What every test's tenant has of its own. */
  readonly tenant?: SandboxChanges
  readonly places?: Places
}

type Use<T> = (value: T) => Promise<void>

/**
 * Fixtures for Playwright's `test.extend`, and matchers for its `expect.extend`:
 *
 * ```ts
 * import { test as base, expect as plain } from '@playwright/test'
 * import { matchers, portcullisFixtures } from 'portcullis/playwright'
 *
 * export const test = base.extend<TestFixtures, WorkerFixtures>(portcullisFixtures())
 * export const expect = plain.extend(matchers)
 * ```
 */
export function portcullisFixtures({ server = {}, tenant = {}, places }: FixtureOptions = {}) {
  return {
    portcullis: [async ({}: object, use: Use<Portcullis>) => {
      const portcullis = await startPortcullis({ port: 0, httpsPort: null, ...server })
      await use(portcullis)
      await portcullis.stop()
    }, { scope: 'worker' }] as [(fixtures: object, use: Use<Portcullis>) => Promise<void>, { scope: 'worker' }],
    sandbox: async ({ portcullis }: WorkerFixtures, use: Use<Sandbox>) => {
      const sandbox = await portcullis.sandbox(tenant)
      await use(sandbox)
      await sandbox.delete()
    },
    signIn: async ({ sandbox }: Pick<TestFixtures, 'sandbox'>, use: Use<TestFixtures['signIn']>) => {
      await use((page, user, how) => signInWithBrowser(sandbox, page, user, how, places))
    },
  }
}

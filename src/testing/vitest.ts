import { expect, test as base } from 'vitest'
import { startPortcullis } from '../index.ts'
import type { HeadlessAnswer, HeadlessSignIn, Portcullis, PortcullisOptions, Sandbox, SandboxChanges } from '../index.ts'
import { matchers } from './matchers.ts'
import type { SignInMatchers } from './matchers.ts'
import { addressOf } from './places.ts'
import type { Places } from './places.ts'

export { addressOf, shippedPlaces } from './places.ts'
export type { SignInMatchers } from './matchers.ts'

declare module 'vitest' {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> extends SignInMatchers<R> {}
}

expect.extend(matchers as never)

export type Fixtures = {
  /** One server for a file's tests, on free ports of this machine. */
  readonly portcullis: Portcullis
  /** This test's own tenant: gone when the test is over. */
  readonly sandbox: Sandbox
  /** Signs in without a browser: `await signIn('alice', { to: 'Sales Hub', from: 'office', mfa: true })`. */
  readonly signIn: SignInFunction
}

export type SignInFunction = (user: string | null, how: Headless) => Promise<HeadlessAnswer>

/** `to`: the application, by name or id. `from`: a place by name or an address. `mfa`: a second factor counts as given. */
export type Headless = Omit<HeadlessSignIn, 'user' | 'client' | 'oneTimeCode'> & { readonly to: string; readonly from?: string; readonly mfa?: boolean }

export type FixtureOptions = {
  readonly server?: PortcullisOptions
  /** What every test's tenant has of its own. */
  readonly tenant?: SandboxChanges
  readonly places?: Places
}

/** Vitest's `test`, with a tenant for each test. One with other policies, places or options: `portcullisTest({ tenant: { … } })`. */
export function portcullisTest({ server = {}, tenant = {}, places }: FixtureOptions = {}) {
  return base.extend<Fixtures>({
    portcullis: [async ({}, use) => {
      const portcullis = await startPortcullis({ port: 0, httpsPort: null, ...server })
      await use(portcullis)
      await portcullis.stop()
    }, { scope: 'file' }],
    sandbox: async ({ portcullis }, use) => {
      const sandbox = await portcullis.sandbox(tenant)
      await use(sandbox)
      await sandbox.delete()
    },
    signIn: async ({ sandbox }, use) => {
      await use((user, { to, from, mfa, signals, ...more }) => sandbox.signIn({
        client: to,
        ...(user === null ? {} : { user }),
        ...(mfa ? { oneTimeCode: true as const } : {}),
        ...(from === undefined && signals === undefined ? {} : { signals: { ...signals, ...(from === undefined ? {} : { ipAddress: addressOf(from, places) }) } }),
        ...more,
      }))
    },
  })
}

export const test = portcullisTest()
export { expect }

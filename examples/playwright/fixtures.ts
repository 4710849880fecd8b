import { expect as plainExpect, test as base } from '@playwright/test'
// In a project of your own: from 'portcullis/playwright'.
import { matchers, portcullisFixtures } from '../../src/testing/playwright.ts'
import type { TestFixtures, WorkerFixtures } from '../../src/testing/playwright.ts'
import { startApplication } from './application.ts'

const salesSpa = 'c0ffee00-0000-4000-8000-0000000000a2'

export const test = base.extend<TestFixtures & { application: string }, WorkerFixtures>({
  ...portcullisFixtures(),
  application: async ({ sandbox }, use) => {
    const { address, stop } = await startApplication((redirectUri) => `${sandbox.issuer.replace('/v2.0', '')}/oauth2/v2.0/authorize?${new URLSearchParams({
      client_id: salesSpa, response_type: 'code', redirect_uri: redirectUri, scope: 'openid', code_challenge: 'A'.repeat(43), code_challenge_method: 'S256',
    })}`)
    await use(address)
    stop()
  },
})
export const expect = plainExpect.extend(matchers)

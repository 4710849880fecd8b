import express from 'express'
import { auth, requiresAuth } from 'express-openid-connect'
import type { ConfigParams } from 'express-openid-connect'
import type { Express, Request, RequestHandler } from 'express'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { OIDCStrategy } from 'passport-azure-ad'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { signInWithBrowser } from '../../src/testing/browser-sign-in.ts'
import { useBrowser } from '../support/browser.ts'
import { trustTestCa } from '../support/https.ts'
import { testCertificates } from '../support/keys.ts'
import { apps, places, useMock } from '../support/mock.ts'
import { clientTenant } from '../support/oidc-clients.ts'
import type { ClientTenant } from '../support/oidc-clients.ts'

const server = useMock({ httpsPort: 0, certificates: testCertificates() })
const browser = useBrowser()
beforeAll(trustTestCa)

/** A web application in Express, until the test is over. Over HTTPS, so that a browser brings its cookies along with a form_post. */
async function listening(app: Express): Promise<string> {
  const { certificate, key } = testCertificates()
  const site = createServer({ cert: certificate, key }, app)
  await new Promise<void>((resolve) => site.listen(0, 'localhost', resolve))
  onTestFinished(() => {
    site.close()
    site.closeAllConnections()
  })

  return `https://localhost:${(site.address() as AddressInfo).port}`
}

/** With a page for whoever is signed in, and one that renews its token. */
async function withExpressOpenidConnect({ issuer }: ClientTenant, config: ConfigParams): Promise<string> {
  const app = express()
  const baseURL = await listening(app)
  app.use(auth({ issuerBaseURL: issuer, baseURL, clientID: apps.salesHub, secret: 'a secret of the application itself, long enough', authRequired: false, idpLogout: true, ...config }))
  app.get('/', (request, response) => void response.send(request.oidc.isAuthenticated() ? 'signed in' : 'signed out'))
  app.get('/me', requiresAuth(), (request, response) => void response.send(`Hello, ${request.oidc.user?.name}`))
  app.get('/renewed', requiresAuth(), (request, response) => {
    const refused = ({ error, error_description: text }: { error: string; error_description: string }) => `${error} ${text}`
    void request.oidc.accessToken?.refresh().then(({ token_type: type }) => type, refused).then((text) => response.send(text))
  })

  return baseURL
}

/** The strategy as passport drives it: each request has its own, and hears how it ended. */
async function withPassportAzureAd({ authority }: ClientTenant, responseType: string): Promise<string> {
  const app = express()
  const baseURL = await listening(app)
  const strategy = new OIDCStrategy({
    identityMetadata: `${authority}/v2.0/.well-known/openid-configuration`,
    clientID: apps.salesHub,
    clientSecret: 'sales-hub-secret',
    responseType,
    responseMode: 'form_post',
    redirectUrl: `${baseURL}/answer`,
    scope: ['profile', 'offline_access'],
    useCookieInsteadOfSession: true,
    cookieSameSite: true,
    cookieEncryptionKeys: [{ key: '12345678901234567890123456789012', iv: '123456789012' }],
    loggingLevel: 'error',
    passReqToCallback: false,
  }, (profile, done) => done(null, profile))
  const signIn: RequestHandler = (request, response) => strategyFor(strategy, {
    success: (user) => void response.send(`Hello, ${user.displayName}`),
    fail: (challenge) => void response.status(401).send(`Refused: ${String(challenge)}`),
    redirect: (url) => response.redirect(url),
    error: (error) => void response.status(500).send(String(error)),
  }).authenticate(withCookies(request), { response, failureRedirect: '/' })
  app.get('/me', signIn)
  app.post('/answer', express.urlencoded(), signIn)

  return baseURL
}

type Endings = { success(user: { displayName: string }): void; fail(challenge: unknown): void; redirect(url: string): void; error(error: unknown): void }

function strategyFor(strategy: OIDCStrategy, endings: Endings): OIDCStrategy {
  return Object.assign(Object.create(strategy) as OIDCStrategy, endings)
}

/** What cookie-parser does. */
function withCookies(request: Request): Request {
  const pairs = (request.headers.cookie ?? '').split('; ').map((pair) => pair.split('=') as [string, string])

  return Object.assign(request, { cookies: Object.fromEntries(pairs) })
}

const textOf = (page: Page) => page.locator('body').textContent()

describe('express-openid-connect 3 in an Express application', () => {
  test('signs in with a code by form_post, is refused where policy blocks, recovers, renews, and signs out at the tenant too', async () => {
    const tenant = await clientTenant(server.mock)
    const app = await withExpressOpenidConnect(tenant, {
      clientSecret: 'sales-hub-secret',
      clientAuthMethod: 'client_secret_post',
      authorizationParams: { response_type: 'code', response_mode: 'form_post', scope: 'openid profile email offline_access' },
    })
    const page = await browser.newPage()
    await signInWithBrowser(tenant.sandbox, page, 'alice', { at: `${app}/me`, from: 'café' })
    expect(await page.locator('main').textContent()).toContain('53003')

    await signInWithBrowser(tenant.sandbox, page, 'alice', { at: `${app}/me`, from: 'office' })
    await page.waitForURL(`${app}/me`)
    expect(await textOf(page)).toBe('Hello, Alice Adams')

    const renewed = async () => {
      await page.goto(`${app}/renewed`)
      return textOf(page)
    }
    expect(await renewed()).toBe('Bearer')
    tenant.sandbox.signals('alice', { ipAddress: places.cafe })
    expect(await renewed()).toMatch(/^invalid_grant AADSTS53003/)
    tenant.sandbox.signals('alice', { ipAddress: places.office })
    expect(await renewed()).toBe('Bearer')

    await page.goto(`${app}/logout`)
    await page.waitForURL(`${app}/`)
    expect(await textOf(page)).toBe('signed out')
    await page.goto(`${app}/me`)
    expect(page.url(), 'the tenant asks again').toContain(tenant.https)
  })

  test('signs in with nothing but an ID token by form_post, which is its way unless told otherwise', async () => {
    const tenant = await clientTenant(server.mock)
    const app = await withExpressOpenidConnect(tenant, {})
    const page = await browser.newPage()
    await signInWithBrowser(tenant.sandbox, page, 'alice', { at: `${app}/me`, from: 'office' })
    await page.waitForURL(`${app}/me`)

    expect(await textOf(page)).toBe('Hello, Alice Adams')
  })
})

describe('passport-azure-ad 4, OIDCStrategy, in an Express application', () => {
  test.each(['code', 'code id_token', 'id_token'])('signs in with %s by form_post, is refused where policy blocks, and recovers', async (responseType) => {
    const tenant = await clientTenant(server.mock)
    const app = await withPassportAzureAd(tenant, responseType)
    const page = await browser.newPage()
    await signInWithBrowser(tenant.sandbox, page, 'alice', { at: `${app}/me`, from: 'café' })
    expect(await page.locator('main').textContent()).toContain('53003')

    await signInWithBrowser(tenant.sandbox, page, 'alice', { at: `${app}/me`, from: 'office' })
    await page.waitForURL(`${app}/answer`)
    expect(await textOf(page)).toBe('Hello, Alice Adams')
  })

  test('takes no answer that it did not ask for', async () => {
    const app = await withPassportAzureAd(await clientTenant(server.mock), 'code')
    const answer = await fetch(`${app}/answer`, { method: 'POST', body: new URLSearchParams({ code: 'x', state: 'y' }) })

    expect([answer.status, await answer.text()]).toEqual([401, expect.stringContaining('Refused') as string])
  })
})

import { createRemoteJWKSet, importPKCS8, jwtVerify, SignJWT } from 'jose'
import { generateKeyPairSync } from 'node:crypto'
import { generateSync } from 'otplib'
import { describe, expect, test } from 'vitest'
import type { Sandbox } from '../../src/index.ts'
import { createCertificate, pemOf } from '../../src/keys/certificate.ts'
import { apps, places, useMock } from '../support/mock.ts'
import { authorizeRequest, visitor } from '../support/visitor.ts'

/** A tenant that was moved, and clients that live in real time: what goes wrong there, and what we do about it. */
const server = useMock()

async function moved(by: string, tokens: 'wire' | 'virtual' = 'wire', changes: object = {}): Promise<Sandbox> {
  const sandbox = await server.mock.sandbox(changes)
  sandbox.clock.advance(by)
  sandbox.clock.tokens = tokens

  return sandbox
}

const root = ({ issuer }: Sandbox) => issuer.replace(/\/v2\.0$/, '')
const keysOf = (sandbox: Sandbox) => createRemoteJWKSet(new URL(`${root(sandbox)}/discovery/v2.0/keys`))

async function tokensOf(sandbox: Sandbox, scope = 'openid profile offline_access') {
  const browser = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  const request = authorizeRequest(sandbox.issuer, apps.salesHub, { scope })
  await browser.open(request.url)
  await browser.signIn('alice@contoso.example')

  return token(sandbox, { grant_type: 'authorization_code', client_id: apps.salesHub, client_secret: 'sales-hub-secret', code: browser.page.answer.code ?? '', redirect_uri: request.redirectUri, code_verifier: request.verifier })
}

async function token(sandbox: Sandbox, form: Record<string, string>) {
  const response = await fetch(`${root(sandbox)}/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(form), headers: { 'x-mock-signals': `ipAddress=${places.office}` } })

  return (await response.json()) as Record<string, string> & { error_codes?: number[] }
}

describe('a client in real time, of a tenant that is 100 days ahead', () => {
  test('accepts ID token and access token where tokens are on the wire\'s time, and userinfo answers', async () => {
    const sandbox = await moved('P100D')
    const tokens = await tokensOf(sandbox)
    const api = await tokensOf(sandbox, 'openid api://sales-api/Orders.Read')

    await expect(jwtVerify(tokens.id_token ?? '', keysOf(sandbox), { issuer: sandbox.issuer, audience: apps.salesHub })).resolves.toBeDefined()
    await expect(jwtVerify(api.access_token ?? '', keysOf(sandbox))).resolves.toBeDefined()
    expect((await fetch(`${server.mock.http}/oidc/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } })).status).toBe(200)
  })

  test('refuses them where they follow the tenant\'s clock, as it should', async () => {
    const sandbox = await moved('P100D', 'virtual')
    const tokens = await tokensOf(sandbox)

    await expect(jwtVerify(tokens.id_token ?? '', keysOf(sandbox))).rejects.toThrow(/nbf/)
  })

  test('goes on with a token after the tenant has moved on, while what the tenant keeps has aged', async () => {
    const sandbox = await moved('P1D')
    const tokens = await tokensOf(sandbox)
    sandbox.clock.advance('P91D')
    const refreshed = await token(sandbox, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '', client_id: apps.salesHub, client_secret: 'sales-hub-secret' })

    await expect(jwtVerify(tokens.id_token ?? '', keysOf(sandbox))).resolves.toBeDefined()
    expect(refreshed.error).toBe('invalid_grant')
  })
})

describe('a client assertion', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const certificate = createCertificate({
    subject: 'job', issuer: 'job', publicKey, issuerPrivateKey: privateKey, issuerPublicKey: publicKey, notBefore: Date.UTC(2000, 0, 1), notAfter: Date.UTC(2099, 0, 1), use: 'authority',
  })
  const job = {
    displayName: 'Certified Job', appId: 'c0ffee00-0000-4000-8000-0000000000f1', certificates: [pemOf(certificate)],
    assignments: [], consents: [],
  }

  async function withAssertion(sandbox: Sandbox, at: number) {
    const key = await importPKCS8(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 'PS256')
    const second = Math.floor(at / 1000)
    const assertion = await new SignJWT({ jti: crypto.randomUUID() }).setProtectedHeader({ alg: 'PS256' })
      .setIssuer(job.appId).setSubject(job.appId).setAudience(`${root(sandbox)}/oauth2/v2.0/token`).setIssuedAt(second).setNotBefore(second).setExpirationTime(second + 300)
      .sign(key)

    return token(sandbox, { grant_type: 'client_credentials', client_id: job.appId, scope: 'https://graph.microsoft.com/.default', client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: assertion })
  }

  const times: Record<string, { at: (sandbox: Sandbox) => number; isGood: boolean }> = {
    'made in real time is accepted': { at: () => Date.now(), isGood: true },
    'made in the tenant\'s time is accepted': { at: (sandbox) => sandbox.clock.now.getTime(), isGood: true },
    'that expired in both is refused': { at: () => Date.now() - 86_400_000, isGood: false },
  }
  test.each(Object.entries(times))('%s, 30 days ahead', async (_, { at, isGood }) => {
    const { applications = [] } = (await (await server.mock.sandbox()).snapshot()) as { applications?: object[] }
    const sandbox = await moved('P30D', 'virtual', { applications: [...applications, job] })
    const answer = await withAssertion(sandbox, at(sandbox))

    expect([answer.access_token !== undefined, answer.error]).toEqual([isGood, isGood ? undefined : 'invalid_client'])
  })
})

describe('a one-time code', () => {
  const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'

  test.each([['of a real phone is accepted', true], ['of another day is not', false]])('%s, 30 days ahead', async (_, isReal) => {
    const sandbox = await moved('P30D')
    await sandbox.patchUser('dave', { authenticationMethods: [{ type: 'softwareOath', secret }] })
    const browser = visitor(server.mock, { signals: `ipAddress=${places.cafe}` })
    await browser.open(authorizeRequest(sandbox.issuer, apps.salesSpa).url)
    await browser.signIn('dave@contoso.example')
    await browser.signIn('dave@contoso.example', { code: generateSync({ secret, epoch: Math.floor(Date.now() / 1000) - (isReal ? 0 : 86_400) }) })

    expect(browser.page.answer.code !== undefined).toBe(isReal)
  })
})

test('a browser, which lives in real time, keeps the session of a tenant that stands still ten years ahead', async () => {
  const sandbox = await server.mock.sandbox()
  sandbox.clock.freeze()
  sandbox.clock.advance('P3650D')
  const browser = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await browser.open(authorizeRequest(sandbox.issuer, apps.salesSpa).url)
  await browser.signIn('alice@contoso.example', { stay: true })
  await browser.open(authorizeRequest(sandbox.issuer, apps.salesSpa, { prompt: 'none' }).url)

  expect(browser.page.answer.code).toBeTypeOf('string')
})

test('a clock goes forward only, until it is reset', async () => {
  const sandbox = await moved('P1D')

  expect(() => sandbox.clock.set(new Date())).toThrow(/forward only/)
  expect(() => sandbox.clock.advance(-1)).toThrow(/forward only/)
  sandbox.clock.reset()
  expect(Math.abs(sandbox.clock.offset)).toBeLessThan(5)
})

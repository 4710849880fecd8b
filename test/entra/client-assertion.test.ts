import { createHash, generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeJwt, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apps, changeApplication, contosoId, newStory, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { newCertificate } from '../support/certificate.ts'

const server = useMock()
const mine = newCertificate('Nightly Job')
const stranger = newCertificate('Nobody')
const sha1 = createHash('sha1').update(mine.der).digest()
const sha256 = createHash('sha256').update(mine.der).digest()
const seconds = () => Math.floor(Date.now() / 1000)

async function tenantWith(change: Record<string, unknown>): Promise<Story> {
  const story = await newStory(server.mock)
  await changeApplication(story, apps.nightlyJob, change)

  return story
}

const byCertificate = () => tenantWith({ secrets: [], certificates: [mine.pem] })

type Spelling = { header?: Record<string, unknown>; claims?: (story: Story) => Record<string, unknown>; key?: typeof mine.privateKey }

async function assertionOf(story: Story, { header = {}, claims, key = mine.privateKey }: Spelling): Promise<string> {
  const body = {
    aud: `${story.issuer.replace('/v2.0', '')}/oauth2/v2.0/token`,
    iss: apps.nightlyJob,
    sub: apps.nightlyJob,
    jti: crypto.randomUUID(),
    nbf: seconds(),
    exp: seconds() + 600,
    ...claims?.(story),
  }

  return new SignJWT(body).setProtectedHeader({ alg: 'PS256', ...header }).sign(key)
}

function daemon(story: Story, assertion: string, form: Record<string, string> = {}) {
  return story.token({
    grant_type: 'client_credentials',
    client_id: apps.nightlyJob,
    scope: 'api://sales-api/.default',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
    ...form,
  })
}

const standard = (bytes: Buffer) => bytes.toString('base64')
const padded = (bytes: Buffer) => bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_')
const bare = (bytes: Buffer) => bytes.toString('base64url')

describe('an application with a certificate', () => {
  const spellings: Record<string, Spelling> = {
    'PS256 and x5t#S256, as msal-node': { header: { 'x5t#S256': bare(sha256) }, claims: () => ({ iat: seconds() }) },
    'RS256 and a padded x5t, as MSAL Python': { header: { alg: 'RS256', x5t: padded(sha1) } },
    'x5t#S256 in the other alphabet, as MSAL Go': { header: { 'x5t#S256': standard(sha256) } },
    'a padded kid and no x5t, as Terraform': { header: { alg: 'RS256', kid: padded(sha1) } },
    'the certificate itself, with line breaks': { header: { x5c: [(mine.der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')] } },
    'no name of a key at all': {},
    'dates as text, as MSAL .NET': { claims: () => ({ nbf: String(seconds()), exp: String(seconds() + 600) }) },
    'the v1 endpoint as audience': { claims: (story) => ({ aud: `${story.issuer.replace('/v2.0', '')}/oauth2/token` }) },
    'common as audience': { claims: () => ({ aud: `${server.mock.http}/common/oauth2/v2.0/token` }) },
    'issuer and endpoint as audience, as Auth.js': { claims: (story) => ({ aud: [story.issuer, `${story.issuer.replace('/v2.0', '')}/oauth2/v2.0/token`] }) },
  }
  test.each(Object.entries(spellings))('is taken with %s', async (_fact, spelling) => {
    const story = await byCertificate()
    const { status, body } = await daemon(story, await assertionOf(story, spelling))

    expect(status).toBe(200)
    expect(decodeJwt(body.access_token ?? '')).toMatchObject({ azp: apps.nightlyJob, azpacr: '2', roles: ['Orders.Process'] })
  })

  test('is taken by its own statement alone, by a domain name, and in a tenant whose clock was moved', async () => {
    const story = await byCertificate()
    await story.control('POST', '/clock', { advance: 'P3D' })

    expect((await daemon(story, await assertionOf(story, {}), { client_id: '' })).status).toBe(200)
  })

  const refusals: Record<string, Spelling & { code: number; status?: number }> = {
    'a key that is not registered': { key: stranger.privateKey, code: 700027 },
    'the name of another certificate': { header: { x5t: bare(createHash('sha1').update(stranger.der).digest()) }, code: 700027 },
    'a statement that has expired': { claims: () => ({ exp: seconds() - 3600, nbf: seconds() - 7200 }), code: 700024 },
    'a statement that is not valid yet': { claims: () => ({ nbf: seconds() + 3600, exp: seconds() + 7200 }), code: 700024 },
    'a statement for somebody else': { claims: () => ({ aud: 'https://example.com/token' }), code: 50012 },
    'a statement for another tenant': { claims: () => ({ aud: `${server.mock.http}/${contosoId}/oauth2/v2.0/token` }), code: 50012 },
    'a statement of somebody else': { claims: () => ({ iss: apps.salesHub, sub: apps.salesHub }), code: 50048 },
  }
  test.each(Object.entries(refusals))('is refused with %s', async (_fact, { code, ...spelling }) => {
    const story = await byCertificate()
    const { body } = await daemon(story, await assertionOf(story, spelling))

    expect(body.error_codes).toEqual([code])
    expect(body.access_token).toBeUndefined()
  })

  test('is refused without a signature, and with what is no statement', async () => {
    const story = await byCertificate()
    const [, claims] = (await assertionOf(story, {})).split('.')
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`

    expect((await daemon(story, unsigned)).body.error_codes).toEqual([700027])
    expect((await daemon(story, 'x')).body.error_codes).toEqual([50027])
    expect((await daemon(story, 'x', { client_assertion_type: 'jwt' })).body.error_codes).toEqual([90100])
  })
})

describe('an application that trusts another issuer', () => {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const issuer = createServer((request, response) => {
    const base = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`
    const body = request.url === '/keys' ? { keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kid: 'k', use: 'sig', alg: 'RS256' }] } : { issuer: base, jwks_uri: `${base}/keys` }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
  })
  const address = () => `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`
  beforeAll(() => new Promise<void>((resolve) => void issuer.listen(0, '127.0.0.1', resolve)))
  afterAll(() => void issuer.close())
  const subject = 'repo:contoso/app:ref:refs/heads/main'
  const trusting = () => tenantWith({ secrets: [], federatedIdentityCredentials: [{ name: 'ci', issuer: address(), subject, audiences: ['api://AzureADTokenExchange'] }] })
  const statement = (change: Record<string, unknown> = {}, key = keys.privateKey) =>
    new SignJWT({ iss: address(), sub: subject, aud: 'api://AzureADTokenExchange', exp: seconds() + 600, ...change }).setProtectedHeader({ alg: 'RS256', kid: 'k' }).sign(key)

  test('is taken with a statement of that issuer', async () => {
    const { status, body } = await daemon(await trusting(), await statement())

    expect(status).toBe(200)
    expect(decodeJwt(body.access_token ?? '')).toMatchObject({ azpacr: '2' })
  })

  const refusals: Record<string, { change?: Record<string, unknown>; key?: typeof keys.privateKey; code: number }> = {
    'another issuer': { change: { iss: 'http://127.0.0.1:1' }, code: 700211 },
    'another subject': { change: { sub: 'repo:contoso/app:pull_request' }, code: 700213 },
    'another audience': { change: { aud: 'api://other' }, code: 700212 },
    'another key': { key: stranger.privateKey, code: 700027 },
    'an old statement': { change: { exp: seconds() - 3600 }, code: 700024 },
  }
  test.each(Object.entries(refusals))('is refused with %s', async (_fact, { change, key, code }) => {
    const { status, body } = await daemon(await trusting(), await statement(change, key))

    expect([status, body.error_codes]).toEqual([401, [code]])
  })
})

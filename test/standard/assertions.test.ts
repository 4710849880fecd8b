import * as oauth from 'oauth4webapi'
import { describe, expect, test } from 'vitest'
import { answerOf, authorize } from './flow.ts'
import { redirectUri, useStandard } from './op.ts'
import type { Op } from './op.ts'

const server = useStandard()

/** A client that registered its own key, and lives in real time. */
async function keyedClient(op: Op) {
  const { privateKey, publicKey } = await oauth.generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await crypto.subtle.exportKey('jwk', publicKey)), kid: 'k', use: 'sig', alg: 'ES256' }
  const rp = await op.register({ token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES256', jwks: { keys: [jwk as oauth.JWK] }, grant_types: ['authorization_code', 'client_credentials'] })
  const client: oauth.Client = { client_id: rp.client.client_id }

  return { rp, client, key: { key: privateKey, kid: 'k' } }
}

async function tokenFor(op: Op, client: oauth.Client, auth: oauth.ClientAuth) {
  const response = await oauth.clientCredentialsGrantRequest(op.as, client, auth, { resource: 'api://sales-api' })

  return (await response.json()) as { access_token?: string; error?: string }
}

const moved: Record<string, (op: Op) => void> = {
  'where the clock is the real one': () => {},
  '30 days ahead': (op) => op.tenant.clock.advance('P30D'),
  'of a tenant that stands still a year ahead': (op) => { op.tenant.clock.freeze(); op.tenant.clock.advance('P365D') },
  'of a tenant whose tokens are on the wire\'s time': (op) => { op.tenant.clock.advance('P30D'); op.tenant.clock.tokens = 'wire' },
}

describe('an assertion of real time is accepted', () => {
  for (const [where, move] of Object.entries(moved)) {
    test(where, async () => {
      const op = await server.op()
      const { client, key } = await keyedClient(op)
      move(op)

      expect(await tokenFor(op, client, oauth.PrivateKeyJwt(key))).toMatchObject({ token_type: 'Bearer' })
    })
  }

  test('and so is one of the tenant\'s time', async () => {
    const op = await server.op()
    const { rp, key } = await keyedClient(op)
    op.tenant.clock.advance('P30D')

    expect(await tokenFor(op, rp.client, oauth.PrivateKeyJwt(key))).toMatchObject({ token_type: 'Bearer' })
  })
})

describe('in a tenant 30 days ahead, an assertion is refused', () => {
  const wrong: Record<string, oauth.ModifyAssertionOptions> = {
    'that expired in both times': { [oauth.modifyAssertion]: (_header, payload) => Object.assign(payload, { exp: Number(payload.exp) - 7200, iat: Number(payload.iat) - 7200, nbf: Number(payload.nbf) - 7200 }) },
    'that is meant for somebody else': { [oauth.modifyAssertion]: (_header, payload) => void (payload.aud = 'https://elsewhere.example') },
  }
  for (const [which, options] of Object.entries(wrong)) {
    test(which, async () => {
      const op = await server.op()
      const { client, key } = await keyedClient(op)
      op.tenant.clock.advance('P30D')

      expect(await tokenFor(op, client, oauth.PrivateKeyJwt(key, options))).toMatchObject({ error: 'invalid_client' })
    })
  }

  test('that was used before', async () => {
    const op = await server.op()
    const { client, key } = await keyedClient(op)
    op.tenant.clock.advance('P30D')
    const again: oauth.ModifyAssertionOptions = { [oauth.modifyAssertion]: (_header, payload) => void (payload.jti = 'the same') }

    expect(await tokenFor(op, client, oauth.PrivateKeyJwt(key, again))).toMatchObject({ token_type: 'Bearer' })
    expect(await tokenFor(op, client, oauth.PrivateKeyJwt(key, again))).toMatchObject({ error: 'invalid_client' })
  })

  test('signed with another key', async () => {
    const op = await server.op()
    const { client } = await keyedClient(op)
    op.tenant.clock.advance('P30D')
    const { privateKey } = await oauth.generateKeyPair('ES256')

    expect(await tokenFor(op, client, oauth.PrivateKeyJwt({ key: privateKey, kid: 'k' }))).toMatchObject({ error: 'invalid_client' })
  })
})

test('only the assertion is read in real time: a code that is too old by the tenant\'s clock stays so', async () => {
  const op = await server.op()
  const { rp, client, key } = await keyedClient(op)
  op.tenant.clock.advance('P30D')
  const late = answerOf(rp, await authorize(rp, op.browser()))
  const redeem = async (answer: URLSearchParams) => (await oauth.authorizationCodeGrantRequest(op.as, client, oauth.PrivateKeyJwt(key), answer, redirectUri, oauth.nopkce)).json()
  op.tenant.clock.advance('PT1H')
  expect(await redeem(late)).toMatchObject({ error: 'invalid_grant' })

  expect(await redeem(answerOf(rp, await authorize(rp, op.browser())))).toHaveProperty('id_token')
})

import { createRemoteJWKSet, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { graphAt } from '../graph/ask.ts'
import { people, useMock } from '../support/mock.ts'

const server = useMock()

const graph = 'https://graph.microsoft.com'
const alice = { aud: graph, oid: people.alice, scp: 'User.Read' }

type Order = { readonly order: Record<string, unknown>; /** What an API's library says of it; absent = it is good. */ readonly refused?: RegExp; /** Graph looks at who signed it, for whom and until when. */ readonly isGoodForGraph?: true }

/** What an API must refuse, made to order, and one that it must not. */
const orders: Record<string, Order> = {
  'a good one': { order: { claims: alice } },
  'one that has expired': { order: { claims: alice, lifetime: '-PT1H' }, refused: /"exp" claim timestamp check failed/ },
  'one that is not good yet': { order: { claims: { ...alice, nbf: 4_000_000_000 }, lifetime: 'P20000D' }, refused: /"nbf" claim timestamp check failed/ },
  'one for another audience': { order: { claims: { ...alice, aud: 'api://sales-api' } }, refused: /unexpected "aud" claim value/ },
  'one of another issuer': { order: { claims: { ...alice, iss: 'https://elsewhere.example/v2.0' } }, refused: /unexpected "iss" claim value/, isGoodForGraph: true },
  'one without an issuer': { order: { claims: { ...alice, iss: null } }, refused: /missing required "iss" claim/, isGoodForGraph: true },
  'one that is signed with a key nobody knows': { order: { claims: alice, key: 'unknown' }, refused: /no applicable key found|signature verification failed/ },
  'one that nobody signed': { order: { claims: alice, key: 'none' }, refused: /Unsupported "alg"|"alg" \(Algorithm\)|no applicable key/ },
}

describe('a token to order', () => {
  for (const [which, { order, refused, isGoodForGraph = refused === undefined }] of Object.entries(orders)) {
    test(`${which} is ${refused ? 'refused' : 'taken'} by an API's library, and ${isGoodForGraph ? 'taken' : 'refused'} by Graph`, async () => {
      const sandbox = await server.mock.sandbox()
      const token = await sandbox.token(order)
      const keys = createRemoteJWKSet(new URL(sandbox.issuer.replace(/v2\.0$/, 'discovery/v2.0/keys')))
      const verified = jwtVerify(token, keys, { issuer: sandbox.issuer, audience: graph })
      if (refused) await expect(verified).rejects.toThrow(refused)
      else expect((await verified).payload).toMatchObject({ oid: people.alice, tid: sandbox.id })

      const { status } = await graphAt(server.mock.http!, { authorization: `Bearer ${token}` }).get('/me')
      expect(status).toBe(isGoodForGraph ? 200 : 401)
    })
  }
})

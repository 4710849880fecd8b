import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { newStory, places, useMock, type Story } from '../support/mock.ts'

const server = useMock()

type Asked = { user?: string; client: string; password?: string; oneTimeCode?: boolean; scope?: string; claims?: string; from?: string }
type Ended = { outcome: string; code?: number; by?: string }

async function signIn(story: Story, { from, ...asked }: Asked) {
  const { status, body } = await story.control('POST', '/sign-ins', { ...asked, ...(from === undefined ? {} : { signals: { ipAddress: from } }) })

  return { status, body: body as { outcome: string; error?: { code: number }; tokens?: Record<string, string>; why: { policies: { displayName: string; result: string }[] } | null } }
}

describe('a sign-in without a browser ends as it would in one', () => {
  const stories: Record<string, { asked: Asked; ends: Ended }> = {
    'alice at the office': { asked: { user: 'alice', client: 'Sales Hub', from: places.office }, ends: { outcome: 'granted' } },
    'alice at the office with her password': { asked: { user: 'alice', client: 'Sales Hub', from: places.office, password: 'Portcullis1!' }, ends: { outcome: 'granted' } },
    'alice in the café': { asked: { user: 'alice', client: 'Sales Hub', from: places.cafe }, ends: { outcome: 'blocked', code: 53003, by: 'Sales Hub only from trusted locations' } },
    'alice with another password': { asked: { user: 'alice', client: 'Sales Hub', from: places.office, password: 'wrong' }, ends: { outcome: 'failed', code: 50126 } },
    'dave in the café': { asked: { user: 'dave', client: 'Sales Hub', from: places.cafe }, ends: { outcome: 'interrupted', code: 50074, by: 'MFA outside trusted locations' } },
    'dave in the café with a code': { asked: { user: 'dave', client: 'Sales Hub', from: places.cafe, oneTimeCode: true }, ends: { outcome: 'granted' } },
    'bob in the café, who has no authenticator': { asked: { user: 'bob', client: 'Sales SPA', from: places.cafe }, ends: { outcome: 'interrupted', code: 50072, by: 'MFA outside trusted locations' } },
    'somebody nobody knows': { asked: { user: 'mallory', client: 'Sales Hub' }, ends: { outcome: 'failed', code: 50034 } },
    'an application nobody knows': { asked: { user: 'alice', client: 'Sales Hut' }, ends: { outcome: 'failed', code: 700016 } },
    'a resource nobody knows': { asked: { user: 'alice', client: 'Sales Hub', scope: 'api://nope/.default', from: places.office }, ends: { outcome: 'failed', code: 500011 } },
    'a permission that nobody publishes': { asked: { user: 'alice', client: 'Sales Hub', scope: 'api://sales-api/Orders.Eat', from: places.office }, ends: { outcome: 'failed', code: 70011 } },
    'claims that are none': { asked: { user: 'alice', client: 'Sales Hub', claims: '{acrs', from: places.office }, ends: { outcome: 'failed', code: 90100 } },
    'the daemon at a resource nobody knows': { asked: { client: 'Nightly Job', scope: 'api://nope/.default' }, ends: { outcome: 'failed', code: 500011 } },
    'the daemon with a user\'s permission': { asked: { client: 'Nightly Job', scope: 'User.Read' }, ends: { outcome: 'failed', code: 70011 } },
    'dave in the café, of whom nobody said that he has a code': { asked: { user: 'dave', client: 'Sales Hub', from: places.cafe, oneTimeCode: false }, ends: { outcome: 'interrupted', code: 50074, by: 'MFA outside trusted locations' } },
    'the daemon': { asked: { client: 'Nightly Job', from: places.cafe }, ends: { outcome: 'granted' } },
  }

  test.each(Object.entries(stories))('%s', async (_, { asked, ends }) => {
    const story = await newStory(server.mock)
    const { status, body } = await signIn(story, asked)
    const refusing = body.why?.policies.filter(({ result }) => result === 'failure').map(({ displayName }) => displayName) ?? []

    expect(status).toBe(200)
    expect([body.outcome, body.error?.code]).toEqual([ends.outcome, ends.code])
    expect(refusing.length > 0).toBe(ends.by !== undefined)
    expect(refusing.includes(ends.by ?? '')).toBe(ends.by !== undefined)
    expect(body.tokens?.access_token !== undefined).toBe(ends.outcome === 'granted')
  })
})

test('what an endpoint refuses before anybody is judged is said in its words, and no trace of a response that nobody sees', async () => {
  const { body } = await signIn(await newStory(server.mock), { user: 'alice', client: 'Sales Hub', claims: '{acrs' })

  expect(body).toEqual({ outcome: 'failed', error: { code: 90100, error: 'invalid_request', message: 'AADSTS90100: The parameter \'claims\' is empty or not valid.' }, why: null })
})

test('in the standard profile too, an endpoint\'s refusal is the answer', async () => {
  const story = await newStory(server.mock, { profile: 'standard' })
  const { status, body } = await signIn(story, { user: 'alice', client: 'Sales Hub', scope: 'api://nope/.default', from: places.office })

  expect({ status, ...body }).toMatchObject({ status: 200, outcome: 'failed', error: { error: 'access_denied' }, why: { outcome: 'granted' } })
})

test('tokens are those of the token endpoint, and know that the application kept its secret', async () => {
  const { body: { tokens = {} } } = await signIn(await newStory(server.mock), { user: 'alice', client: 'Sales Hub', from: places.office })

  expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 8 * 3600, id_token: expect.stringMatching(/^ey/) })
  expect(decodeJwt(tokens.id_token ?? '')).toMatchObject({ oid: 'c0ffee00-0000-4000-8000-0000000000b1', preferred_username: 'alice@contoso.example' })
  expect(decodeJwt(tokens.access_token ?? '').appidacr).toBe('1')
})

test('it is in the log like any other, with every policy\'s part', async () => {
  const story = await newStory(server.mock)
  await signIn(story, { user: 'alice', client: 'Sales Hub', from: places.cafe })
  const { body } = await story.control('GET', '/sign-ins?after=0&wait=5')
  const [row] = body.entries as Record<string, unknown>[]

  expect(row).toMatchObject({ sequence: 1, userPrincipalName: 'alice@contoso.example', ipAddress: places.cafe, status: { errorCode: 53003 } })
  expect(row?.appliedConditionalAccessPolicies).toHaveLength(6)
})

test('a code that "counts as good" uses none up, and a real one is still good afterwards', async () => {
  const story = await newStory(server.mock)
  const before = await story.code('dave')
  await signIn(story, { user: 'dave', client: 'Sales Hub', from: places.cafe, oneTimeCode: true })

  expect(before).toMatch(/^\d{6}$/)
  expect((await story.control('GET', '/users/dave/one-time-code')).status).toBe(200)
})

test('an application that cannot sign anybody in says so', async () => {
  const { status, body } = await signIn(await newStory(server.mock), { client: 'Sales SPA' })

  expect(status).toBe(400)
  expect(body).toMatchObject({ error: { code: 'cannot_sign_in', message: expect.stringMatching(/public client/) } })
})

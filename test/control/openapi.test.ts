import { expect, test } from 'vitest'
import { callsOf } from '../../src/control/calls/index.ts'
import { controlClient, ControlRefused } from '../../src/testing/client.ts'
import { useMock } from '../support/mock.ts'
import { typesFrom } from '../support/types-from-openapi.ts'

const server = useMock()
const described = async () => (await (await fetch(`${server.mock.http}/_mock/openapi.json`)).json()) as { info: { version: string }; paths: Record<string, Record<string, { operationId: string; requestBody?: unknown }>> }

// To write both anew: npx vitest run test/control/openapi.test.ts -u
test('docs/openapi.json is what the server says of itself', async () => {
  const { info, ...said } = await described()

  await expect(`${JSON.stringify({ ...said, info: { ...info, version: '1' } }, null, 2)}\n`).toMatchFileSnapshot('../../docs/openapi.json')
})

test('the typed client\'s types are made from it', async () => {
  await expect(typesFrom(await described())).toMatchFileSnapshot('../../src/testing/control-calls.ts')
})

test('every call is in it, and every operation has a name of its own', async () => {
  const { paths } = await described()
  const calls = callsOf({ orderToken: async () => '' } as never).map(({ method, path }) => `${method} /_mock${path}`)
  const told = Object.entries(paths).flatMap(([path, operations]) => Object.entries(operations).map(([method, operation]) => ({ line: `${method.toUpperCase()} ${path}`, ...operation })))

  expect(calls.filter((call) => !told.some(({ line }) => line === call))).toEqual([])
  expect(new Set(told.map(({ operationId }) => operationId)).size).toBe(told.length)
})

test('the typed client drives a tenant over HTTP, and refusals keep their words', async () => {
  const http = server.mock.http ?? ''
  const { id } = await controlClient(http)('POST /tenants', { body: { licence: 'P1' } })
  const control = controlClient(http, { tenant: String(id) })
  await control('POST /clock', { body: { advance: 'P30D' } })
  await control('PUT /signals/{user}', { path: { user: 'alice' }, body: { ipAddress: '203.0.113.9' } })
  const answer = await control('POST /sign-ins', { body: { user: 'alice', client: 'Sales Hub' } })

  expect(answer).toMatchObject({ outcome: 'blocked', error: { code: 53003 } })
  expect(await control('GET /sign-ins', { query: { after: '0' } })).toMatchObject({ next: 1 })
  expect(await control('GET /tenant')).toMatchObject({ licence: 'P1' })
  const refused = await control('POST /users/{user}/revoke', { path: { user: 'mallory' } }).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(ControlRefused)
  expect(refused).toMatchObject({ code: 'not_found', status: 404, message: expect.stringContaining('There is no user "mallory"') as string })
})

import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { callsOf } from '../../src/control/calls/index.ts'
import { places, useMock } from '../support/mock.ts'

const server = useMock()
const calls = callsOf({ orderToken: async () => '' } as never)

type Told = { readonly path?: string; readonly body?: unknown; readonly before?: (ask: (line: string, body?: unknown) => Promise<Response>) => Promise<unknown> }
const cafe = { ipAddress: places.cafe }
const aFault = { on: 'token', error: { code: 50076 }, delay: 10, times: 2, where: { user: 'alice', client: 'Sales Hub', grant: 'refresh_token' } }

/** How each call is asked so that its answer has something in it. */
const told: Record<string, Told | readonly Told[]> = {
  'GET ': {},
  'GET /clock': {},
  'POST /clock': { body: { advance: 'PT8H' } },
  'GET /signals': { before: (ask) => ask('PUT /signals', cafe) },
  'PUT /signals': { body: { ...cafe, platform: 'iOS', device: { isCompliant: true }, insideCorporateNetwork: true } },
  'DELETE /signals': {},
  'GET /signals/{user}': { path: '/signals/alice', before: (ask) => ask('PUT /signals/alice', cafe) },
  'PUT /signals/{user}': { path: '/signals/alice', body: cafe },
  'DELETE /signals/{user}': { path: '/signals/alice' },
  'GET /users/{user}/one-time-code': { path: '/users/alice/one-time-code' },
  'PATCH /users/{user}': { path: '/users/alice', body: { displayName: 'Alice Ames' } },
  'GET /tenant': {},
  'PATCH /tenant': { body: { licence: 'P1' } },
  'POST /sign-ins': [{ body: { user: 'alice', client: 'Sales Hub', signals: cafe } }, { body: { client: 'Nightly Job' } }, { body: { user: 'mallory', client: 'Sales Hub' } }],
  'GET /sign-ins': { before: async (ask) => [await ask('POST /sign-ins', { user: 'alice', client: 'Sales Hub' }), await ask('POST /sign-ins', { client: 'Nightly Job' })] },
  'GET /requests': { before: (ask) => ask('POST /sign-ins', { client: 'Nightly Job' }) },
  'DELETE /requests': {},
  'POST /faults': [{ body: aFault }, { body: { on: 'graph', drop: true } }, { body: { on: 'keys', error: { status: 503 } } }],
  'GET /faults': { before: (ask) => ask('POST /faults', aFault) },
  'DELETE /faults': {},
  'POST /tokens': { body: { lifetime: 'PT2H' } },
  'POST /users/{user}/revoke': { path: '/users/alice/revoke' },
  'GET /snapshot': {},
  'PUT /snapshot': { body: { domains: [{ id: 'contoso.example' }] } },
  'POST /reset': {},
}

/** What is described is what is answered: neither more nor less. */
describe('a call answers as it is described', () => {
  for (const [line, how] of Object.entries(told)) {
    test(line.trim() === 'GET' ? 'GET /_mock' : line, async () => {
      const call = calls.find(({ method, path }) => `${method} ${path}` === line)
      const { id } = await server.mock.sandbox()
      const ask = (asked: string, body?: unknown) => {
        const [method = '', path = ''] = asked.split(' ')
        return fetch(`${server.mock.http}/_mock${call?.about === 'server' ? '' : `/tenants/${id}`}${path}`, {
          method, ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
        })
      }
      for (const { path, body, before } of [how].flat()) {
        await before?.(ask)
        const response = await ask(path === undefined ? line : `${line.split(' ')[0]} ${path}`, body)

        expect(response.ok, await response.clone().text()).toBe(true)
        expect(v.safeParse(call!.answers!, await response.json()).issues?.map(({ path: at, message }) => `${at?.map(({ key }) => key).join('.')} ${message}`)).toBeUndefined()
      }
    })
  }

  test('so do those that make and delete a tenant, take a fault back, and ask how a token stands', async () => {
    const to = async (line: string, path: string, body?: unknown) => {
      const [method = ''] = line.split(' ')
      const response = await fetch(`${server.mock.http}/_mock${path}`, { method, ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) })
      const json = await response.json() as Record<string, string>
      v.parse(calls.find(({ method: asked, path: pattern }) => `${asked} ${pattern}` === line)!.answers!, json)

      return json
    }
    const { id } = await to('POST /tenants', '/tenants', { domain: 'answers.example' })
    const { id: fault } = await to('POST /faults', `/tenants/${id}/faults`, aFault)
    await to('DELETE /faults/{fault}', `/tenants/${id}/faults/${fault}`)
    const { token } = await to('POST /tokens', `/tenants/${id}/tokens`, {})
    await to('POST /tokens/standing', '/tokens/standing', { token })
    await to('POST /tokens/standing', '/tokens/standing', { token: 'of.nobody.here' })
    const { tokens: { access_token: good } } = await to('POST /sign-ins', `/tenants/${id}/sign-ins`, { client: 'Nightly Job' }) as never as { tokens: { access_token: string } }
    expect(await to('POST /tokens/standing', '/tokens/standing', { token: good })).toMatchObject({ active: true })
    await to('DELETE /tenants/{sandbox}', `/tenants/${id}`)
  })

  test('every call has its answer described', () => {
    expect(calls.filter(({ answers, gives }) => answers === undefined && gives === undefined).map(({ method, path }) => `${method} ${path}`)).toEqual([])
  })
})

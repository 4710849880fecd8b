import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callingOut } from '../../src/oidc/calling-out.ts'

const application = createServer((_request, response) => response.end('heard'))
/** Stands where the library's guard does, and lets nothing through. */
const guarded = { dispatcher: { dispatch: () => { throw new Error('guarded') } } } as RequestInit
const address = () => `http://localhost:${(application.address() as AddressInfo).port}/`

beforeAll(() => new Promise<void>((resolve) => application.listen(0, 'localhost', resolve)))
afterAll(() => new Promise((resolve) => application.close(resolve)))

test('a server used on this machine calls the applications on it', async () => {
  const response = await callingOut({ base: 'https://localhost:8443' })(address(), guarded)

  expect(await response.text()).toBe('heard')
})

test('a server used from elsewhere knocks at nobody on this machine', async () => {
  await expect(callingOut({ base: 'https://idp.contoso.example' })(address(), guarded)).rejects.toThrow(/fetch failed|guarded/)
})

test('the guard stays for every other address', async () => {
  await expect(callingOut({ base: 'https://localhost:8443' })('http://192.168.0.1/', guarded)).rejects.toThrow(/fetch failed|guarded/)
})

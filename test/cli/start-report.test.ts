import { expect, test } from 'vitest'
import { startReport } from '../../src/cli/start-report.ts'
import type { Started } from '../../src/cli/start-report.ts'

const contoso: Started['tenants'][number] = {
  id: 'c0ffee00-0000-4000-8000-000000000001',
  displayName: 'Contoso',
  domain: 'contoso.example',
  issuer: 'https://localhost:8443/c0ffee00-0000-4000-8000-000000000001/v2.0',
  issuerHttp: 'http://localhost:8400/c0ffee00-0000-4000-8000-000000000001/v2.0',
  users: [
    { userPrincipalName: 'alice@contoso.example', displayName: 'Alice Adams', password: 'Portcullis1!', oneTimeCode: '492039' },
    { userPrincipalName: 'bob@contoso.example', displayName: 'Bob Baker', password: null, oneTimeCode: null },
  ],
}
const started: Started = { http: 'http://localhost:8400', https: 'https://localhost:8443', ca: '/home/alice/.portcullis/ca.pem', tenants: [contoso] }

test('a person is told the addresses, the users, the CA and what to try', () => {
  expect(startReport('0.1.0', started)).toBe(`Portcullis 0.1.0 is ready.

Contoso, contoso.example

  issuer       https://localhost:8443/c0ffee00-0000-4000-8000-000000000001/v2.0
               http://localhost:8400/c0ffee00-0000-4000-8000-000000000001/v2.0
  home page    http://localhost:8400/contoso.example
  sample app   http://localhost:8400/app

  user                    password          code now
  alice@contoso.example   Portcullis1!      492039     Alice Adams
  bob@contoso.example     (as you set it)   -          Bob Baker

To have Node trust its certificates:

  export NODE_EXTRA_CA_CERTS=/home/alice/.portcullis/ca.pem

Try it:

  1. Open http://localhost:8400/app and sign in. Under "Where are you?" choose Head office, then be alice: her password is enough.
  2. Sign out, choose Branch, be alice again: she is refused, and the page names the policy.
  3. From Branch again be dave: he is asked for his code.

Ctrl+C stops it.`)
})

test('a path with a space is pasted whole', () => {
  expect(startReport('0.1.0', { ...started, ca: '/home/al\'s data/ca.pem' }))
    .toContain(String.raw`export NODE_EXTRA_CA_CERTS='/home/al'\''s data/ca.pem'`)
})

test('without HTTPS there is one issuer and no CA to trust', () => {
  const report = startReport('0.1.0', { ...started, https: null, ca: null, tenants: [{ ...contoso, issuer: contoso.issuerHttp ?? '' }] })

  expect(report.match(/v2\.0/g)).toHaveLength(1)
  expect(report).not.toContain('NODE_EXTRA_CA_CERTS')
})

test('the story is told of the shipped tenant only', () => {
  expect(startReport('0.1.0', { ...started, tenants: [{ ...contoso, id: 'another' }] })).not.toContain('Try it')
})

test('a large tenant does not fill the screen', () => {
  const [alice] = contoso.users
  const crowd = Array.from({ length: 300 }, () => alice as NonNullable<typeof alice>)
  const report = startReport('0.1.0', { ...started, tenants: [{ ...contoso, users: crowd }] })

  expect(report).toContain('… and 288 more')
  expect(report.split('\n').length).toBeLessThan(40)
})

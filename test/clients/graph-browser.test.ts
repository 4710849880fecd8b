import { expect, test } from 'vitest'
import { testCertificates } from '../support/keys.ts'
import { apps, people, places, useMock } from '../support/mock.ts'
import { clientTenant } from '../support/oidc-clients.ts'
import { callClient, signInPopup, useSpa } from '../support/spa.ts'

const server = useMock({ httpsPort: 0, certificates: testCertificates() })
const spa = useSpa({ '/': new URL('pages/graph.ts', import.meta.url), '/redirect.html': new URL('pages/msal-bridge.ts', import.meta.url) })

test('@microsoft/microsoft-graph-client 3 in Chromium, with msal-browser 5: a page of another origin asks Graph, and reads why it is refused', async () => {
  const tenant = await clientTenant(server.mock)
  const page = await spa.open({ authority: tenant.authority, client: apps.salesSpa })
  await signInPopup(tenant, page, 'dave', ['loginPopup', { scopes: ['User.Read'] }], places.office)

  expect(await callClient(page, 'get', '/me?$select=displayName,id')).toMatchObject({ displayName: 'Dave Doyle', id: people.dave })
  expect(await callClient(page, 'get', '/identity/conditionalAccess/policies')).toMatchObject({ statusCode: 403, code: 'AccessDenied', message: expect.stringMatching(/scope Policy.Read.All/) })
  expect(await callClient(page, 'patch', '/me', { displayName: 'Somebody' })).toMatchObject({ statusCode: 403, requestId: expect.stringMatching(/^[\da-f-]{36}$/) })
})

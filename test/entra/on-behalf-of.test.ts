import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { apps, changeApplication, newStory, password, people, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'

const server = useMock()
const office = { 'x-mock-signals': `ipAddress=${places.office}` }
const cafe = { 'x-mock-signals': `ipAddress=${places.cafe}` }

/** Contoso whose Sales API has a secret, so that it can call Graph for its users. */
async function tenantWithMiddleTier(): Promise<Story> {
  const story = await newStory(server.mock)
  await changeApplication(story, apps.salesApi, { secrets: ['sales-api-secret'] })

  return story
}

async function tokenFor(story: Story, headers = office, form: Record<string, string> = {}): Promise<string> {
  const { body } = await story.token({ grant_type: 'password', client_id: apps.salesMobile, username: 'alice@contoso.example', password, scope: 'openid api://sales-api/Orders.Read', ...form }, headers)

  return body.access_token ?? ''
}

function onBehalf(story: Story, assertion: string, form: Record<string, string> = {}, headers: Record<string, string> = {}) {
  return story.token({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    client_id: apps.salesApi,
    client_secret: 'sales-api-secret',
    requested_token_use: 'on_behalf_of',
    scope: 'openid profile offline_access User.Read',
    client_info: '1',
    assertion,
    ...form,
  }, headers)
}

const mfaForGraph = {
  displayName: 'MFA for Graph',
  state: 'enabled',
  conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['Microsoft Graph'] }, clientAppTypes: ['all'] },
  grantControls: { operator: 'OR', builtInControls: ['mfa'] },
}

describe('an API on behalf of its user', () => {
  test('gets a token of that user for another API, to renew at will', async () => {
    const story = await tenantWithMiddleTier()
    const { status, body } = await onBehalf(story, await tokenFor(story))

    expect(status).toBe(200)
    expect(decodeJwt(body.access_token ?? '')).toMatchObject({ oid: people.alice, appid: apps.salesApi, appidacr: '1', scp: expect.stringContaining('User.Read') as string, ipaddr: places.office })
    expect(decodeJwt(body.id_token ?? '')).toMatchObject({ aud: apps.salesApi, oid: people.alice })
    expect(body.client_info).toBeTypeOf('string')
    const renewed = await story.token({ grant_type: 'refresh_token', client_id: apps.salesApi, client_secret: 'sales-api-secret', refresh_token: body.refresh_token ?? '' }, office)
    expect(renewed.status).toBe(200)
  })

  test('may be called by an API that was itself called so: the sign-in behind the first token is behind the last', async () => {
    const story = await tenantWithMiddleTier()
    const ledger = 'c0ffee00-0000-4000-8000-0000000000a9'
    const { body: tenant } = await story.control('GET', '/snapshot')
    await story.control('PATCH', '/tenant', {
      applications: [
        ...(tenant.applications as { appId: string; consents?: object[] }[]).map((application) =>
          (application.appId === apps.salesApi ? { ...application, consents: [...(application.consents ?? []), { resource: 'Ledger', scopes: ['Ledger.Read'] }] } : application)),
        { displayName: 'Ledger', appId: ledger, identifierUris: ['api://ledger'], secrets: ['ledger-secret'], api: { oauth2PermissionScopes: [{ value: 'Ledger.Read' }] }, consents: [{ resource: 'Microsoft Graph', scopes: ['User.Read'] }] },
      ],
    })
    const { body: second } = await onBehalf(story, await tokenFor(story), { scope: 'api://ledger/Ledger.Read' })
    expect(decodeJwt(second.access_token ?? '')).toMatchObject({ aud: 'api://ledger', appid: apps.salesApi, oid: people.alice })
    const third = () => onBehalf(story, second.access_token ?? '', { client_id: ledger, client_secret: 'ledger-secret', scope: 'User.Read' }, cafe)

    expect(decodeJwt((await third()).body.access_token ?? '')).toMatchObject({ appid: ledger, oid: people.alice, ipaddr: places.office })
    await story.control('POST', '/users/alice/revoke')
    expect((await third()).body.error_codes).toEqual([50173])
  })

  test('is judged under the signals of the sign-in behind the token, wherever the API runs and the user has gone since', async () => {
    const story = await tenantWithMiddleTier()
    const token = await tokenFor(story)
    await story.control('PUT', '/signals/alice', { ipAddress: places.cafe })

    expect((await onBehalf(story, token, {}, cafe)).status).toBe(200)
  })

  test('hears what is wanted of the user, with the claims to pass on', async () => {
    const story = await tenantWithMiddleTier()
    const token = await tokenFor(story)
    await story.control('PATCH', '/tenant', { conditionalAccessPolicies: [mfaForGraph] })
    const { body } = await onBehalf(story, token)

    expect(body).toMatchObject({ error: 'invalid_grant', suberror: 'basic_action', error_codes: [50076] })
    expect(JSON.parse(body.claims ?? '{}')).toMatchObject({ access_token: { capolids: { essential: true } } })
  })

  test('is refused once the user’s sessions are revoked', async () => {
    const story = await tenantWithMiddleTier()
    const token = await tokenFor(story)
    await story.control('POST', '/users/alice/revoke')

    expect((await onBehalf(story, token)).body).toMatchObject({ error: 'invalid_grant', error_codes: [50173] })
  })

  test('is refused with a token that has expired by the tenant’s clock', async () => {
    const story = await tenantWithMiddleTier()
    const token = await tokenFor(story)
    await story.control('POST', '/clock', { advance: 'PT2H' })

    expect((await onBehalf(story, token)).body).toMatchObject({ error: 'invalid_grant', error_codes: [500133] })
  })

  const refusals: Record<string, { assertion: (story: Story) => Promise<string>; form?: Record<string, string>; code: number }> = {
    'a token for another API': { assertion: (story) => tokenFor(story, office, { scope: 'User.Read' }), code: 500131 },
    'a token of another tenant': { assertion: async () => tokenFor(await newStory(server.mock)), code: 50013 },
    'a token that was tampered with': { assertion: async (story) => `${(await tokenFor(story)).slice(0, -8)}AAAAAAAA`, code: 50013 },
    'a token without a signature': {
      assertion: async (story) => `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${(await tokenFor(story)).split('.')[1]}.`,
      code: 50013,
    },
    'what is no token': { assertion: async () => 'x', code: 50027 },
    'a token of an application': {
      assertion: async (story) => (await story.token({ grant_type: 'client_credentials', client_id: apps.nightlyJob, client_secret: 'nightly-job-secret', scope: 'api://sales-api/.default' })).body.access_token ?? '',
      code: 50027,
    },
    'nothing': { assertion: async () => '', code: 900144 },
    'another use than on_behalf_of': { assertion: (story) => tokenFor(story), form: { requested_token_use: 'x' }, code: 90100 },
    'an API that does not prove itself': { assertion: (story) => tokenFor(story), form: { client_secret: '' }, code: 7000218 },
    'a permission that nobody consented to': { assertion: (story) => tokenFor(story), form: { scope: 'User.ReadWrite.All' }, code: 65001 },
  }
  test.each(Object.entries(refusals))('is refused with %s', async (_fact, { assertion, form, code }) => {
    const story = await tenantWithMiddleTier()
    const { body } = await onBehalf(story, await assertion(story), form)

    expect(body.error_codes).toEqual([code])
    expect(body.access_token).toBeUndefined()
  })
})

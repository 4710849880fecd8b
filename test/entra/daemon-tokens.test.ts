import { describe, expect, test } from 'vitest'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'

const server = useMock()
const scopes = { 'a v2 API': 'api://sales-api/.default', 'Graph, which has v1 tokens': 'https://graph.microsoft.com/.default' }
const byBody = { grant_type: 'client_credentials', client_id: apps.nightlyJob, client_secret: 'nightly-job-secret' }
/** A secret in the header is out of the ordinary, so that the library sees it. */
const byHeader = { authorization: `Basic ${Buffer.from(`${apps.nightlyJob}:nightly-job-secret`).toString('base64')}` }

describe('a daemon’s token is the same whether the library was needed or not', () => {
  for (const [what, scope] of Object.entries(scopes)) {
    test(`for ${what}`, async () => {
      const story = await newStory(server.mock)
      await story.control('POST', '/clock', { frozen: true })
      const own = await story.token({ ...byBody, scope })
      const library = await story.token({ grant_type: 'client_credentials', client_id: apps.nightlyJob, scope }, byHeader)

      expect(Object.keys(own.body).toSorted()).toEqual(Object.keys(library.body).toSorted())
      expect(own.headers.get('cache-control')).toBe(library.headers.get('cache-control'))
      expect(await tokenOf(story, own.body.access_token)).toEqual(await tokenOf(story, library.body.access_token))
    })
  }

  test('both leave the same row in the log', async () => {
    const story = await newStory(server.mock)
    await story.token({ ...byBody, scope: scopes['a v2 API'] })
    await story.token({ grant_type: 'client_credentials', client_id: apps.nightlyJob, scope: scopes['a v2 API'] }, byHeader)
    const { body } = await story.control('GET', '/sign-ins')
    const [own, library] = (body.entries as Record<string, unknown>[]).map(({ sequence: _s, id: _i, createdDateTime: _c, correlationId: _co, uniqueTokenIdentifier: _u, originalRequestId: _o, ...row }) => row)

    expect(own).toEqual(library)
  })
})

const refusals: Record<string, { form: Record<string, string>; status: number; code: number }> = {
  'a wrong secret': { form: { ...byBody, client_secret: 'wrong', scope: scopes['a v2 API'] }, status: 401, code: 7000215 },
  'an application nobody knows': { form: { ...byBody, client_id: 'c0ffee00-0000-4000-8000-00000000ffff', scope: scopes['a v2 API'] }, status: 400, code: 700016 },
  'a resource nobody knows': { form: { ...byBody, scope: 'api://nothing/.default' }, status: 400, code: 500011 },
  'a single permission': { form: { ...byBody, scope: 'api://sales-api/Orders.Read' }, status: 400, code: 70011 },
}

describe('a daemon is refused with', () => {
  test.each(Object.entries(refusals))('%s', async (_fact, { form, status, code }) => {
    const story = await newStory(server.mock)

    expect(await story.token(form)).toMatchObject({ status, body: { error_codes: [code] } })
  })

  test('a policy that blocks the workload', async () => {
    const story = await newStory(server.mock)
    await story.control('PATCH', '/tenant', {
      conditionalAccessPolicies: [{
        displayName: 'Workloads from the office only',
        state: 'enabled',
        conditions: {
          users: { includeUsers: ['None'] },
          applications: { includeApplications: ['All'] },
          clientAppTypes: ['all'],
          clientApplications: { includeServicePrincipals: ['ServicePrincipalsInMyTenant'] },
          locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] },
        },
        grantControls: { operator: 'OR', builtInControls: ['block'] },
      }],
    })
    const from = (ipAddress: string) => story.token({ ...byBody, scope: scopes['a v2 API'] }, { 'x-mock-signals': `ipAddress=${ipAddress}` })

    expect(await from(places.cafe)).toMatchObject({ status: 400, body: { error: 'invalid_grant', error_codes: [53003] } })
    expect(await from(places.office)).toMatchObject({ status: 200 })
  })
})

/** Header and claims of a token with a good signature, without what differs from token to token. */
async function tokenOf(story: Story, token = ''): Promise<unknown> {
  const keys = createRemoteJWKSet(new URL(`${story.issuer.replace('/v2.0', '')}/discovery/v2.0/keys`))
  const { payload: { uti: _uti, aio: _aio, rh: _rh, exp: _exp, ...payload }, protectedHeader } = await jwtVerify(token, keys)

  return { payload, protectedHeader }
}

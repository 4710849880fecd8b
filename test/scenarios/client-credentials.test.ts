import { expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { addPolicies, block, claimsIn, from, logOf, policies, resultsIn } from './telling.ts'

const server = useMock()
const job = { grant_type: 'client_credentials', client_id: apps.nightlyJob, client_secret: 'nightly-job-secret', scope: 'api://sales-api/.default' }

/** A workload policy: it names the daemon, not a user. */
const onlyFromTheOffice = (state = 'enabled') => ({
  displayName: 'The job runs at the office',
  state,
  conditions: {
    users: { includeUsers: ['None'] },
    clientApplications: { includeServicePrincipals: ['c0ffee00-0000-4000-8000-0000000000f4'] },
    applications: { includeApplications: ['All'] },
    clientAppTypes: ['all'],
    locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] },
  },
  grantControls: block,
})

const runFrom = (story: Story, ipAddress: string) => story.token(job, from(ipAddress))

test('the daemon is granted from anywhere: policies for users never touch it', async () => {
  const story = await newStory(server.mock)
  for (const at of [places.office, places.cafe, places.korea]) expect((await runFrom(story, at)).status, at).toBe(200)

  const { body } = await runFrom(story, places.cafe)
  expect(body).toMatchObject({ token_type: 'Bearer', expires_in: expect.any(Number) })
  expect(body, 'nobody is there to refresh or identify').not.toHaveProperty('refresh_token')
  expect(body).not.toHaveProperty('id_token')
  expect(claimsIn(body.access_token)).toMatchObject({ aud: apps.salesApi, roles: ['Orders.Process'], tid: story.tenantId, azp: apps.nightlyJob })
  expect(claimsIn(body.access_token)).not.toHaveProperty('scp')
})

test('its rows of the log are a service principal\'s', async () => {
  const story = await newStory(server.mock)
  await runFrom(story, places.cafe)
  const [row] = await logOf(story)

  expect(row).toMatchObject({ signInEventTypes: ['servicePrincipal'], appDisplayName: 'Nightly Job', resourceDisplayName: 'Sales API', ipAddress: places.cafe, userId: '' })
  expect(resultsIn(row)[policies.mfaOutside] ?? 'notApplied').toBe('notApplied')
})

test('a policy for workloads blocks it outside: 53003, without a word about signing in', async () => {
  const story = await newStory(server.mock)
  await addPolicies(story, onlyFromTheOffice())
  expect((await runFrom(story, places.office)).status).toBe(200)

  const { status, body } = await runFrom(story, places.cafe)
  expect(status).toBe(400)
  expect(body).toMatchObject({ error: 'invalid_grant', suberror: 'message_only', error_codes: [53003] })
  expect(resultsIn((await logOf(story)).at(-1))).toMatchObject({ 'The job runs at the office': 'failure' })
})

test('only reported, it changes nothing', async () => {
  const story = await newStory(server.mock)
  await addPolicies(story, onlyFromTheOffice('enabledForReportingButNotEnforced'))

  expect((await runFrom(story, places.cafe)).status).toBe(200)
  expect(resultsIn((await logOf(story)).at(-1))).toMatchObject({ 'The job runs at the office': 'reportOnlyFailure' })
})

/** What the daemon gets wrong, and what it hears. */
const refusals: Record<string, { form: Record<string, string>; status: number; error: string; code: number }> = {
  'a wrong secret': { form: { ...job, client_secret: 'wrong' }, status: 401, error: 'invalid_client', code: 7000215 },
  'no secret': { form: { ...job, client_secret: '' }, status: 401, error: 'invalid_client', code: 7000218 },
  'a scope that is not .default': { form: { ...job, scope: 'api://sales-api/Orders.Read' }, status: 400, error: 'invalid_scope', code: 70011 },
  'no scope': { form: { ...job, scope: '' }, status: 400, error: 'invalid_request', code: 900144 },
  'a resource nobody knows': { form: { ...job, scope: 'api://nowhere/.default' }, status: 400, error: 'invalid_resource', code: 500011 },
  'two resources': { form: { ...job, scope: 'api://sales-api/.default https://graph.microsoft.com/.default' }, status: 400, error: 'invalid_scope', code: 28000 },
  'an application nobody knows': { form: { ...job, client_id: 'c0ffee00-0000-4000-8000-00000000dead' }, status: 400, error: 'unauthorized_client', code: 700016 },
}

test.for(Object.entries(refusals))('%s is refused', async ([, { form, status, error, code }]) => {
  const story = await newStory(server.mock)
  const { status: got, body } = await story.token(form)

  expect({ status: got, ...body }, JSON.stringify(body)).toMatchObject({ status, error, error_codes: [code], trace_id: expect.any(String), correlation_id: expect.any(String) })
  expect(body.error_description).toMatch(new RegExp(`^AADSTS${code}: `))
  expect(JSON.stringify(body)).not.toContain('nightly-job-secret')
})

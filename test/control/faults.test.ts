import { describe, expect, test } from 'vitest'
import { apps, newStory, people, useMock, type Story } from '../support/mock.ts'

const server = useMock()

const daemon = { grant_type: 'client_credentials', client_id: apps.nightlyJob, client_secret: 'nightly-job-secret', scope: 'api://sales-api/.default' }
const fault = (story: Story, asked: Record<string, unknown>) => story.control('POST', '/faults', asked)

describe('a fault happens', () => {
  test('once where it is asked for once, and then all is well', async () => {
    const story = await newStory(server.mock)
    await fault(story, { on: 'token', error: { status: 503 }, times: 1 })

    expect((await story.token(daemon)).status).toBe(503)
    expect((await story.token(daemon)).status).toBe(200)
    expect((await story.control('GET', '/faults')).body.faults).toEqual([])
  })

  test('in Entra\'s words where it has a code', async () => {
    const story = await newStory(server.mock)
    await fault(story, { on: 'token', error: { code: 50196 } })
    const { status, body } = await story.token(daemon)

    expect(status).toBe(400)
    expect(body).toMatchObject({ error_codes: [50196], error_description: expect.stringMatching(/^AADSTS50196: /) })
  })

  test('in OAuth\'s words where it has one of them', async () => {
    const story = await newStory(server.mock)
    await fault(story, { on: 'token', error: { oauth: 'temporarily_unavailable' } })

    expect((await story.token(daemon)).body.error).toBe('temporarily_unavailable')
  })

  test('as a closed connection', async () => {
    const story = await newStory(server.mock)
    await fault(story, { on: 'keys', drop: true, times: 1 })
    const keys = `${server.mock.http}/${story.tenantId}/discovery/v2.0/keys`

    await expect(fetch(keys)).rejects.toThrow(TypeError)
    expect((await fetch(keys)).status).toBe(200)
  })

  test('late', async () => {
    const story = await newStory(server.mock)
    await fault(story, { on: 'discovery', delay: 300 })
    const before = performance.now()
    await fetch(`${story.issuer}/.well-known/openid-configuration`)

    expect(performance.now() - before).toBeGreaterThan(290)
  })

  test('for the client, user or grant it was made for, by whatever name', async () => {
    const story = await newStory(server.mock)
    await fault(story, { on: 'token', error: { status: 503 }, where: { client: 'Sales Hub' } })
    await fault(story, { on: 'token', error: { status: 503 }, where: { user: 'alice' } })
    await fault(story, { on: 'token', error: { status: 503 }, where: { grant: 'refresh_token' } })

    expect((await story.token(daemon)).status).toBe(200)
    expect((await story.token({ ...daemon, client_id: apps.salesHub, client_secret: 'sales-hub-secret' })).status).toBe(503)
    const { body } = await story.control('GET', '/faults')
    expect(body.faults).toMatchObject([{ where: { client: apps.salesHub } }, { where: { user: people.alice } }, { where: { grant: 'refresh_token' } }])
  })

  test('in its own tenant only', async () => {
    const [story, other] = [await newStory(server.mock), await newStory(server.mock)]
    await fault(story, { on: 'token', error: { status: 503 } })

    expect((await other.token(daemon)).status).toBe(200)
  })
})

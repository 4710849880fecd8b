import { decodeJwt, decodeProtectedHeader } from 'jose'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { apps, changeApplication, newStory, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'

/** What the real service answered to requests like these, read from outside of the project. */
const corpus = process.env.PORTCULLIS_CORPUS
const captured = <T>(name: string) => JSON.parse(readFileSync(join(corpus ?? '', 'entra-answers', `${name}.json`), 'utf8')) as T
const server = useMock()

const daemon = { grant_type: 'client_credentials', client_id: apps.nightlyJob, client_secret: 'nightly-job-secret', scope: 'api://sales-api/.default' }

/** A tenant whose daemon is an API of its own, with tokens of version 2, as the captured one was. */
async function tenant(): Promise<Story> {
  const story = await newStory(server.mock)
  await changeApplication(story, apps.nightlyJob, { api: { requestedAccessTokenVersion: 2 } })

  return story
}

/** The answer with the captured one's placeholders in the places that differ from request to request. */
function blurred(value: unknown, { tenantId, mock }: Story): unknown {
  return JSON.parse(JSON.stringify(value)
    .replaceAll(String(mock.http), 'https://login.microsoftonline.com')
    .replaceAll(apps.nightlyJob, '{daemon-app-id}')
    .replaceAll(tenantId, '{tenant-id}')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '{guid}')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/g, '{timestamp}')
    .replaceAll(/"(expires_in|ext_expires_in)":\d+/g, '"$1":"{seconds}"')
    .replaceAll(/"[\w-]+\.[\w-]+\.[\w-]+"/g, '"{redacted-jwt}"'))
}

const requests: Record<string, Record<string, string>> = {
  'token-client-credentials': daemon,
  'token-error-invalid-client': { ...daemon, client_secret: 'wrong' },
  'token-error-invalid-scope': { ...daemon, scope: 'api://not-a-registered-resource/.default' },
  'token-error-unknown-client': { ...daemon, client_id: '00000000-0000-0000-0000-000000000000' },
  'token-error-unsupported-grant-type': { ...daemon, grant_type: 'no_such_grant' },
}

describe.skipIf(corpus === undefined)('the answer equals the captured one, field by field (needs PORTCULLIS_CORPUS)', () => {
  test.each(Object.entries(requests))('%s', async (name, form) => {
    const story = await tenant()
    const { status, body } = await story.token(form)

    expect({ status, body: blurred(body, story) }).toEqual(captured<{ response: unknown }>(name).response)
  })

  test('token-claims-client-credentials', async () => {
    const story = await tenant()
    const { body } = await story.token({ ...daemon, scope: `${apps.nightlyJob}/.default` })
    const [claims, { kid, ...header }] = [decodeJwt(body.access_token ?? ''), decodeProtectedHeader(body.access_token ?? '')]
    const expected = captured<{ header: object; claimNames: string[]; structural: Record<string, unknown> }>('token-claims-client-credentials')

    expect({ ...header, kid: kid && '{kid}', x5t: header.x5t ?? null }).toEqual(expected.header)
    expect(Object.keys(claims).toSorted()).toEqual(expected.claimNames)
    expect(blurred(Object.fromEntries(Object.keys(expected.structural).map((name) => [name, claims[name] ?? null])), story)).toEqual(expected.structural)
  })
})

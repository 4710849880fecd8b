import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeRefusal, tokenErrorBody } from '../../src/entra/aadsts.ts'
import { aadstsOfLibraryError } from '../../src/entra/library-errors.ts'
import type { Refusal } from '../../src/sign-in/refusal.ts'

const corpus = process.env.PORTCULLIS_CORPUS
const id = '5f2d1c3a-0000-4000-8000-000000000001'
const tenant = 'c0ffee00-0000-4000-8000-000000000001'
const app = 'c0ffee00-0000-4000-8000-0000000000a4'

const refusals: Record<string, { refusal: Refusal; placeholders: Record<string, string> }> = {
  'token-error-invalid-client': { refusal: { code: 7000215, values: { app } }, placeholders: { '{daemon-app-id}': app } },
  'token-error-invalid-scope': { refusal: { code: 500011, values: { resource: 'api://not-a-registered-resource', tenant } }, placeholders: { '{tenant-id}': tenant } },
  'token-error-unknown-client': { refusal: { code: 700016, values: { app: '00000000-0000-0000-0000-000000000000' } }, placeholders: {} },
  'token-error-unsupported-grant-type': {
    refusal: aadstsOfLibraryError({ error: 'unsupported_grant_type', error_description: 'unsupported grant_type requested' }, { params: { grant_type: 'no_such_grant' } }),
    placeholders: {},
  },
}

for (const [name, { refusal, placeholders }] of Object.entries(refusals)) {
  test.skipIf(corpus === undefined)(`${name} equals the captured answer, field by field (needs PORTCULLIS_CORPUS)`, () => {
    const captured = JSON.parse(readFileSync(join(corpus ?? '', 'entra-answers', `${name}.json`), 'utf8')) as { response: { status: number; body: Record<string, unknown> } }
    const words = describeRefusal(refusal, { surface: 'token', base: 'https://login.microsoftonline.com', traceId: id, correlationId: id, now: 0 })
    const blurred = Object.entries(placeholders).reduce((text, [placeholder, value]) => text.replaceAll(value, placeholder), JSON.stringify(tokenErrorBody(words)))
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '{guid}')
      .replaceAll('1970-01-01 00:00:00Z', '{timestamp}')

    expect({ status: words.status, body: JSON.parse(blurred) as unknown }).toEqual(captured.response)
  })
}

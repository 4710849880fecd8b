import { expect, test } from 'vitest'
import { baseOf } from '../../src/http/base.ts'
import { serve } from './serve.ts'

test('the base is the origin a request came in on, whoever sends it', async () => {
  const server = await serve((ctx) => void (ctx.body = baseOf(ctx)))
  const { text } = await server.raw('/some/path?a=1', { host: 'localhost:8400', origin: 'https://evil.example' })

  expect(text).toBe('http://localhost:8400')
})

import { expect, test } from 'vitest'
import { correlationIdOf } from '../../src/http/correlation.ts'
import { serve } from './serve.ts'

const guid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/
const ids = () => serve((ctx) => void (ctx.body = [correlationIdOf(ctx), correlationIdOf(ctx)]))

test("the caller's own id is kept", async () => {
  const server = await ids()
  const answer = await server.fetch('/', { headers: { 'client-request-id': 'C0FFEE00-0000-4000-8000-000000000009' } })

  expect(await answer.json()).toEqual(Array(2).fill('c0ffee00-0000-4000-8000-000000000009'))
})

for (const [fact, given] of Object.entries({ 'without one': '', 'for something that is no GUID': '<script>' })) {
  test(`an id is made up ${fact}, and stays the same within the request`, async () => {
    const server = await ids()
    const [first, second] = (await (await server.fetch('/', { headers: { 'client-request-id': given } })).json()) as string[]

    expect(first).toMatch(guid)
    expect(second).toBe(first)
  })
}

test('two requests have two ids', async () => {
  const server = await ids()
  const [one, two] = await Promise.all(['/', '/'].map(async (path) => (await server.fetch(path)).text()))

  expect(one).not.toBe(two)
})

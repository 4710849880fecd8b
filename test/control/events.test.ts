import { expect, test } from 'vitest'
import { newStory, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'

const server = useMock()

/** Reads server-sent events until as many came as are wanted. */
async function watch(story: Story, headers: Record<string, string> = {}, path = '/sign-ins/events') {
  const leave = new AbortController()
  const response = await fetch(`${story.mock.http}/_mock/tenants/${story.tenantId}${path}`, { headers, signal: leave.signal })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const events = () => [...text.matchAll(/id: (\d+)\nevent: sign-in\ndata: (.*)\n\n/g)].map(([, id, data]) => ({ id: Number(id), entry: JSON.parse(data ?? '') as Record<string, unknown> }))

  return {
    response,
    leave: () => leave.abort(),
    async until(count: number) {
      while (events().length < count) {
        const { value, done } = await reader.read()
        if (done) throw new Error(`The stream ended after ${events().length} events.`)
        text += value
      }

      return events()
    },
    async end() {
      for (;;) if ((await reader.read()).done) return true
    },
  }
}

const signIn = (story: Story, user: string) => story.control('POST', '/sign-ins', { user, client: 'Sales Hub', signals: { ipAddress: places.cafe } })

test('a watcher hears of each sign-in as it happens, those before included', async () => {
  const story = await newStory(server.mock)
  await signIn(story, 'alice')
  const watcher = await watch(story)
  await watcher.until(1)
  await signIn(story, 'bob')
  const events = await watcher.until(2)

  expect(watcher.response.headers.get('content-type')).toMatch(/^text\/event-stream/)
  expect(events.map(({ id, entry }) => [id, entry.userPrincipalName, entry.sequence])).toEqual([[1, 'alice@contoso.example', 1], [2, 'bob@contoso.example', 2]])
  watcher.leave()
})

test('who comes back names the last event and misses none; the log itself serves events to who accepts them', async () => {
  const story = await newStory(server.mock)
  await signIn(story, 'alice')
  await signIn(story, 'bob')
  const watcher = await watch(story, { 'accept': 'text/event-stream', 'last-event-id': '1' }, '/sign-ins')

  expect((await watcher.until(1)).map(({ id }) => id)).toEqual([2])
  watcher.leave()
})

test('the stream ends with the sandbox', async () => {
  const story = await newStory(server.mock)
  const watcher = await watch(story)
  await fetch(`${story.mock.http}/_mock/tenants/${story.tenantId}`, { method: 'DELETE' })

  expect(await Promise.race([watcher.end(), new Promise((resolve) => setTimeout(resolve, 5000, false))])).toBe(true)
})

test('32 may watch one tenant; who leaves makes room', async () => {
  const story = await newStory(server.mock)
  const watchers = await Promise.all(Array.from({ length: 32 }, () => watch(story)))
  const refused = await story.control('GET', '/sign-ins/events')
  expect([refused.status, refused.body]).toMatchObject([429, { error: { code: 'too_many_readers' } }])

  for (const watcher of watchers) watcher.leave()
  await expect.poll(async () => {
    const again = await watch(story)
    again.leave()

    return again.response.status
  }).toBe(200)
})

test('a number that is none is refused before anything is sent', async () => {
  const story = await newStory(server.mock)

  expect((await story.control('GET', '/sign-ins/events?after=x')).status).toBe(400)
})

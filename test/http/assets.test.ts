import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { assets } from '../../src/http/assets.ts'
import { refusals } from '../../src/http/errors.ts'
import { hello, serve } from './serve.ts'

test('the stylesheet is served as one', async () => {
  const server = await serve(refusals(), assets(), hello)
  const answer = await server.fetch('/assets/portcullis.css')

  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8'])
  expect(await answer.text()).toContain('prefers-color-scheme')
})

for (const [name, type] of Object.entries({ 'emblem.svg': 'image/svg+xml', 'form-post.js': 'text/javascript; charset=utf-8' })) {
  test(`${name} is served as ${type}`, async () => {
    const server = await serve(refusals(), assets(), hello)

    expect((await server.fetch(`/assets/${name}`)).headers.get('content-type')).toBe(type)
  })
}

test('what a browser has already is not sent again', async () => {
  const server = await serve(refusals(), assets(), hello)
  const first = await server.fetch('/assets/portcullis.css')
  const again = await server.raw('/assets/portcullis.css', { host: 'localhost', 'if-none-match': first.headers.get('etag') ?? '' })

  expect(first.headers.get('cache-control')).toBe('no-cache')
  expect([again.status, again.text]).toEqual([304, ''])
})

test('a HEAD tells the length and sends nothing', async () => {
  const server = await serve(refusals(), assets(), hello)
  const answer = await server.fetch('/assets/portcullis.css', { method: 'HEAD' })

  expect(Number(answer.headers.get('content-length'))).toBeGreaterThan(1000)
  expect(await answer.text()).toBe('')
})

const strays = ['/assets/', '/assets/../layout.eta', '/assets/..%2flayout.eta', '/assets/%2e%2e/layout.eta', '/assets/..\\layout.eta', '/assets//etc/passwd', '/assets/__proto__', '/assets/portcullis.css%00', '/assets/layout.eta']
for (const path of strays) {
  test(`${path} is not found`, async () => {
    const server = await serve(refusals(), assets(), hello)

    expect((await server.raw(path, { host: 'localhost' })).status).toBe(404)
  })
}

test('an asset is only read', async () => {
  const server = await serve(refusals(), assets(), hello)
  const answer = await server.fetch('/assets/portcullis.css', { method: 'POST' })

  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})

test('every other path is somebody else’s', async () => {
  const server = await serve(refusals(), assets(), hello)

  expect(await (await server.fetch('/assetsandmore')).text()).toBe('hello')
})

test('an asset of a folder of one’s own takes the place of the shipped one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'views-test-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'assets', 'portcullis.css'), 'body { color: teal }')
  const server = await serve(refusals(), assets(folder), hello)

  expect(await (await server.fetch('/assets/portcullis.css')).text()).toBe('body { color: teal }')
  expect((await server.fetch('/assets/emblem.svg')).status).toBe(200)
})

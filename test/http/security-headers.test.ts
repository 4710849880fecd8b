import { expect, test } from 'vitest'
import { allowFrames, securityHeaders } from '../../src/http/security-headers.ts'
import { serve } from './serve.ts'

const page = (ctx: { type: string; body: unknown }) => {
  ctx.type = 'html'
  ctx.body = '<p>hello</p>'
}

test('a page may load its own stylesheet, images and scripts, and nothing else', async () => {
  const server = await serve(securityHeaders(), page)
  const { headers } = await server.fetch('/')

  expect(headers.get('content-security-policy')).toBe(
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'",
  )
  expect(headers.get('x-frame-options')).toBe('DENY')
})

test('a form of a page may end in a redirect anywhere', async () => {
  const server = await serve(securityHeaders(), page)

  expect((await server.fetch('/')).headers.get('content-security-policy')).not.toContain('form-action')
})

test('everything is what its type says, and addresses are not told to other sites', async () => {
  const server = await serve(securityHeaders(), (ctx) => void (ctx.body = { a: 1 }))
  const { headers } = await server.fetch('/')

  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin')
})

test('JSON carries no rules for pages', async () => {
  const server = await serve(securityHeaders(), (ctx) => void (ctx.body = { a: 1 }))
  const { headers } = await server.fetch('/')

  expect(headers.has('content-security-policy') || headers.has('x-frame-options')).toBe(false)
})

test('a redirect that silent sign-in follows in a frame may be framed', async () => {
  const server = await serve(securityHeaders(), (ctx) => ctx.redirect('/elsewhere'))
  const { headers } = await server.fetch('/', { headers: { accept: 'text/html' } })

  expect(headers.has('x-frame-options')).toBe(false)
})

for (const header of ['strict-transport-security', 'cross-origin-opener-policy']) {
  test(`there is no ${header}`, async () => {
    const server = await serve(securityHeaders(), page)

    expect((await server.fetch('/')).headers.has(header)).toBe(false)
  })
}

test('a page may be allowed to frame the pages that sign a user out', async () => {
  const server = await serve(securityHeaders(), (ctx) => {
    allowFrames(ctx, ['https://app.example/out?a=1;script-src *', 'https://app.example/also', 'not an address'])
    page(ctx)
  })

  expect((await server.fetch('/')).headers.get('content-security-policy')).toMatch(/; frame-src https:\/\/app\.example$/)
})

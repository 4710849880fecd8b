import { expect, test } from 'vitest'
import { cookieAttributes, cookieName, cookieScope, keepNoCookiePatterns } from '../../src/http/cookies.ts'
import { serve } from './serve.ts'

const contoso = 'c0ffee00-0000-4000-8000-000000000001'

const names: Record<string, { base: string; tenantId: string | null; name: string }> = {
  'a name carries tenant, scheme and port': { base: 'https://localhost:8443', tenantId: contoso, name: 'session_000000000001_s8443' },
  'plain HTTP has names of its own': { base: 'http://localhost:8400', tenantId: contoso, name: 'session_000000000001_h8400' },
  'the default port of a scheme is named like any other': { base: 'https://idp.example', tenantId: contoso, name: 'session_000000000001_s443' },
  'a cookie of no tenant carries scheme and port': { base: 'http://idp.example', tenantId: null, name: 'session_h80' },
}

for (const [fact, { base, tenantId, name }] of Object.entries(names)) {
  test(fact, () => expect(cookieName('session', cookieScope(base, tenantId))).toBe(name))
}

test('over HTTPS a cookie travels into frames of other sites, and only over HTTPS', () => {
  expect(cookieAttributes(true)).toMatchObject({ sameSite: 'none', secure: true, httpOnly: true, path: '/' })
})

test('over HTTP a cookie stays with its site', () => {
  expect(cookieAttributes(false)).toMatchObject({ sameSite: 'lax', secure: false, httpOnly: true, path: '/' })
})

const headers: Record<string, { header: string; read: string }> = {
  'one of several': { header: 'a=1; where=office; b=2', read: 'office' },
  'the first of two': { header: 'where=1;where=2', read: '1' },
  'not one that ends alike': { header: 'nowhere=1', read: 'none' },
  'a quoted one': { header: 'where="office"', read: 'office' },
  'one with an equals sign': { header: 'where=a=b', read: 'a=b' },
  'an empty one': { header: 'where=', read: '' },
}

test.each(Object.entries(headers))('a cookie is read as before without a pattern being kept: %s', async (_, { header, read }) => {
  const { fetch } = await serve((ctx) => {
    const before = ctx.cookies.get('where')
    keepNoCookiePatterns(ctx.cookies)
    ctx.body = JSON.stringify([before ?? 'none', ctx.cookies.get('where') ?? 'none'])
  })

  expect(await (await fetch('/', { headers: { cookie: header } })).json()).toEqual([read, read])
})

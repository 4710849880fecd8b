import { beforeAll, describe, expect, test } from 'vitest'
import type * as Library from 'oidc-provider'
import { installLibraryClock } from '../../src/clock/library-hook.ts'

let library: typeof Library

beforeAll(async () => {
  installLibraryClock()
  library = await import('oidc-provider')
})

describe('what we touch of oidc-provider without its leave', () => {
  const prototypes: Record<string, (provider: InstanceType<typeof Library.default>) => unknown> = {
    'a client says which redirect URIs it allows': (provider) => provider.Client.prototype.redirectUriAllowed,
    'a client says where it may be left to': (provider) => provider.Client.prototype.postLogoutRedirectUriAllowed,
    'the client schema complains through one method': (provider) => (provider.Client as unknown as { Schema: { prototype: { invalidate: unknown } } }).Schema.prototype.invalidate,
    'an ID token is put together by one method': (provider) => (provider.IdToken.prototype as unknown as { payload: unknown }).payload,
    'a response mode is announced by one method': (provider) => provider.registerResponseMode,
    'what was used before is noticed in one place': (provider) => (provider.ReplayDetection as unknown as { unique: unknown }).unique,
    'an ID token is issued by one method': (provider) => (provider.IdToken.prototype as unknown as { issue: unknown }).issue,
  }

  test.each(Object.entries(prototypes))('%s', (_fact, member) => {
    expect(member(new library.default('http://localhost', { jwks: { keys: [] } }))).toBeTypeOf('function')
  })

  test('a session is dated in one place, by the tenant’s clock', async () => {
    const { createClock } = await import('../../src/clock/clock.ts')
    const { runWithClock } = await import('../../src/clock/scope.ts')
    const { librarySecond } = await import('../../src/oidc/private.ts')
    const provider = new library.default('http://localhost', { jwks: { keys: [] } })

    expect(await runWithClock(createClock(() => 0), () => librarySecond(provider))).toBe(0)
  })
})

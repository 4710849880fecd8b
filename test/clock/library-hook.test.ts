import { describe, expect, test } from 'vitest'
import { createClock } from '../../src/clock/clock.ts'
import { assertLibraryFollows, installLibraryClock, libraryClockPlugin } from '../../src/clock/library-hook.ts'
import { clockOf, runInRealTime, runWithClock } from '../../src/clock/scope.ts'
import { testKeys } from '../support/keys.ts'

installLibraryClock()
const { default: Provider } = await import('oidc-provider')

/** The second at which the library believes a session to be saved. */
async function libraryNow() {
  const provider = new Provider('http://localhost', {
    adapter: ForgetfulAdapter,
    jwks: { keys: testKeys().signing.map(({ privateJwk }) => ({ ...privateJwk, x5c: [...privateJwk.x5c] })) },
    cookies: { keys: ['a secret'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: () => '/' },
    findAccount: () => undefined,
  })
  const session = new provider.Session()
  await session.save(10)

  return (session.exp ?? Number.NaN) - 10
}

class ForgetfulAdapter {
  upsert = async () => {}
  find = async () => undefined
  findByUserCode = async () => undefined
  findByUid = async () => undefined
  consume = async () => {}
  destroy = async () => {}
  revokeByGrantId = async () => {}
}

const realSeconds = () => Math.floor(Date.now() / 1000)
const at = (instant: string) => createClock(() => Date.parse(instant))

describe('the library follows the clock', () => {
  test('as its self-check confirms', async () => {
    await expect(assertLibraryFollows(libraryNow)).resolves.toBeUndefined()
  })

  test('which refuses a library that keeps real time, and says what to do', async () => {
    await expect(assertLibraryFollows(realSeconds)).rejects.toThrow('It was loaded before installLibraryClock() ran')
  })

  test('of its own tenant, so that two of them are months apart at once', async () => {
    const [contoso, fabrikam] = await Promise.all([
      runWithClock(at('2026-01-01T00:00:00Z'), libraryNow),
      runWithClock(at('2026-09-01T00:00:00Z'), libraryNow),
    ])

    expect(contoso).toBe(Date.parse('2026-01-01T00:00:00Z') / 1000)
    expect(fabrikam).toBe(Date.parse('2026-09-01T00:00:00Z') / 1000)
  })

  test('after it was advanced in the middle of the work', async () => {
    const clock = at('2026-01-01T00:00:00Z')
    const second = await runWithClock(clock, async () => {
      await libraryNow()
      clock.advance(8 * 3_600_000)

      return libraryNow()
    })

    expect(second).toBe(Date.parse('2026-01-01T08:00:00Z') / 1000)
  })

  test('but keeps real time outside of every tenant', async () => {
    expect(Math.abs((await libraryNow()) - realSeconds())).toBeLessThanOrEqual(2)
  })

  test('and inside one where real time is asked for', async () => {
    const second = await runWithClock(at('2020-01-01T00:00:00Z'), () => runInRealTime(libraryNow))

    expect(Math.abs(second - realSeconds())).toBeLessThanOrEqual(2)
  })
})

test('the present clock can be asked for, and is nobody\'s outside of a tenant', () => {
  const clock = createClock()

  expect(runWithClock(clock, clockOf)).toBe(clock)
  expect(runWithClock(clock, () => runInRealTime(clockOf))).toBeNull()
  expect(clockOf()).toBeNull()
})

test('in a bundle the plugin replaces the library\'s one line and nothing else', async () => {
  const source = libraryClockPlugin.load('/x/node_modules/oidc-provider/lib/helpers/epoch_time.js')
  const { default: epochTime } = await import(`data:text/javascript,${encodeURIComponent(source ?? '')}`)

  expect(runWithClock(at('2026-01-01T00:00:00.999Z'), epochTime)).toBe(Date.parse('2026-01-01T00:00:00Z') / 1000)
  expect(epochTime(5999)).toBe(5)
  expect(libraryClockPlugin.load('/x/node_modules/oidc-provider/lib/helpers/epoch_time.mjs')).toBeNull()
  expect(libraryClockPlugin.load('/x/node_modules/oidc-provider/lib/provider.js')).toBeNull()
})

test('in a bundle made on Windows too', () => {
  expect(libraryClockPlugin.load('C:\\x\\node_modules\\oidc-provider\\lib\\helpers\\epoch_time.js')).not.toBeNull()
})

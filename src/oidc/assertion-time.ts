import { decodeJwt } from 'jose'
import type { Context, Middleware } from 'koa'
import type { Provider } from 'oidc-provider'
import type { Clock } from '../clock/clock.ts'
import { clockOf, runWithClock } from '../clock/scope.ts'
import { readFormText } from '../http/body.ts'
import type { Host } from './host.ts'
import { onceProved } from './private.ts'
import { replayBody } from './replay-body.ts'

/**
 * Clients date their assertions by real time, whatever the tenant's clock says (product.md 5). Where one is good by the
 * real clock and not by the tenant's, the library lives in real time until the client has proved itself, and no longer:
 * codes, tokens and sessions are the tenant's.
 */
export function assertionTime({ tenant: { clock } }: Host): Middleware {
  return async (ctx, next) => {
    if (clock.offset === 0 || ctx.method !== 'POST' || !ctx.is('urlencoded')) return next()
    const fields = new URLSearchParams(await readFormText(ctx as Context))
    replayBody(ctx as Context, Object.fromEntries([...new Set(fields.keys())].map((name) => [name, fields.getAll(name)])))

    return isOfRealTime(fields.get('client_assertion') ?? '', clock) ? runWithClock(realUntilProved(clock), next) : next()
  }
}

/** Lets the library say when that is. */
export function proveInTime(provider: Provider): void {
  onceProved(provider, () => {
    const clock = clockOf()
    if (clock !== null && 'prove' in clock) (clock as ProvingClock).prove()
  })
}

type ProvingClock = Clock & { prove(): void }

function realUntilProved(clock: Clock): ProvingClock {
  let isProved = false
  const now = () => (isProved ? clock.now() : clock.realNow())

  return Object.create(clock, {
    now: { value: now },
    epochSeconds: { value: () => Math.floor(now() / 1000) },
    prove: { value: () => void (isProved = true) },
  }) as ProvingClock
}

/** What the library allows a client's clock to be wrong by, and then some: it judges itself. */
const leewaySeconds = 60

function isOfRealTime(assertion: string, clock: Clock): boolean {
  try {
    const { exp = 0, nbf = 0 } = decodeJwt(assertion)
    const isGood = (now: number) => nbf - leewaySeconds <= now / 1000 && now / 1000 < exp + leewaySeconds

    return isGood(clock.realNow()) && !isGood(clock.now())
  } catch {
    return false
  }
}

import { randomBytes } from 'node:crypto'
import type { Context } from 'koa'
import { cookieSuffix } from './cookie-names.ts'
import type { Host } from './host.ts'

/**
 * "Don't ask again for X days": which users showed a second factor in a browser that they told to remember it, and when
 * (ms, the tenant's clock). It is apart from the session, which ends earlier; how long it counts is judged where sign-ins
 * are described (reference 3.5).
 */
type Remembered = { readonly users: Readonly<Record<string, number>> }

const model = 'RememberedMfa'
const longest = 365 * 24 * 60 * 60

export function rememberMfa(ctx: Context, host: Host, userId: string, at: number): void {
  const { state } = host.tenant
  const name = cookieNameOf(host)
  const before = ctx.cookies.get(name)
  const { users } = before ? foundIn(host, before) : nobody
  const id = randomBytes(32).toString('base64url')
  if (before) state.destroy(model, before)
  state.upsert(model, id, { users: { ...users, [userId]: at } } satisfies Remembered, longest)
  ctx.cookies.set(name, id, { httpOnly: true, overwrite: true, path: '/', sameSite: ctx.secure ? 'none' : 'lax', secure: ctx.secure, maxAge: longest * 1000 })
}

/** When the user last showed a second factor that this browser remembers; undefined = it remembers none. */
export function rememberedMfaAt(ctx: Context, host: Host, userId: string): number | undefined {
  const id = ctx.cookies.get(cookieNameOf(host))
  if (id === undefined) return undefined
  const { users } = foundIn(host, id)

  return Object.hasOwn(users, userId) ? users[userId] : undefined
}

const nobody: Remembered = { users: {} }

function foundIn({ tenant }: Host, id: string): Remembered {
  return (tenant.state.find(model, id) as Remembered | undefined) ?? nobody
}

function cookieNameOf(host: Host): string {
  return `remember_${cookieSuffix(host)}`
}

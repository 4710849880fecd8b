import type { Middleware } from 'koa'
import { cookieSuffix } from './cookie-names.ts'
import type { Host } from './host.ts'

/**
 * A browser lives in real time: the library dates its session cookie by the tenant's clock, so a tenant in the past
 * would set cookies that are born expired, one in the future cookies that outlive it. Its other cookies are dated in
 * real time as they are.
 */
export function shiftSessionCookies(host: Host): Middleware {
  const session = `session_${cookieSuffix(host)}=`

  return async (ctx, next) => {
    await next()
    const { offset } = host.tenant.clock
    const cookies = ctx.response.get('set-cookie') as unknown as string[] | string
    if (offset === 0 || !cookies || cookies.length === 0) return

    ctx.set('set-cookie', [cookies].flat().map((cookie) => (cookie.startsWith(session) ? shifted(cookie, offset) : cookie)))
  }
}

function shifted(cookie: string, offset: number): string {
  return cookie.replace(/(; expires=)([^;]+)/i, (whole, label: string, date: string) => {
    const instant = Date.parse(date)

    return Number.isNaN(instant) || instant === 0 ? whole : `${label}${new Date(instant - offset).toUTCString()}`
  })
}

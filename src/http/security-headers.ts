import type { Context, Middleware } from 'koa'

/**
 * What a page of ours may load: its stylesheet, its images, its own small scripts; nobody may frame it. There is no
 * `form-action`, because Chromium holds it against the redirects that follow a form, and a sign-in ends in one.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * Makes browsers strict with what we send. There is neither HSTS nor COOP: the one would outlive a development server
 * on its host name, the other would cut off an application that signs in through a popup.
 */
export function securityHeaders(): Middleware {
  return async (ctx, next) => {
    // Set beforehand, so that whoever renders a page may widen them by what it needs, as `allowFrames` does.
    ctx.set({
      'content-security-policy': contentSecurityPolicy,
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      // `no-referrer` would make browsers send `Origin: null` with our own forms.
      'referrer-policy': 'strict-origin-when-cross-origin',
    })
    await next()
    // A redirect, too, has a body for people; silent sign-in follows it within a frame.
    if (ctx.type === 'text/html' && (ctx.status < 300 || ctx.status >= 400)) return

    ctx.remove('content-security-policy')
    ctx.remove('x-frame-options')
  }
}

/** Lets the page being answered frame pages of others: signing out of applications is done in frames. */
export function allowFrames(ctx: Context, addresses: readonly string[]): void {
  const origins = new Set(addresses.filter((address) => URL.canParse(address)).map((address) => new URL(address).origin))
  if (origins.size === 0) return

  ctx.set('content-security-policy', `${ctx.response.get('content-security-policy')}; frame-src ${[...origins].join(' ')}`)
}

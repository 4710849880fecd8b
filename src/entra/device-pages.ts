import { randomBytes } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import { readForm } from '../http/body.ts'
import { refusalBehind } from '../oidc/errors.ts'
import type { Host } from '../oidc/host.ts'
import type { Profile } from '../oidc/profile.ts'
import { replayBody } from '../oidc/replay-body.ts'
import type { stateOf } from '../oidc/request-state.ts'
import { tenantLine } from '../oidc/sign-out.ts'
import type { SignInForm } from '../sign-in/pages.ts'

type Provider = Parameters<Profile['equip']>[0]
type LibraryContext = Parameters<typeof stateOf>[0]
type Features = NonNullable<ReturnType<Profile['configure']>['features']>

const path = '/oauth2/deviceauth'
const tenMinutes = 10 * 60

/**
 * The page where a user types the code that a device shows. The form may come from this tenant's page or from the one
 * that belongs to none: nothing happens before the user has signed in and said that the device is theirs.
 */
export function devicePage(host: Host, provider: Provider): Middleware {
  return async (ctx, next) => {
    if (ctx.path !== path) return next()
    ctx.set('cache-control', 'no-store')
    ctx.mountPath = `/${host.tenant.id}`
    if (ctx.method === 'GET') return enterCode(ctx as Context, host, typeof ctx.query.user_code === 'string' ? ctx.query.user_code : '')
    if (ctx.method !== 'POST') return next()

    const form = await readForm(ctx as Context)
    replayBody(ctx as Context, { user_code: form.user_code ?? '', confirm: 'yes', xsrf: await vouch(ctx as Context, provider) })

    return next()
  }
}

/** The library takes a code only from a page of its own: here is the session that such a page would have left. */
async function vouch(ctx: Context, provider: Provider): Promise<string> {
  const name = provider.cookieName('session')
  const presented = ctx.cookies.get(name)
  const session = (presented ? await provider.Session.find(presented) : undefined) ?? new provider.Session()
  const secret = randomBytes(24).toString('hex')
  session.state = { secret }
  await session.save(session.exp ? session.exp - Math.floor(session.iat ?? 0) : tenMinutes)
  const others = (ctx.req.headers.cookie ?? '').split(/; */).filter((cookie) => cookie !== '' && !cookie.startsWith(`${name}=`))
  ctx.req.headers.cookie = [...others, `${name}=${session.jti}`].join('; ')

  return secret
}

/** The library's device flow, with our pages. */
export function deviceFlow(host: Host): NonNullable<Features['deviceFlow']> {
  return {
    enabled: true,
    charset: 'base-20',
    mask: '*********',
    deviceInfo: () => ({}),
    userCodeInputSource: async (ctx, _form, _out, error) => {
      if (error && !('userCode' in error) && !(error.name in problems)) return refuse(ctx, host, error)
      enterCode(ctx as unknown as Context, host, (error as { userCode?: string } | undefined)?.userCode ?? '', problemOf(error))
    },
    userCodeConfirmSource: async (ctx) => enterCode(ctx as unknown as Context, host, ''),
    successSource: async (ctx) => {
      ctx.type = 'html'
      ctx.body = host.render('device-done', { tenant: tenantLine(host), application: ctx.oidc.client?.clientName ?? '' })
    },
  }
}

/** Its form goes to the address that finds the tenant by the code. */
function enterCode(ctx: Context, host: Host, userCode: string, error: SignInForm['error'] = null): void {
  ctx.type = 'html'
  ctx.status = 200
  ctx.body = host.render('device-code', { tenant: tenantLine(host), form: { action: `/common${path}`, hidden: {} }, userCode, error })
}

/** What can be wrong with a code, by the name of the library's error. */
const problems: Readonly<Record<string, SignInForm['error']>> = {
  NoCodeError: { text: 'Enter the code that your device shows.', code: null },
  NotFoundError: { text: "That code didn't work. Check the code and try again.", code: '70018' },
  ExpiredError: { text: 'That code has expired. Ask your device for a new one.', code: '70019' },
  AlreadyUsedError: { text: 'That code has been used. Ask your device for a new one.', code: '70018' },
  AbortedError: { text: 'The sign-in was cancelled. Your device has been told.', code: '65004' },
}

function problemOf(error: Error | undefined): SignInForm['error'] {
  return error ? (problems[error.name] ?? null) : null
}

/** Somebody may not go on; the code stays good, for another account or from elsewhere, as long as it lives. */
async function refuse(ctx: LibraryContext, host: Host, error: Error): Promise<void> {
  const { deviceCode } = ctx.oidc
  const refusal = refusalBehind(error)
  if (deviceCode && refusal) {
    Object.assign(deviceCode, { error: undefined, errorDescription: undefined, inFlight: undefined })
    await deviceCode.save()
  }
  const { error: word = 'invalid_request', error_description: description, error_detail: detail, status = 400 } = error as { error?: string; error_description?: string; error_detail?: string; status?: number }
  host.profile.errorPage(ctx, host, { status, error: word, description, detail, refusal, startOver: `/${host.tenant.id}${path}` })
}

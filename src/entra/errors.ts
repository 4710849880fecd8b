import type { Context } from 'koa'
import { refusalBehind } from '../oidc/errors.ts'
import type { Host } from '../oidc/host.ts'
import { daemonAttempt, logVerdict } from '../oidc/judge.ts'
import { startOverHref } from '../oidc/prompts.ts'
import type { PageError } from '../oidc/profile.ts'
import { stateOf } from '../oidc/request-state.ts'
import type { Device } from '../policy/sign-in.ts'
import { failed } from '../sign-in/decide.ts'
import type { Refusal } from '../sign-in/refusal.ts'
import { describeRefusal, jsonHeaders, redirectError, tokenErrorBody } from './aadsts.ts'
import type { RefusalContext, RefusalWords } from './aadsts.ts'
import { pageError } from './error-page.ts'
import { aadstsOfLibraryError } from './library-errors.ts'
import type { LibraryError, LibraryErrorContext } from './library-errors.ts'
import { versionOf } from './protocol-version.ts'

type LibraryContext = Parameters<typeof stateOf>[0]

/** The token endpoint's error in Entra's envelope, whoever raised it. */
export function tokenErrorOf(ctx: LibraryContext, host: Host, body: Readonly<Record<string, unknown>>, traceId: string): Record<string, unknown> {
  return tokenRefusalOf(ctx, host, raised(ctx, host, body), traceId)
}

/** Sets status and headers too: what clients report of an error is read from those. */
export function tokenRefusalOf(ctx: LibraryContext, host: Host, refusal: Refusal, traceId: string): Record<string, unknown> {
  logUnproven(ctx, host, refusal)
  const words = wordsOf(ctx, host, refusal, 'token', traceId)
  const response = ctx as unknown as Context
  response.status = words.status
  response.set({ ...jsonHeaders(traceId), 'x-ms-clitelem': `1,${words.code},0,,`, 'x-ms-ests-server': 'portcullis' })

  return tokenErrorBody(words)
}

/** The endpoints of programs take forms alone. */
export function refuseMethod(ctx: Context, host: Host, traceId: string): void {
  ctx.set('allow', 'POST')
  ctx.body = tokenRefusalOf(ctx as never, host, { code: 900561, values: { method: ctx.method } }, traceId)
}

/** An application of the tenant that asks for itself and never came to be judged, a wrong secret say: that is a failed sign-in, too. */
function logUnproven(ctx: LibraryContext, host: Host, refusal: Refusal): void {
  const { verdict, asked, observation, requestId } = stateOf(ctx)
  if (verdict !== undefined || asked?.grant_type !== 'client_credentials') return
  const client = host.tenant.directory.application(clientIdOf(ctx))
  if (client) logVerdict(host, daemonAttempt(client, [], [], observation), failed(refusal), requestId)
}

/** What goes back to the application through the browser. */
export function redirectErrorOf(ctx: LibraryContext, host: Host, payload: Readonly<Record<string, unknown>>): Record<string, string> {
  const words = wordsOf(ctx, host, raised(ctx, host, payload), 'redirect', stateOf(ctx).requestId)

  return redirectError(words, typeof payload.state === 'string' ? payload.state : undefined)
}

/** The page for what is never sent back: an unknown application, a wrong redirect URI, a block. */
export function errorPage(ctx: LibraryContext, host: Host, error: PageError): void {
  const refusal = error.refusal ?? aadstsOfLibraryError({
    error: error.error,
    ...(error.description === undefined ? {} : { error_description: error.description }),
    ...(error.detail === undefined ? {} : { error_detail: error.detail }),
  }, situationOf(ctx, host))
  const words = wordsOf(ctx, host, refusal, 'page', stateOf(ctx).requestId)
  stateOf(ctx).refused = { code: words.code, error: words.error, message: `AADSTS${words.code}: ${words.message}` }
  const { observation, session, verdict } = stateOf(ctx)
  const seen = verdict?.signIn?.conditions
  const client = host.tenant.directory.application(clientIdOf(ctx))
  const user = session ? host.tenant.directory.get('users', session.userId) : undefined
  const response = ctx as unknown as { status: number; type: string; body: string }
  response.status = words.status
  response.type = 'html'
  response.body = host.render('error', pageError(refusal, words, {
    tenant: { displayName: host.tenant.directory.settings.displayName, domain: host.tenant.domain },
    app: client ? { displayName: client.displayName, appId: client.appId } : null,
    userPrincipalName: user?.userPrincipalName ?? null,
    ipAddress: seen?.ipAddress ?? observation.header.ipAddress ?? observation.browser.ipAddress ?? observation.ipAddress,
    device: { id: seen?.device?.deviceId ?? null, platform: seen?.platform ?? observation.platform, state: deviceState(seen?.device ?? null) },
    links: linksOf(ctx, host, error),
  }))
}

/** As the page of a device that is not good enough has it. */
function deviceState(device: Device | null): string {
  if (!device) return 'Unregistered'
  if (device.isCompliant) return 'Compliant'

  return device.trustType === 'ServerAD' ? 'Domain joined' : 'Registered'
}

function linksOf(ctx: LibraryContext, host: Host, { refusal, startOver }: PageError): { label: string; href: string }[] {
  const again = startOver ?? (refusal && ctx.oidc?.params ? startOverHref(ctx, host) : null)

  return again ? [{ label: 'Sign in with another account, or from somewhere else', href: again }] : []
}

function wordsOf(ctx: LibraryContext, host: Host, refusal: Refusal, surface: RefusalContext['surface'], traceId: string): RefusalWords {
  const { asked, observation } = stateOf(ctx)
  const client = host.tenant.directory.application(clientIdOf(ctx))
  return describeRefusal(refusal, {
    surface,
    base: host.base,
    traceId,
    correlationId: observation.correlationId,
    now: host.tenant.clock.now(),
    ...(asked?.grant_type ? { grant: asked.grant_type } : {}),
    version: versionOf(ctx),
    values: {
      app: clientIdOf(ctx),
      appName: client?.displayName ?? clientIdOf(ctx),
      tenant: host.tenant.directory.settings.displayName,
      tenantId: host.tenant.directory.settings.id,
      ...(asked?.redirect_uri ? { redirectUri: asked.redirect_uri } : {}),
      ...(asked?.scope ? { scope: asked.scope } : {}),
    },
  })
}

/** Our own refusal where one was thrown; otherwise what the library's error means. */
function raised(ctx: LibraryContext, host: Host, body: Readonly<Record<string, unknown>>): Refusal {
  const error = (ctx.state as { error?: unknown }).error

  return refusalBehind(error) ?? aadstsOfLibraryError((error ?? body) as LibraryError, situationOf(ctx, host))
}

function situationOf(ctx: LibraryContext, host: Host): LibraryErrorContext {
  const { asked } = stateOf(ctx)

  return {
    params: asked ?? {},
    hasAuthorization: (ctx as unknown as Context).get('authorization') !== '',
    values: { tenant: host.tenant.directory.settings.displayName, tenantId: host.tenant.directory.settings.id },
  }
}

function clientIdOf(ctx: LibraryContext): string {
  const { asked } = stateOf(ctx)

  return asked?.client_id ?? ctx.oidc?.client?.clientId ?? ''
}

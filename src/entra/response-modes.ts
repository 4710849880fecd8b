import type { Context } from 'koa'
import type { Host } from '../oidc/host.ts'
import type { Profile } from '../oidc/profile.ts'
import { stateOf } from '../oidc/request-state.ts'
import { sendBack } from '../oidc/send-back.ts'
import { adminConsentAnswer } from './admin-consent.ts'
import { sessionState } from './check-session.ts'
import { clientInfoFor } from './issue.ts'
import { cloudOf } from './discovery.ts'
import { redirectErrorOf } from './errors.ts'

type Provider = Parameters<Profile['equip']>[0]
type Payload = Readonly<Record<string, unknown>>
type LibraryContext = Parameters<typeof stateOf>[0]

/**
 * Everything that goes back to an application through the browser passes here, success and error alike: the library's
 * own modes know nothing of `session_state`, `client_info` and AADSTS numbers. Requests are mapped onto these modes by
 * `request.ts`.
 */
export function registerResponseModes(provider: Provider, host: Host): void {
  for (const [mode, send] of Object.entries(sendBack)) {
    provider.registerResponseMode(`entra.${mode}`, ((ctx: LibraryContext, redirectUri: string, payload: Payload) => {
      send(ctx as unknown as Context, redirectUri, textOf('error' in payload ? redirectErrorOf(ctx, host, payload) : successOf(ctx, host, payload)), host)
    }) as Parameters<Provider['registerResponseMode']>[1])
  }
}

/** Without the library's `iss`, which Entra does not send and clients would hold it to (entra-wire 3.1). */
function successOf(ctx: LibraryContext, host: Host, { iss: _iss, ...payload }: Payload): Payload {
  const { session } = stateOf(ctx)
  const info = clientInfoFor(ctx, host)
  const { x_response_type: wantedType, x_admin_answer: isConsent, scope, instance_aware: isInstanceAware } = ctx.oidc.params as Readonly<Record<string, string | undefined>>
  if (isConsent === '1') return adminConsentAnswer(payload, host.tenant.id, scope)
  const { id_token: idToken, ...withoutIdToken } = payload
  const wanted = idToken === undefined || (wantedType !== undefined && !wantedType.includes('id_token')) ? withoutIdToken : payload
  return {
    ...wanted,
    ...(info === undefined ? {} : { client_info: info }),
    ...(session ? { session_state: sessionState(session.id) } : {}),
    // Unasked, it would make MSAL turn to that host for tokens.
    ...(isInstanceAware === 'true' ? cloudOf(host.base) : {}),
  }
}

function textOf(payload: Payload): Record<string, string> {
  return Object.fromEntries(Object.entries(payload).flatMap(([name, value]) => (value === undefined || value === null ? [] : [[name, String(value)]])))
}

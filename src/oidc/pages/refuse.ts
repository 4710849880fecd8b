import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Refusal } from '../../sign-in/refusal.ts'
import type { Visit } from './visit.ts'

/** Ends a visit with the error page. */
export function refuse(visit: Visit, refusal: Refusal): void {
  const { ctx, host } = visit
  const words = host.profile.words(refusal, { endpoint: 'authorize', isSilent: false })
  ctx.status = words.status
  host.profile.errorPage(ctx as unknown as KoaContextWithOIDC, host, {
    status: words.status,
    error: words.error,
    description: words.description,
    detail: undefined,
    refusal,
    startOver: visit.details.startOver,
  })
}

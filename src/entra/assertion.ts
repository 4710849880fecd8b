import { RefusedError } from '../oidc/errors.ts'
import type { Assertion } from '../oidc/grants/on-behalf-of.ts'
import type { Host } from '../oidc/host.ts'
import { clientOf, isUnproven } from '../oidc/judge.ts'
import { stateOf } from '../oidc/request-state.ts'
import { behindToken } from './behind-token.ts'
import { tokenReader } from './own-tokens.ts'

type LibraryContext = Parameters<typeof stateOf>[0]

/** The user's token that an API shows: ours, for this API, still good; anything else is refused (wire 5.1). */
export function assertionVerifier(host: Host): (ctx: LibraryContext, assertion: string) => Promise<Assertion> {
  const read = tokenReader(host.keys)

  return async (ctx, assertion) => {
    const { tenant } = host
    const client = clientOf(ctx, host)
    if ((ctx.oidc.params as { requested_token_use?: string }).requested_token_use !== 'on_behalf_of') {
      throw refused(host, { code: 90100, values: { parameter: 'requested_token_use' } })
    }
    if (isUnproven(ctx)) throw refused(host, { code: 7000218 })

    const token = await read(assertion, tenant.clock)
    if ('problem' in token) throw refused(host, { code: codeOfProblem[token.problem] })
    const { claims } = token
    if (claims.tid !== tenant.id) throw refused(host, { code: 50013 })
    if (typeof claims.aud !== 'string' || tenant.directory.resource(claims.aud)?.appId !== client.appId) {
      throw refused(host, { code: 500131, values: { audience: String(claims.aud), app: client.appId } })
    }
    if (typeof claims.scp !== 'string' || typeof claims.oid !== 'string') throw refused(host, { code: 50027 })

    const { observation } = stateOf(ctx)
    const behind = behindToken(claims, tenant, observation)
    if (!behind) throw refused(host, { code: 50034 })
    if (behind.expiresAt <= tenant.clock.now()) throw refused(host, { code: 500133 })

    return { user: behind.user, session: behind.session, observation: { ...behind.observation, correlationId: observation.correlationId }, issuedAt: behind.issuedAt }
  }
}

const codeOfProblem = { malformed: 50027, forged: 50013, expired: 500133 } as const

function refused(host: Host, refusal: ConstructorParameters<typeof RefusedError>[0]): RefusedError {
  return new RefusedError(refusal, host.profile, { endpoint: 'token', isSilent: false })
}

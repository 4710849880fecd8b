import type { Application } from '../directory/types.ts'
import { keepFacts } from '../oidc/grant.ts'
import type { Host } from '../oidc/host.ts'
import { clientOf } from '../oidc/judge.ts'
import type { Profile } from '../oidc/profile.ts'
import { stateOf } from '../oidc/request-state.ts'

type LibraryContext = Parameters<typeof stateOf>[0]
type Provider = Parameters<Profile['equip']>[0]
type Members = Readonly<Record<string, unknown>>

/**
 * A second code for the page of a web application that has just redeemed its own (`return_spa_code=1`, wire 5.3): the page
 * signs its user in with it, without going anywhere. It is for one of the application's addresses for pages, and is
 * redeemed like any code of a page; undefined where the application has none, or did not ask.
 */
export async function spaCodeFor(ctx: LibraryContext, host: Host, provider: Provider): Promise<string | undefined> {
  const { asked, facts } = stateOf(ctx)
  const { AuthorizationCode: code, Grant: grant } = ctx.oidc.entities as unknown as { AuthorizationCode?: Members; Grant?: Members }
  const redirectUri = addressOfPage(clientOf(ctx, host))
  if (asked?.return_spa_code !== '1' || facts?.redirectKind !== 'web' || !code || !grant || redirectUri === undefined) return undefined

  const copy = new provider.Grant({ accountId: facts.userId, clientId: facts.clientId, openid: grant.openid, resources: grant.resources } as never)
  const grantId = await copy.save()
  keepFacts(host.tenant, grantId, { ...facts, redirectKind: 'spa' })
  const inherited = ['accountId', 'acr', 'amr', 'authTime', 'claims', 'expiresWithSession', 'resource', 'scope', 'sessionUid', 'sid'].map((name) => [name, code[name]])

  return new provider.AuthorizationCode({ ...Object.fromEntries(inherited), client: ctx.oidc.client, grantId, redirectUri } as never).save()
}

/** MSAL names no address when it redeems such a code: it is the one that the code is for. */
export function addressOfSpaCode(host: Host, { code, redirect_uri: redirectUri }: Readonly<Record<string, string>>): string | undefined {
  if (redirectUri !== undefined || code === undefined) return redirectUri
  const presented = host.tenant.state.find('AuthorizationCode', code) as { readonly redirectUri?: string; readonly codeChallenge?: string; readonly clientId?: string } | undefined
  const client = host.tenant.directory.application(presented?.clientId ?? '')

  return presented && client && presented.redirectUri === addressOfPage(client) && presented.codeChallenge === undefined ? presented.redirectUri : undefined
}

function addressOfPage({ spa }: Application): string | undefined {
  return spa.redirectUris[0]
}

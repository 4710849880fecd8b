import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider'
import { adoptAccount } from './adopt.ts'
import { commonConfiguration } from './configuration.ts'
import { issuerOf } from './host.ts'
import type { Host } from './host.ts'
import { endBrowserSession } from './sign-out.ts'
import { dateIdTokens, loosenClients, providerWithFormPost } from './private.ts'

/** The library's provider for one tenant at one origin. Cheap: made on first use, made anew when keys or profile change. */
export function createProvider(host: Host): Provider {
  const configuration: Configuration = host.profile.configure(commonConfiguration(host), host)
  const provider = providerWithFormPost(issuerOf(host.base, host.tenant.id), configuration, (ctx, action, payload) => {
    const fields = Object.fromEntries(Object.entries(payload).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])))
    ctx.type = 'html'
    ctx.status = 200
    ctx.body = host.render('form-post', { action, fields })
  })
  loosenClients(provider, (clientId) => host.tenant.directory.application(clientId) !== undefined)
  dateIdTokens(provider, host.tenant.clock)
  provider.on('interaction.ended', (ctx: KoaContextWithOIDC) => adoptAccount(ctx, host))
  provider.on('grant.success', (ctx: KoaContextWithOIDC) => host.tally.tokenIssued(String(ctx.oidc.params?.grant_type)))
  provider.on('end_session.success', (ctx: KoaContextWithOIDC) => endBrowserSession(ctx))
  host.profile.equip(provider, host)

  return provider
}

import type { BrowserSystemOptions } from '@azure/msal-browser'
import { createStandardPublicClientApplication } from '@azure/msal-browser'

/** The application: told by its address whose tenant it is of, and back from a redirect before it does anything else. */
async function start() {
  const { pathname, searchParams, origin, href } = new URL(location.href)
  const authority = searchParams.get('authority') ?? ''
  const client = await createStandardPublicClientApplication({
    auth: {
      authority,
      clientId: searchParams.get('client') ?? '',
      knownAuthorities: [new URL(authority).host],
      redirectUri: `${origin}/redirect.html`,
      postLogoutRedirectUri: href,
      clientCapabilities: ['cp1'],
    },
    cache: { cacheLocation: 'localStorage' },
    system: JSON.parse(searchParams.get('system') ?? '{}') as BrowserSystemOptions,
  })
  // In a frame of the tenant's, when the user has signed out elsewhere.
  if (pathname === '/front-channel') await client.clearCache()
  const returned = client.handleRedirectPromise().catch((error: unknown) => error)

  return Object.assign(client, { returned: () => returned })
}

Object.assign(globalThis, { client: start() })

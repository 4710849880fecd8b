import { createStandardPublicClientApplication } from '@azure/msal-browser'
import { Client } from '@microsoft/microsoft-graph-client'

/** An application that asks Graph itself, with Graph's own SDK and the tokens that MSAL gets it. */
async function start() {
  const { searchParams, origin } = new URL(location.href)
  const authority = searchParams.get('authority') ?? ''
  const tenant = new URL(authority)
  const msal = await createStandardPublicClientApplication({
    auth: { authority, clientId: searchParams.get('client') ?? '', knownAuthorities: [tenant.host], redirectUri: `${origin}/redirect.html` },
  })
  const graph = Client.initWithMiddleware({
    baseUrl: tenant.origin,
    customHosts: new Set([tenant.hostname]),
    authProvider: {
      async getAccessToken() {
        const [account] = msal.getAllAccounts()
        const { accessToken } = await msal.acquireTokenSilent({ scopes: ['User.Read'], ...(account ? { account } : {}) })

        return accessToken
      },
    },
  })

  return Object.assign(msal, {
    get: (path: string) => graph.api(path).header('ConsistencyLevel', 'eventual').get(),
    patch: (path: string, body: object) => graph.api(path).patch(body),
  })
}

Object.assign(globalThis, { client: start() })

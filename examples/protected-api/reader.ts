import { InteractionRequiredAuthError, PublicClientApplication } from '@azure/msal-node'
import type { AuthenticationResult } from '@azure/msal-node'

const scopes = ['api://reports/Reports.Read']

export type ReaderOptions = {
  readonly clientId: string
  /** `https://localhost:8443/{tenant}` */
  readonly authority: string
  /** Where the API is. */
  readonly api: string
  /** Shows the user an address. */
  openBrowser(url: string): Promise<void>
}

export type Reader = { read(path: string): Promise<{ readonly status: number; readonly body: unknown }> }

/**
 * A program that reads reports with MSAL. It declares that it understands challenges (`cp1`) and keeps its word: whatever
 * the API wants is passed on to the tenant, silently where that is enough, with the user where it is not; then it asks
 * once more.
 */
export function createReader({ clientId, authority, api, openBrowser }: ReaderOptions): Reader {
  const msal = new PublicClientApplication({ auth: { clientId, authority, knownAuthorities: [new URL(authority).host], clientCapabilities: ['cp1'] } })

  return {
    async read(path) {
      const first = await ask(path, await token())
      const claims = challengeIn(first)
      const answer = claims === null ? first : await ask(path, await token(claims))

      return { status: answer.status, body: await answer.json() }
    },
  }

  function ask(path: string, { accessToken }: AuthenticationResult): Promise<Response> {
    return fetch(`${api}${path}`, { headers: { authorization: `Bearer ${accessToken}` } })
  }

  async function token(claims?: string): Promise<AuthenticationResult> {
    const [account] = await msal.getAllAccounts()
    if (!account) return signIn(claims)
    try {
      return await msal.acquireTokenSilent({ account, scopes, ...(claims ? { claims } : {}) })
    } catch (error) {
      if (!(error instanceof InteractionRequiredAuthError)) throw error
      // The tenant may have asked for more than the API did.
      return signIn(claims ?? (error.claims === '' ? undefined : error.claims))
    }
  }

  function signIn(claims?: string): Promise<AuthenticationResult> {
    return msal.acquireTokenInteractive({ scopes, openBrowser, ...(claims ? { claims } : {}) })
  }
}

/** What the API wants of the next token, as MSAL passes it on; null = it does not send one for a token. */
function challengeIn(answer: Response): string | null {
  const header = answer.headers.get('www-authenticate') ?? ''
  const claims = /error="insufficient_claims"/.test(header) ? /claims="([^"]+)"/.exec(header)?.[1] : undefined

  return answer.status === 401 && claims ? Buffer.from(claims, 'base64').toString('utf8') : null
}

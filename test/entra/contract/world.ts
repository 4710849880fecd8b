import { apps, places } from '../../support/mock.ts'
import type { Story, TokenBody } from '../../support/mock.ts'
import { authorizeRequest, visitor } from '../../support/visitor.ts'
import type { Page, Visitor } from '../../support/visitor.ts'

/** A line of the contract: what clients break without, shown at a tenant of its own. */
export type Line = (story: Story) => Promise<void>

export const office = { 'x-mock-signals': `ipAddress=${places.office}` }
export const cafe = { 'x-mock-signals': `ipAddress=${places.cafe}` }
export const redirectUri = 'http://localhost:3999/callback'
export const daemon = { grant_type: 'client_credentials', client_id: apps.nightlyJob, client_secret: 'nightly-job-secret', scope: 'api://sales-api/.default' }
export const ofPassword = { grant_type: 'password', client_id: apps.salesMobile, password: 'Portcullis1!', scope: 'openid profile api://sales-api/Orders.Read' }
export const orders = 'openid profile email offline_access api://sales-api/Orders.Read'

/** An address of the story's tenant. */
export const at = (story: Story, path: string) => `${story.issuer.replace('/v2.0', '')}${path}`
/** The same over HTTPS, where a client that takes nothing else would ask. */
export const securely = (story: Story, url: string) => url.replace(story.mock.http ?? '', story.mock.https ?? '')

export async function json(url: string, init: RequestInit = {}) {
  const response = await fetch(url, init)

  return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown> }
}

export const post = (url: string, form: Record<string, string>, headers: Record<string, string> = {}) => json(url, { method: 'POST', body: new URLSearchParams(form), headers })

/** A request that asks for no proof of possession, as old and confidential clients send it, unless `more` says otherwise. */
export const authorizeUrl = (story: Story, more: Record<string, string> = {}, clientId: string = apps.salesMobile) =>
  authorizeRequest(story.issuer, clientId, { code_challenge: '', code_challenge_method: '', ...more }).url

export const atOffice = (story: Story): Visitor => visitor(story.mock, { signals: `ipAddress=${places.office}` })

export async function asAlice(story: Story, more: Record<string, string> = {}, clientId: string = apps.salesMobile): Promise<Page> {
  const alice = atOffice(story)
  await alice.open(authorizeUrl(story, more, clientId))

  return alice.signIn('alice@contoso.example')
}

export async function redeemed(story: Story, more: Record<string, string> = {}, form: Record<string, string> = {}): Promise<TokenBody> {
  const { answer } = await asAlice(story, { scope: orders, ...more })
  const { body } = await story.token({ grant_type: 'authorization_code', client_id: apps.salesMobile, code: answer.code ?? '', redirect_uri: redirectUri, client_info: '1', ...form })

  return body
}

/** A request in a hidden frame, of somebody who has not signed in yet. */
export const silently = (story: Story, more: Record<string, string> = {}) => visitor(story.mock).open(authorizeUrl(story, { prompt: 'none', ...more }))

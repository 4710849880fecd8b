import { expect } from 'vitest'
import { apps } from '../support/mock.ts'
import type { Story, TokenBody } from '../support/mock.ts'
import { authorizeRequest } from '../support/visitor.ts'
import type { AuthorizeRequest, Page, Visitor } from '../support/visitor.ts'

/** What the stories say again and again. */

const secretOf: Readonly<Record<string, string>> = { [apps.salesHub]: 'sales-hub-secret', [apps.nightlyJob]: 'nightly-job-secret' }

/** The shipped policies by what they are called. */
export const policies = {
  salesHubOnlyFromTrusted: 'Sales Hub only from trusted locations',
  mfaOutside: 'MFA outside trusted locations',
  mfaForAdministrators: 'MFA for administrators',
  salesHubSession: 'Sales Hub session',
  compliantDevice: 'Compliant device for Sales API',
  noLegacy: 'Block legacy authentication',
}

export function credentialsOf(clientId: string): Record<string, string> {
  const secret = secretOf[clientId]

  return { client_id: clientId, ...(secret === undefined ? {} : { client_secret: secret }) }
}

/** From an address, as a request header says it. */
export const from = (ipAddress: string) => ({ 'x-mock-signals': `ipAddress=${ipAddress}` })

/** Sends an application's authorize request; the answer is a page, or what came back to the application. */
export async function ask(story: Story, user: Visitor, clientId: string, more: Record<string, string> = {}): Promise<AuthorizeRequest & { readonly page: Page }> {
  const request = authorizeRequest(story.issuer, clientId, more)

  return { ...request, page: await user.open(request.url) }
}

/** Redeems the code that the application was given. */
export function redeem(story: Story, request: AuthorizeRequest, page: Page, more: Record<string, string> = {}, headers: Record<string, string> = {}) {
  const { code = '' } = page.answer
  return story.token({ grant_type: 'authorization_code', ...credentialsOf(request.clientId), code, redirect_uri: request.redirectUri, code_verifier: request.verifier, ...more }, headers)
}

export function refresh(story: Story, clientId: string, tokens: TokenBody, ipAddress: string, more: Record<string, string> = {}) {
  return story.token({ grant_type: 'refresh_token', ...credentialsOf(clientId), refresh_token: tokens.refresh_token ?? '', scope: 'openid profile offline_access', ...more }, from(ipAddress))
}

/** Tokens of a sign-in with a password alone, or with a code where one is asked. */
export async function tokensOf(story: Story, user: Visitor, name: string, clientId: string, more: Record<string, string> = {}): Promise<TokenBody> {
  const request = await ask(story, user, clientId, more)
  await user.signIn(name)
  if (user.page.step === 'one-time-code') await user.signIn(name, { code: await story.code(name.split('@')[0] ?? '') })
  expect(user.page.answer, user.page.text).toHaveProperty('code')
  const { status, body } = await redeem(story, request, user.page)
  expect(status, JSON.stringify(body)).toBe(200)

  return body
}

/** How a sign-in stands: `granted`, the step that a page asks for, or the number of the refusal. */
export function standing({ answer, step, text }: Page): string {
  if ('code' in answer) return 'granted'

  return step ?? /AADSTS(\d+)/.exec(answer.error_description ?? text)?.[1] ?? text
}

export function claimsIn(token: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
}

export type LogEntry = Readonly<Record<string, unknown>> & {
  readonly correlationId: string
  readonly conditionalAccessStatus: string
  readonly status: { readonly errorCode: number; readonly failureReason: string | null }
  readonly appliedConditionalAccessPolicies: readonly { readonly displayName: string; readonly result: string }[]
}

export async function logOf(story: Story): Promise<readonly LogEntry[]> {
  const { body } = await story.control('GET', '/sign-ins')

  return body.entries as readonly LogEntry[]
}

/** Every policy's part in a row of the log, by name. */
export function resultsIn(entry: LogEntry | undefined): Record<string, string> {
  return Object.fromEntries((entry?.appliedConditionalAccessPolicies ?? []).map(({ displayName, result }) => [displayName, result]))
}

/** Moves the tenant's time on. */
export async function wait(story: Story, duration: string): Promise<void> {
  const { status, body } = await story.control('POST', '/clock', { advance: duration })
  expect(status, JSON.stringify(body)).toBe(200)
}

export async function patchTenant(story: Story, change: Record<string, unknown>): Promise<void> {
  const { status, body } = await story.control('PATCH', '/tenant', change)
  expect(status, JSON.stringify(body)).toBe(200)
}

/** A policy as an administrator writes it: for everybody but break glass and every application, where nothing else is said. */
export function policy(displayName: string, { conditions = {}, ...more }: Record<string, unknown> & { readonly conditions?: Record<string, unknown> }): Record<string, unknown> {
  return {
    displayName,
    state: 'enabled',
    conditions: {
      users: { includeUsers: ['All'], excludeGroups: ['Break glass'] },
      applications: { includeApplications: ['All'] },
      clientAppTypes: ['all'],
      ...conditions,
    },
    ...more,
  }
}

export const block = { operator: 'OR', builtInControls: ['block'] }
export const mfa = { operator: 'OR', builtInControls: ['mfa'] }

/** Adds policies to the tenant's. */
export async function addPolicies(story: Story, ...added: readonly Record<string, unknown>[]): Promise<void> {
  const { body } = await story.control('GET', '/snapshot')
  await patchTenant(story, { conditionalAccessPolicies: [...(body.conditionalAccessPolicies as unknown[]), ...added] })
}

/** Keeps no policies but these. */
export async function setPolicies(story: Story, ...only: readonly Record<string, unknown>[]): Promise<void> {
  await patchTenant(story, { conditionalAccessPolicies: only })
}

/** No stack, no path of a file, no word of our insides, in anything a stranger is shown. */
export function expectNoStack(text: string): void {
  expect(text).not.toMatch(/\n\s+at |node_modules|\/src\/|\.ts:\d|TypeError|ReferenceError|Cannot read prop/)
}

/** The address of an endpoint of the story's tenant. */
export const endpoint = (story: Story, path: string) => `${story.issuer.replace(/\/v2\.0$/, '')}${path}`

/** Sends a form as it stands: parameters twice, empty, or in no order. */
export function postRaw(url: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', body, redirect: 'manual', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } })
}

import * as oidc from 'openid-client'
import type { SignInLog } from '../sign-in/log.ts'
import type { AppPages } from './pages.ts'
import { NoRegistration } from './relying-party.ts'
import { show, type Visit } from './visit.ts'

/** Tells a person why the app did not let them in: the provider's own words, its code, and the policies behind it. */
export function refused(visit: Visit, error: unknown): void {
  const retryHref = `${visit.home}/sign-in`
  if (isAnswer(error)) {
    return show(visit, 'app-error', { ...fromProvider(error, visit.at.tenant.log), retryHref }, isRefusal(error) ? 403 : 502)
  }
  if (error instanceof NoRegistration) {
    const message = 'This tenant has no web application with a secret that the sample app could be. Add one to its applications.'
    return show(visit, 'app-error', { title: 'The app is not registered here', message, code: null, policies: [], retryHref }, 404)
  }
  // A refusal of our own, or a mistake: the server says it.
  if (!(error instanceof Error) || !isTrouble(error)) throw error

  const message = `The identity provider did not give an answer that the app could use: ${error.message}. Try again.`
  show(visit, 'app-error', { title: 'Sign-in did not work', message, code: codeOf(error), policies: [], retryHref }, 502)
}

type FromProvider = oidc.AuthorizationResponseError | oidc.ResponseBodyError

/** Whether the provider gave an answer, and the answer is no. */
export function isRefusal(error: unknown): error is FromProvider {
  return isAnswer(error) && !troubles.has(error.error)
}

function isAnswer(error: unknown): error is FromProvider {
  return error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError
}

/** Answers that say nothing about the user. */
const troubles: ReadonlySet<string> = new Set(['server_error', 'temporarily_unavailable'])

function fromProvider({ error, error_description: description = '' }: FromProvider, log: SignInLog): Omit<AppPages['app-error'], 'retryHref'> {
  const code = /AADSTS\d+/.exec(description)?.[0]
  const correlationId = /Correlation ID: ([\da-f-]{36})/i.exec(description)?.[1]
  const said = description.replace(/^AADSTS\d+: /, '').replace(/\s*Trace ID: [\s\S]*$/, '')

  return {
    title: titles[error] ?? 'Sign-in did not work',
    message: said === '' ? `The identity provider answered ${error}.` : said,
    code: code ?? error,
    policies: correlationId === undefined ? [] : refusingPolicies(log, correlationId),
  }
}

const titles: Readonly<Record<string, string>> = {
  access_denied: 'You were not let in',
  interaction_required: 'You have to sign in again',
  login_required: 'You have to sign in again',
  consent_required: 'Your consent is needed',
  invalid_grant: 'You have to sign in again',
}

/** An app elsewhere would ask an administrator to look into the sign-in log; this one looks itself. */
function refusingPolicies(log: SignInLog, correlationId: string): readonly string[] {
  const row = log.entries.findLast((entry) => entry.correlationId === correlationId)
  const policies = (row?.appliedConditionalAccessPolicies ?? []) as readonly { readonly displayName: string; readonly result: string }[]

  return policies.filter(({ result }) => result === 'failure').map(({ displayName }) => displayName)
}

/** An answer that the library does not accept, or none at all. Anything else is a mistake of ours. */
export function isTrouble(error: unknown): boolean {
  const isUnreachable = error instanceof TypeError && (error.cause !== undefined || error.message === 'fetch failed')

  return isUnreachable || isAnswer(error) || error instanceof oidc.ClientError || error instanceof oidc.WWWAuthenticateChallengeError
}

const codeOf = ({ code }: Error & { readonly code?: unknown }) => (typeof code === 'string' ? code : null)

import type { Refusal } from '../sign-in/refusal.ts'
import type { SignInPages, TenantLine } from '../sign-in/pages.ts'
import type { RefusalWords } from './aadsts.ts'
import { aadstsCode, isAadstsCode } from './aadsts-codes.ts'

type ErrorPage = SignInPages['error']

/** What the "More details" panel tells, as far as it is known (reference 8.3). */
export type ErrorPageContext = {
  readonly tenant: TenantLine | null
  readonly app?: { readonly displayName: string; readonly appId: string } | null
  readonly userPrincipalName?: string | null
  readonly ipAddress?: string | null
  readonly device?: { readonly id?: string | null; readonly platform?: string | null; readonly state?: string | null } | null
  /** Sign in as somebody else, start over. */
  readonly links?: ErrorPage['links']
}

/**
 * The error page: what happened, the code, which policies stood against it, and what a person can do. A user whom
 * Conditional Access blocks sees this page and the application hears nothing (reference 8.3).
 */
export function pageError(refusal: Refusal, words: RefusalWords, context: ErrorPageContext): ErrorPage {
  const { title, message, advice } = pageTexts[words.code] ?? generalText

  return {
    tenant: context.tenant,
    title,
    message: message ?? words.message,
    advice: advice ?? null,
    code: `AADSTS${words.code}`,
    policies: policiesIn(refusal),
    details: detailsOf(words, context),
    links: context.links ?? [],
  }
}

/** What `error_uri` leads to: what a code means, apart from any sign-in. Null for a number that is none. */
export function codePage(code: number): ErrorPage | null {
  if (!isAadstsCode(code)) return null
  const { name, summary } = aadstsCode(code)

  return { tenant: null, title: `AADSTS${code}`, message: summary, advice: pageTexts[code]?.advice ?? null, code: name ?? `AADSTS${code}`, policies: [], details: [], links: [] }
}

/** Names of the policies that a refusal stands on, in the decision's order. */
export function policiesIn({ decision, policyIds }: Refusal): string[] {
  const ids = policyIds ?? decision?.blocked?.policyIds ?? []

  return (decision?.policies ?? []).filter(({ id }) => ids.includes(id)).map(({ displayName }) => displayName)
}

function detailsOf(words: RefusalWords, { app, userPrincipalName, ipAddress, device }: ErrorPageContext): ErrorPage['details'] {
  const rows: readonly (readonly [string, string | null | undefined])[] = [
    ['Error code', String(words.code)],
    ['Request id', words.traceId],
    ['Correlation id', words.correlationId],
    ['Timestamp', words.timestamp],
    ['App name', app?.displayName],
    ['App id', app?.appId],
    ['User', userPrincipalName],
    ['IP address', ipAddress],
    ['Device identifier', device?.id ?? (device === undefined ? undefined : 'Not available')],
    ['Device platform', device?.platform ?? (device === undefined ? undefined : 'Unknown')],
    ['Device state', device?.state ?? (device === undefined ? undefined : 'Unregistered')],
  ]

  return rows.flatMap(([label, value]) => (value === null || value === undefined || value === '' ? [] : [{ label, value }]))
}

type PageText = { readonly title: string; readonly message?: string; readonly advice?: string }

/** Codes without a row of their own say what the refusal says. */
const generalText: PageText = {
  title: "Sorry, but we're having trouble signing you in",
  advice: 'Go back to the application and try again. If it happens again, tell its developer the error code and the correlation id.',
}

const cannotAccess = 'You cannot access this right now'
const fromHere = "You can't get there from here"
const trouble = generalText.title
const setUp = 'This is for the developer of the application to put right.'
const device: PageText = {
  title: fromHere,
  message: 'Your sign-in was successful, but this application can be reached only from devices that meet the access policy of your organization.',
  advice: 'Use a device that your organization manages, or ask your administrator to have this one enrolled.',
}

const pageTexts: Readonly<Record<number, PageText>> = {
  16000: { title: trouble, advice: 'Sign in with an account of this organization, or ask its administrator for an invitation.' },
  50011: { title: trouble, advice: setUp },
  50020: { title: trouble, advice: 'Sign in with an account of this organization, or ask its administrator for an invitation.' },
  50034: { title: trouble, advice: 'Check the user name, or ask your administrator for an account.' },
  50053: {
    title: 'Your account is locked',
    message: 'Your account is temporarily locked to prevent unauthorized use.',
    advice: 'Try again later, and if you still have trouble, contact your admin.',
  },
  50057: { title: 'Your account has been locked', advice: 'Contact your support person to unlock it, then try again.' },
  50079: {
    title: 'More information required',
    message: 'Your organization wants a second proof that it is you, of a kind that this account has not been given and that cannot be set up on these pages.',
    advice: 'Ask your administrator to add the method to your account, or sign in with another account.',
  },
  50089: { title: 'The sign-in took too long', advice: 'Go back to the application and sign in again.' },
  50105: { title: trouble, advice: 'Ask your administrator to assign you to the application.' },
  50131: { title: cannotAccess, advice: 'Ask your administrator, and tell them the error code and the correlation id.' },
  53000: { ...device, message: 'Your sign-in was successful, but this application can be reached only from devices that are compliant with the policy of your organization.' },
  53001: { ...device, message: 'Your sign-in was successful, but this application can be reached only from devices that are joined to the domain of your organization.' },
  53002: {
    title: cannotAccess,
    message: 'Your sign-in was successful, but this resource can be reached only with applications that your organization has approved.',
    advice: 'Use an approved application.',
  },
  53003: {
    title: cannotAccess,
    message: 'Your sign-in was successful but does not meet the criteria to access this resource. For example, you might be signing in from a browser, app, location or authentication flow that is restricted by your admin.',
    advice: 'Sign in from a place or device that your organization allows, or ask your administrator which policy applies.',
  },
  53004: { title: cannotAccess, message: 'Security information cannot be set up now, because this sign-in is at risk.', advice: 'Sign in from a place and device you have used before, or ask your administrator.' },
  53009: { title: cannotAccess, message: 'Your sign-in was successful, but this resource can be reached only with applications that are protected by policy.', advice: 'Use an application that your organization protects.' },
  53010: { title: cannotAccess, message: 'Security information can be set up only from certain locations or devices.', advice: 'Go to a location that your organization allows, or ask your administrator.' },
  65004: { title: 'Consent was declined', advice: 'Sign in again and accept, if the application is to work for you.' },
  70044: { title: 'Sign in again', advice: 'Your organization asks for a new sign-in from time to time. Go back to the application and sign in again.' },
  90002: { title: trouble, advice: 'Check the name of the organization in the address.' },
  90094: { title: 'Need admin approval', message: 'This application needs permissions that only an administrator can grant.', advice: 'Ask an administrator to grant them, or sign in with the account of an administrator.' },
  500011: { title: trouble, advice: setUp },
  530003: device,
  530035: { title: cannotAccess, advice: 'Use an application that supports modern sign-in.' },
  700016: { title: trouble, advice: setUp },
  900971: { title: trouble, advice: setUp },
}

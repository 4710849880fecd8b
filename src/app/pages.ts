/**
 * The pages of the sample app, as the templates of `views/` see them: every text is ready to be read. A template's file is
 * named after the member.
 */
export type AppPages = {
  'app-signed-out': { readonly signInHref: string; readonly message: string | null }
  /** The session is over: "Your session has expired." */
  'app-expired': { readonly signInHref: string; readonly message: string | null }
  'app-home': {
    readonly displayName: string
    readonly userPrincipalName: string
    readonly since: string
    readonly until: string
    /** The address at sign-in, and what the request says now where that is another. */
    readonly from: string
    /** The named location that holds the address at sign-in. */
    readonly placeName: string | null
    /** When inactivity ends the session; null where it never does. */
    readonly idleUntil: string | null
    /** "Your session ends in 12 minutes." */
    readonly warning: string | null
    /** Carries its own proof that it was our page that showed it: a link or a form may go there. */
    readonly signOutHref: string
    /** A link: asks for a new session without asking the user. */
    readonly refreshHref: string
  }
  'app-error': {
    readonly title: string
    readonly message: string
    readonly code: string | null
    /** Names of the policies that refused, where it was policy. */
    readonly policies: readonly string[]
    readonly retryHref: string
  }
}

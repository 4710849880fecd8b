/**
 * The sign-in pages, as the templates of `views/` see them. A view decides nothing: whatever it shows is here.
 * A template's file is named after the member, e.g. `views/one-time-code.eta`.
 */
export type SignInPages = {
  /** The tenant's home page: who the users are, what the applications are, how to point an app at it. */
  'home': {
    readonly tenant: TenantLine
    readonly issuer: string
    /** The sample app, and what to see there first; no story where the tenant is not the shipped one any more. */
    readonly tryIt: {
      readonly appHref: string
      readonly story: {
        readonly tries: readonly { readonly outcome: 'allowed' | 'refused' | 'challenged'; readonly user: string; readonly place: string; readonly because: string }[]
        readonly password: string | null
        readonly codeHref: string | null
      } | null
    }
    readonly users: readonly { readonly userPrincipalName: string; readonly displayName: string; readonly hint: string }[]
    readonly applications: readonly { readonly displayName: string; readonly appId: string; readonly kind: string }[]
    readonly links: readonly { readonly label: string; readonly href: string }[]
  }
  /** `backAction` leads to the accounts signed in here; null where there are none. */
  'user-name': SignInForm & {
    readonly userName: string
    /** The home of the federated domain that the application names (`domain_hint`): the name is asked there, for that domain. */
    readonly home: { readonly providerName: string; readonly domain: string } | null
    readonly backAction: string | null
  }
  'password': SignInForm & {
    readonly userName: string
    /** "Your organisation" for managed users; the home provider's name for federated ones. */
    readonly providerName: string | null
    readonly backAction: string
  }
  'pick-account': SignInForm & {
    readonly accounts: readonly { readonly id: string; readonly displayName: string; readonly userPrincipalName: string; readonly isSignedIn: boolean }[]
  }
  /** `rememberDays`: for how many days the browser may be told not to ask again; null = it is not offered. */
  'one-time-code': SignInForm & { readonly userName: string; readonly rememberDays: number | null; /** Whether a temporary access pass will do as well. */ readonly hasPass: boolean }
  'register': SignInForm & {
    readonly userName: string
    readonly secret: string
    /** `data:image/png;base64,…` */
    readonly qrCode: string
    readonly otpauth: string
    /** Days left to skip (security defaults); null = must be done now. */
    readonly skippableDays: number | null
  }
  'stay-signed-in': SignInForm & { readonly userName: string }
  'change-password': SignInForm & { readonly userName: string }
  'terms-of-use': SignInForm & { readonly userName: string; readonly agreements: readonly { readonly id: string; readonly displayName: string }[] }
  /** Another provider must confirm: the home one that MFA was done, or that of a custom control. */
  'external-challenge': SignInForm & { readonly userName: string; readonly providerName: string }
  'consent': SignInForm & {
    readonly userName: string
    readonly application: string
    readonly scopes: readonly { readonly value: string; readonly description: string }[]
    /** An administrator is asked for everybody at once. */
    readonly isForOrganization: boolean
    /** An administrator may tick a box for everybody. */
    readonly canConsentForOrganization: boolean
  }
  /** "Enter the code that your device shows." */
  'device-code': { readonly tenant: TenantLine | null; readonly form: Form; readonly userCode: string; readonly error: SignInForm['error'] }
  /** "Are you trying to sign in to …?" */
  'confirm-device': SignInForm & { readonly userName: string }
  'device-done': { readonly tenant: TenantLine | null; readonly application: string }
  'error': {
    readonly tenant: TenantLine | null
    /** "You cannot access this right now" */
    readonly title: string
    readonly message: string
    /** What a person can do about it. */
    readonly advice: string | null
    readonly code: string
    /** Names of the policies that blocked, empty for other errors. */
    readonly policies: readonly string[]
    /** "More details": request id, correlation id, timestamp, app, IP address, device … */
    readonly details: readonly { readonly label: string; readonly value: string }[]
    readonly links: readonly { readonly label: string; readonly href: string }[]
  }
  /** "Do you want to sign out?" */
  'sign-out': {
    readonly tenant: TenantLine | null
    readonly form: Form
    readonly accounts: readonly { readonly id: string; readonly userPrincipalName: string }[]
    /** Each account has a button of its own beside the one for all. */
    readonly isOneByOne: boolean
    /** The form sends itself, where browsers let it: there is no doubt who is meant. */
    readonly isGoingOn: boolean
  }
  'signed-out': { readonly tenant: TenantLine | null; readonly frames: readonly string[]; readonly returnTo: string | null }
  /** Sends a response to the application by form_post: a self-submitting form with a button for those without script. */
  'form-post': { readonly action: string; readonly fields: Readonly<Record<string, string>> }
}

export type TenantLine = { readonly displayName: string; readonly domain: string }

/** A form of the page's own step. `hidden` holds the CSRF token. */
export type Form = { readonly action: string; readonly hidden: Readonly<Record<string, string>> }

export type SignInForm = {
  readonly tenant: TenantLine
  readonly application: string
  readonly form: Form
  /** Shown beside the input it concerns. */
  readonly error: { readonly text: string; readonly code: string | null } | null
  /** The "Where are you?" panel; null under `--no-simulation`. */
  readonly whereAreYou: WhereAreYou | null
  readonly cancelAction: string | null
}

/** The panel with which a browser simulates where it is. */
export type WhereAreYou = {
  readonly action: string
  readonly hidden: Readonly<Record<string, string>>
  readonly ipAddress: string
  readonly isSimulated: boolean
  /** E.g. `Head office` 198.51.100.1, `Branch` 203.0.113.1, "really here". */
  readonly places: readonly { readonly label: string; readonly ipAddress: string; readonly isTrusted: boolean }[]
  readonly platform: string | null
  readonly platforms: readonly string[]
  readonly device: string | null
  readonly devices: readonly { readonly id: string; readonly displayName: string }[]
}

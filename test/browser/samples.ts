import type { AppPages } from '../../src/app/pages.ts'
import type { SignInForm, SignInPages } from '../../src/sign-in/pages.ts'
import { qrCode } from './sample-qr.ts'

export type AllPages = SignInPages & AppPages

/** One page in one state: every template has at least one, and one for each thing it shows only sometimes. */
export type Sample = { readonly [P in keyof AllPages]: { readonly page: P; readonly model: AllPages[P] } }[keyof AllPages]

const tenant = { displayName: 'Contoso', domain: 'contoso.example' }
const alice = 'alice@contoso.example'

const step: SignInForm = {
  tenant,
  application: 'Sales Hub',
  form: { action: '/echo', hidden: { csrf: 'a-token' } },
  error: null,
  whereAreYou: {
    action: '/where',
    hidden: { csrf: 'a-token' },
    ipAddress: '198.51.100.7',
    isSimulated: true,
    places: [
      { label: 'Head office', ipAddress: '198.51.100.7', isTrusted: true },
      { label: 'Branch', ipAddress: '203.0.113.7', isTrusted: false },
      { label: 'Somewhere else', ipAddress: '198.18.0.5', isTrusted: false },
    ],
    platform: 'iOS',
    platforms: ['windows', 'macOS', 'linux', 'iOS', 'android', 'windowsPhone'],
    device: null,
    devices: [{ id: 'device-1', displayName: "Alice's laptop" }],
  },
  cancelAction: '/cancel',
}

const failed = (text: string, code: string): Partial<SignInForm> => ({ error: { text, code } })
const register = { userName: alice, secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', qrCode, otpauth: 'otpauth://totp/Contoso:alice%40contoso.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Contoso', skippableDays: null }
const home = {
  displayName: 'Alice Adams',
  userPrincipalName: alice,
  since: '2026-01-12 09:02 UTC',
  until: '2026-01-12 17:02 UTC',
  idleUntil: '2026-01-12 09:32 UTC',
  from: '198.51.100.7',
  placeName: 'Head office',
  warning: null,
  signOutHref: '/app/sign-out',
  refreshHref: '/app',
}

export const samples: Readonly<Record<string, Sample>> = {
  'home': {
    page: 'home',
    model: {
      tenant,
      issuer: 'https://localhost:8443/c0ffee00-0000-4000-8000-000000000001/v2.0',
      tryIt: {
        appHref: 'https://localhost:8443/app',
        story: {
          tries: [
            { outcome: 'allowed', user: alice, place: 'Head office', because: 'the password is enough at a trusted place' },
            { outcome: 'refused', user: alice, place: 'Branch', because: 'Sales may use the app from trusted places only' },
            { outcome: 'challenged', user: 'dave@contoso.example', place: 'Branch', because: 'outside, everybody else is asked for a code' },
          ],
          password: 'Portcullis1!',
          codeHref: 'https://localhost:8443/_mock/users/dave/one-time-code',
        },
      },
      users: [
        { userPrincipalName: alice, displayName: 'Alice Adams', hint: 'Sales, with an authenticator. Signs in to Sales Hub from the head office only.' },
        { userPrincipalName: 'bob@contoso.example', displayName: 'Bob Baker', hint: 'Sales, no second factor yet.' },
        { userPrincipalName: 'carol@contoso.example', displayName: 'Carol Clark', hint: 'Global Administrator: asked for a code everywhere.' },
        { userPrincipalName: 'dave@contoso.example', displayName: 'Dave Doyle', hint: 'In no group, with an authenticator.' },
        { userPrincipalName: 'erin@contoso.example', displayName: 'Erin Evans', hint: 'A guest.' },
        { userPrincipalName: 'fiona@fed.contoso.example', displayName: 'Fiona Frey', hint: 'Sales, of the federated domain.' },
      ],
      applications: [
        { displayName: 'Sales Hub', appId: 'c0ffee00-0000-4000-8000-0000000000a1', kind: 'web' },
        { displayName: 'Sales SPA', appId: 'c0ffee00-0000-4000-8000-0000000000a2', kind: 'single-page' },
        { displayName: 'Nightly Job', appId: 'c0ffee00-0000-4000-8000-0000000000a4', kind: 'daemon' },
      ],
      links: [
        { label: 'Sample application', href: 'https://localhost:8443/app' },
        { label: 'Discovery', href: 'https://localhost:8443/c0ffee00-0000-4000-8000-000000000001/v2.0/.well-known/openid-configuration' },
        { label: 'Control API', href: 'https://localhost:8443/_mock' },
      ],
    },
  },
  'user-name': { page: 'user-name', model: { ...step, userName: '', home: null, backAction: null } },
  'user-name, federated domain': { page: 'user-name', model: { ...step, userName: '', home: { providerName: 'Contoso home sign-in', domain: 'fed.contoso.example' }, backAction: null } },
  'user-name, unknown': {
    page: 'user-name',
    model: { ...step, ...failed("We couldn't find an account with that user name.", '50034'), userName: 'alise@contoso.example', home: null, backAction: '/accounts' },
  },
  'user-name, no simulation': { page: 'user-name', model: { ...step, userName: '', home: null, backAction: null, whereAreYou: null, cancelAction: null } },
  'password': { page: 'password', model: { ...step, userName: alice, providerName: null, backAction: '/back' } },
  'password, wrong': { page: 'password', model: { ...step, ...failed('Your account or password is incorrect.', '50126'), userName: alice, providerName: null, backAction: '/back' } },
  'password, locked': {
    page: 'password',
    model: {
      ...step,
      ...failed('Your account is temporarily locked to prevent unauthorized use. Try again later, and if you still have trouble, contact your admin.', '50053'),
      userName: 'a.very.long.user.name.that.does.not.fit.on.one.line@subsidiary.of.contoso.example',
      providerName: null,
      backAction: '/back',
    },
  },
  'password, federated': { page: 'password', model: { ...step, userName: 'fiona@fed.contoso.example', providerName: 'Fabrikam Login', backAction: '/back' } },
  'pick-account': {
    page: 'pick-account',
    model: {
      ...step,
      accounts: [
        { id: 'b1', displayName: 'Alice Adams', userPrincipalName: alice, isSignedIn: true },
        { id: 'b3', displayName: 'Carol Clark', userPrincipalName: 'carol@contoso.example', isSignedIn: false },
      ],
    },
  },
  'one-time-code': { page: 'one-time-code', model: { ...step, userName: alice, rememberDays: null, hasPass: false } },
  'one-time-code, wrong': { page: 'one-time-code', model: { ...step, ...failed("That code didn't work. Check the code in your app and try again.", '500121'), userName: alice, rememberDays: 30, hasPass: true } },
  'register': { page: 'register', model: { ...step, ...register } },
  'register, skippable': { page: 'register', model: { ...step, ...register, ...failed("That code didn't work. Check the code in your app and try again.", '500121'), skippableDays: 14 } },
  'device-code': { page: 'device-code', model: { tenant, form: { action: '/echo', hidden: {} }, userCode: '', error: null } },
  'device-code, mistyped': { page: 'device-code', model: { tenant, form: { action: '/echo', hidden: {} }, userCode: 'BCDFGHJKL', error: { text: "That code didn't work. Check the code and try again.", code: '70018' } } },
  'confirm-device': { page: 'confirm-device', model: { ...step, application: 'Sales Mobile', userName: alice } },
  'device-done': { page: 'device-done', model: { tenant, application: 'Sales Mobile' } },
  'stay-signed-in': { page: 'stay-signed-in', model: { ...step, userName: alice } },
  'change-password': { page: 'change-password', model: { ...step, userName: alice } },
  'change-password, refused': { page: 'change-password', model: { ...step, ...failed('The current password is incorrect.', '50126'), userName: alice } },
  'terms-of-use': { page: 'terms-of-use', model: { ...step, userName: alice, agreements: [{ id: 't1', displayName: 'Contoso terms of use' }, { id: 't2', displayName: 'Handling of customer data' }] } },
  'external-challenge': { page: 'external-challenge', model: { ...step, userName: alice, providerName: 'Fabrikam sign-in' } },
  'consent': {
    page: 'consent',
    model: {
      ...step,
      userName: alice,
      application: 'Sales SPA',
      scopes: [
        { value: 'api://sales-api/Orders.Read', description: 'Read your orders' },
        { value: 'https://graph.microsoft.com/User.Read', description: 'Sign you in and read your profile' },
      ],
      isForOrganization: false, canConsentForOrganization: true,
    },
  },
  'error, blocked': {
    page: 'error',
    model: {
      tenant,
      title: 'You cannot access this right now',
      message: 'Your sign-in was successful but does not meet the criteria to access this resource. You might be signing in from a place that your organization does not allow.',
      advice: 'Go to a trusted place, such as the head office, and try again. If you need access from here, ask your administrator.',
      code: 'AADSTS53003',
      policies: ['Sales Hub only from trusted locations'],
      details: [
        { label: 'Request id', value: '6f1d5a0e-8f5c-4f0f-9d0e-1f2a3b4c5d6e' },
        { label: 'Correlation id', value: '0a9b8c7d-6e5f-4a3b-8c1d-0e9f8a7b6c5d' },
        { label: 'Timestamp', value: '2026-01-12T09:02:00Z' },
        { label: 'Application', value: 'Sales Hub (c0ffee00-0000-4000-8000-0000000000a1)' },
        { label: 'IP address', value: '203.0.113.9' },
        { label: 'Device', value: 'not registered' },
      ],
      links: [
        { label: 'Try again', href: '/again' },
        { label: 'Sign in with another account', href: '/other' },
      ],
    },
  },
  'error, plain': {
    page: 'error',
    model: { tenant: null, title: 'Sorry, this sign-in has ended', message: 'It was left alone for too long, or belongs to another browser.', advice: null, code: 'AADSTS50058', policies: [], details: [], links: [] },
  },
  'sign-out': { page: 'sign-out', model: { tenant, form: { action: '/echo', hidden: { xsrf: 'a-token', logout: 'yes' } }, accounts: [{ id: 'b1', userPrincipalName: alice }], isOneByOne: false, isGoingOn: false } },
  'sign-out, one by one': { page: 'sign-out', model: { tenant, form: { action: '/echo', hidden: { csrf: 'a-token' } }, accounts: [{ id: 'b1', userPrincipalName: alice }, { id: 'b4', userPrincipalName: 'dave@contoso.example' }], isOneByOne: true, isGoingOn: false } },
  'signed-out': { page: 'signed-out', model: { tenant, frames: [], returnTo: null } },
  'signed-out, with frames': { page: 'signed-out', model: { tenant: null, frames: ['/frame'], returnTo: '/echo' } },
  'form-post': { page: 'form-post', model: { action: '/echo', fields: { code: 'a-code', state: '"><script>' } } },
  'app-signed-out': { page: 'app-signed-out', model: { signInHref: '/app/sign-in', message: null } },
  'app-expired': { page: 'app-expired', model: { signInHref: '/app/sign-in', message: 'You were signed in for eight hours, as long as a session of this application lasts.' } },
  'app-home': { page: 'app-home', model: home },
  'app-home, ending': { page: 'app-home', model: { ...home, from: '198.51.100.7 at sign-in, 203.0.113.9 now', idleUntil: null, warning: 'Your session ends in 20 minutes. Save your work and sign in again to go on.' } },
  'app-error': {
    page: 'app-error',
    model: { title: 'You were not let in', message: 'Access has been blocked by Conditional Access policies.', code: 'AADSTS53003', policies: ['Sales Hub only from trusted locations'], retryHref: '/app/sign-in' },
  },
}

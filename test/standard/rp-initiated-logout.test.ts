import { describe, expect, test } from 'vitest'
import { decodeJwt, UnsecuredJWT, SignJWT } from 'jose'
import type { Visitor } from '../support/visitor.ts'
import { expectErrorPage } from './basic-plan.ts'
import { authorize, errorOf, happyFlow } from './flow.ts'
import { postLogoutUri, useStandard } from './op.ts'
import type { Op, RelyingParty } from './op.ts'

const server = useStandard()

/** Alice is signed in, and her application sends her to the end session endpoint. */
type Leaving = { readonly op: Op; readonly rp: RelyingParty; readonly browser: Visitor; readonly idToken: string }
type Parameters = { id_token_hint?: string; post_logout_redirect_uri?: string; state?: string }
type Case = {
  readonly sends: (usual: Required<Parameters>, leaving: Leaving) => Parameters | Promise<Parameters>
  readonly leads: (leaving: Leaving) => Promise<void>
}

const state = 'end-session-state.'.repeat(8).slice(0, 128)

const plan: Readonly<Record<string, Case>> = {
  'oidcc-rp-initiated-logout': { sends: (usual) => usual, leads: returns({ state }) },
  'oidcc-rp-initiated-logout-bad-post-logout-redirect-uri': { sends: (usual) => ({ ...usual, post_logout_redirect_uri: `${postLogoutUri}/unregistered` }), leads: isRefused },
  'oidcc-rp-initiated-logout-modified-id-token-hint': {
    sends: ({ id_token_hint: hint, ...usual }) => ({ ...usual, id_token_hint: new UnsecuredJWT(decodeJwt(hint)).encode() }),
    leads: isRefused,
  },
  'oidcc-rp-initiated-logout-no-id-token-hint': { sends: (usual) => without(usual, 'id_token_hint'), leads: staysWithUs },
  'oidcc-rp-initiated-logout-no-params': { sends: () => ({}), leads: staysWithUs },
  'oidcc-rp-initiated-logout-no-post-logout-redirect-uri': { sends: (usual) => without(usual, 'post_logout_redirect_uri'), leads: staysWithUs },
  'oidcc-rp-initiated-logout-no-state': { sends: (usual) => without(usual, 'state'), leads: returns({}) },
  'oidcc-rp-initiated-logout-only-state': { sends: ({ state: only }) => ({ state: only }), leads: staysWithUs },
  'oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri': { sends: (usual) => ({ ...usual, post_logout_redirect_uri: `${postLogoutUri}?foo=bar` }), leads: isRefused },
  'oidcc-rp-initiated-logout-bad-id-token-hint': {
    sends: async (usual, { rp, op }) => ({ ...usual, id_token_hint: await forged(rp, op) }),
    leads: isRefused,
  },
}

describe('oidcc-rp-initiated-logout-certification-test-plan', () => {
  test('oidcc-rp-initiated-logout-discovery-endpoint-verification', async () => {
    const { as } = await server.op()

    expect(as.end_session_endpoint).toMatch(/^https:/)
  })

  test.each(Object.entries(plan))('%s', async (_module, { sends, leads }) => {
    const leaving = await signedIn()
    const parameters = await sends({ id_token_hint: leaving.idToken, post_logout_redirect_uri: postLogoutUri, state }, leaving)
    await leaving.browser.open(`${leaving.op.as.end_session_endpoint}?${new URLSearchParams(parameters)}`)

    await expect(leads(leaving)).resolves.toBeUndefined()
  })

  test('signing out may be asked with POST, as the specification wants', async () => {
    const leaving = await signedIn()
    const response = await fetch(String(leaving.op.as.end_session_endpoint), {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ id_token_hint: leaving.idToken, post_logout_redirect_uri: postLogoutUri, state }),
    })
    await leaving.browser.open(String(response.headers.get('location')))

    await expect(returns({ state })(leaving)).resolves.toBeUndefined()
  })

  test('who is signed out already is handed on by a page that submits itself', async () => {
    const leaving = await signedIn()
    const { browser, idToken, op } = leaving
    const url = `${op.as.end_session_endpoint}?${new URLSearchParams({ id_token_hint: idToken, post_logout_redirect_uri: postLogoutUri, state })}`
    await browser.open(url)
    await browser.submit({})
    await browser.open(url)

    expect(browser.page.root.querySelector('form input[name=logout]')?.getAttribute('value'), 'the page goes on by itself').toBe('yes')
  })
})

function without(parameters: Required<Parameters>, name: keyof Parameters): Parameters {
  return Object.fromEntries(Object.entries(parameters).filter(([key]) => key !== name))
}

async function signedIn(): Promise<Leaving> {
  const op = await server.op()
  const [rp, browser] = [await op.register(), op.browser()]
  const { idToken } = await happyFlow(rp, browser)

  return { op, rp, browser, idToken }
}

/** Alice confirms and is back at the application, with these parameters and no other; nobody is signed in any more. */
function returns(parameters: Readonly<Record<string, string>>): (leaving: Leaving) => Promise<void> {
  return async (leaving) => {
    const { browser } = leaving
    await browser.submit({})

    expect(browser.page.url.split('?')[0]).toBe(postLogoutUri)
    expect(browser.page.answer).toEqual(parameters)
    await nobodyIsSignedIn(leaving)
  }
}

/** Alice confirms, is told that she signed out, and is sent nowhere. */
async function staysWithUs(leaving: Leaving): Promise<void> {
  const { browser, op } = leaving
  await browser.submit({})

  expect(browser.page.url.startsWith(String(op.as.end_session_endpoint))).toBe(true)
  expect(browser.page.status).toBe(200)
  expect(browser.page.text).toMatch(/signed out/i)
  await nobodyIsSignedIn(leaving)
}

/** An error page, no way back to the application, and Alice is still signed in. */
async function isRefused({ browser, rp }: Leaving): Promise<void> {
  expectErrorPage(browser.page)
  expect(browser.page.html).not.toContain(postLogoutUri)
  const again = await authorize(rp, browser, { prompt: 'none' })
  expect(again.page.answer).toHaveProperty('code')
}

async function nobodyIsSignedIn({ rp, browser }: Leaving): Promise<void> {
  expect(errorOf(rp, await authorize(rp, browser, { prompt: 'none' }))).toBe('login_required')
}

/** An ID token that the application made up and signed itself. */
async function forged(rp: RelyingParty, op: Op): Promise<string> {
  return new SignJWT({ iss: op.as.issuer, aud: rp.client.client_id, sub: 'alice' })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(String(rp.client.client_secret)))
}

import type { Sandbox } from '../index.ts'
import { addressOf } from './places.ts'
import type { Places } from './places.ts'

/** As much of Playwright's page as is needed, so that any version of it will do. */
export type PageLike = {
  goto(url: string): Promise<unknown>
  url(): string
  isClosed(): boolean
  waitForLoadState(state?: 'load'): Promise<void>
  waitForURL(url: (url: URL) => boolean): Promise<void>
  waitForEvent(event: 'framenavigated', options: { timeout: number }): Promise<unknown>
  locator(selector: string): LocatorLike
  context(): { readonly request: RequestsLike }
}

type LocatorLike = {
  first(): LocatorLike
  count(): Promise<number>
  fill(value: string): Promise<void>
  click(): Promise<void>
  getAttribute(name: string): Promise<string | null>
  innerText(): Promise<string>
  locator(selector: string): LocatorLike
}

type RequestsLike = {
  fetch(url: string, options: { method?: string; form?: Record<string, string>; maxRedirects: number }): Promise<{ status(): number; headers(): Record<string, string>; text(): Promise<string> }>
}

export type BrowserSignIn = {
  /** A place by name, or an address. Stays the user's until it is said otherwise. */
  readonly from?: string
  /** Whether a second factor is given where it is asked for. Default true; false stops at that page. */
  readonly mfa?: boolean
  /** Whether the application gets the permissions it asks for. Default true; false stops at that page. */
  readonly consent?: boolean
  /** Default: the password of the shipped users. */
  readonly password?: string
  /** "Stay signed in?" Default false. */
  readonly stay?: boolean
  /** Opens this first: the application's page, or its sign-in link. Otherwise the page that is open is filled. */
  readonly at?: string
  /** Signs the browser in without showing a page: it has the session's cookies afterwards. Names the application it signs in to. */
  readonly plant?: { readonly client: string }
}

export const shippedPassword = 'Portcullis1!'

/**
 * Signs a user in in a real browser, at the sandbox's own pages: user name, password, one-time code, consent and "stay signed
 * in?", each where it is asked. Ends where the application's page, an error page, or a page it has no answer to is shown, and where
 * the application closes its popup. A popup may be handed in as soon as it is open.
 */
export async function signInWithBrowser(sandbox: Sandbox, page: PageLike, user: string, options: BrowserSignIn = {}, places?: Places): Promise<void> {
  if (options.from !== undefined) sandbox.signals(user, { ipAddress: addressOf(options.from, places) })
  if (options.plant) return plantSession(sandbox, page, options.plant.client, answersFor(sandbox, user, options))
  if (options.at !== undefined) await page.goto(options.at)

  // A popup is empty before it goes where it was sent.
  await page.waitForURL((url) => url.href !== 'about:blank')
  await fillPages(sandbox, page, answersFor(sandbox, user, options)).catch((error: unknown) => {
    if (!page.isClosed()) throw error
  })
}

async function fillPages(sandbox: Sandbox, page: PageLike, answers: Answers): Promise<void> {
  for (let step = 0; step < mostSteps; step += 1) {
    await page.waitForLoadState('load')
    if (!page.url().startsWith(originOf(sandbox))) return
    const form = page.locator('main form').first()
    if ((await form.count()) === 0) return
    const name = stepOf((await form.getAttribute('action')) ?? '')
    if (name === 'form-post') return sendOn(page)
    const answer = answers(name)
    if (answer === null) return
    // Where the browser itself does not like the answer, the page stays.
    const goneOn = page.waitForEvent('framenavigated', { timeout: 10_000 }).catch(() => {})
    await fill(page, form, answer)
    await goneOn
  }
}

/** The form with the answer for the application sends itself; the button is for browsers without script. */
async function sendOn(page: PageLike): Promise<void> {
  const before = page.url()
  page.locator('main form button').first().click().catch(() => {})
  await page.waitForURL((url) => url.href !== before)
}

const mostSteps = 8

type Answers = (step: string) => Readonly<Record<string, string>> | null

/** What a user types on each page; null = nobody said, so the page stays. */
function answersFor(sandbox: Sandbox, user: string, { password = shippedPassword, mfa = true, consent = true, stay = false }: BrowserSignIn): Answers {
  const asked = new Set<string>()
  const answers: Readonly<Record<string, () => Readonly<Record<string, string>> | null>> = {
    // Its button has no value.
    'pick-account': () => ({ account: '' }),
    'user-name': () => ({ username: user.includes('@') ? user : `${user}@${sandbox.domain}` }),
    'password': () => ({ password }),
    'one-time-code': () => {
      const code = mfa ? sandbox.oneTimeCode(user) : null
      return code === null ? null : { code }
    },
    'consent': () => (consent ? {} : null),
    'stay-signed-in': () => ({ stay: stay ? 'yes' : 'no' }),
  }

  return (step) => {
    // A page that comes back did not like the answer: the same one again would go on for ever.
    if (asked.has(step)) return null
    asked.add(step)

    return answers[step]?.() ?? null
  }
}

async function fill(page: PageLike, form: LocatorLike, answer: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(answer)) {
    const button = form.locator(`button[name="${name}"][value="${value}"]`).first()
    if ((await button.count()) > 0) return button.click()
    const input = form.locator(`input[name="${name}"]:not([type=hidden])`).first()
    if ((await input.count()) > 0) await input.fill(value)
  }
  await page.locator('main form').first().locator('button').first().click()
}

/** Goes the same way over the browser's own cookies, without showing a page. */
async function plantSession(sandbox: Sandbox, page: PageLike, client: string, answers: Answers): Promise<void> {
  const { request } = page.context()
  const root = sandbox.issuer.replace(/\/v2\.0$/, '')
  const redirectUri = 'http://localhost/portcullis-planted'
  const query = new URLSearchParams({ client_id: client, response_type: 'code', redirect_uri: redirectUri, scope: 'openid', state: 'planted', nonce: 'planted', code_challenge: challenge, code_challenge_method: 'S256' })
  let asked: Parameters<RequestsLike['fetch']> = [`${root}/oauth2/v2.0/authorize?${query}`, { maxRedirects: 0 }]
  for (let hop = 0; hop < 40; hop += 1) {
    const response = await request.fetch(...asked)
    const { location } = response.headers()
    if (location !== undefined) {
      const target = new URL(location, asked[0])
      if (target.href.startsWith(redirectUri)) {
        const said = target.searchParams.get('error_description')
        if (said !== null) throw new Error(`The session was not planted: ${said}`)
        return
      }
      asked = [target.href, { maxRedirects: 0 }]
      continue
    }
    const html = await response.text()
    const { action, fields } = formIn(html)
    const answer = action === null ? null : answers(stepOf(action))
    if (action === null || answer === null) throw new Error(`The session was not planted: the sign-in ended at "${titleOf(html)}". ${textOf(html)}`)
    asked = [new URL(action, asked[0]).href, { method: 'POST', form: { ...fields, ...answer }, maxRedirects: 0 }]
  }
  throw new Error('The session was not planted: the sign-in does not come to an end.')
}

/** Nobody redeems the code, so any well-formed challenge will do. */
const challenge = 'A'.repeat(43)

const originOf = ({ issuer }: Sandbox) => `${new URL(issuer).origin}/`

function stepOf(action: string): string {
  return /^https?:/.test(action) ? 'form-post' : action.slice(action.lastIndexOf('/') + 1)
}

function formIn(html: string): { readonly action: string | null; readonly fields: Record<string, string> } {
  const form = /<main[^]*?(<form\b[^>]*>[^]*?<\/form>)/.exec(html)?.[1] ?? ''
  const hidden = [...form.matchAll(/<input\b[^>]*type="hidden"[^>]*>/g)].map(([input]) => [attributeOf(input, 'name') ?? '', attributeOf(input, 'value') ?? ''] as const)

  return { action: attributeOf(form, 'action'), fields: Object.fromEntries(hidden) }
}

function attributeOf(tag: string, name: string): string | null {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]

  return value === undefined ? null : plain(value)
}

const entities: Readonly<Record<string, string>> = { '&amp;': '&', '&quot;': '"', '&#39;': '\'', '&lt;': '<', '&gt;': '>' }
const plain = (text: string) => text.replace(/&(?:amp|quot|#39|lt|gt);/g, (entity) => entities[entity] ?? entity)
const titleOf = (html: string) => plain(/<title>([^<]*)/.exec(html)?.[1]?.trim() ?? 'a page')
const textOf = (html: string) => plain((/<main[^>]*>([^]*?)<\/main>/.exec(html)?.[1] ?? '').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')).trim().slice(0, 400)

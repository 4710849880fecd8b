import { parse } from 'node-html-parser'
import type { HTMLElement } from 'node-html-parser'
import { createHash, randomBytes } from 'node:crypto'
import type { Portcullis } from '../../src/index.ts'

/** Somebody with a browser but without a screen: keeps cookies, follows redirects, fills in the first form of a page. */
export type Visitor = {
  readonly page: Page
  /** Goes to an address and follows redirects until a page, or an address that is not the server's. */
  open(url: string): Promise<Page>
  /** Sends the page's step with these values; hidden fields go along. `press` names the submit button. */
  submit(values: Record<string, string>, press?: string): Promise<Page>
  /** Sends the "Where are you?" panel. */
  moveTo(ipAddress: string): Promise<Page>
  /** Moves by a header on every request from now on. */
  signals(header: string | null): void
  /** Walks through user name, password and, where asked, code and "stay signed in". */
  signIn(user: string, options?: { password?: string; code?: string; stay?: boolean }): Promise<Page>
  readonly cookies: ReadonlyMap<string, Cookie>
  /** What a browser does when it is closed: session cookies go. */
  closeBrowser(): void
}

export type Cookie = { readonly value: string; readonly isPersistent: boolean; readonly attributes: string }

export type Page = {
  readonly url: string
  readonly status: number
  readonly html: string
  readonly title: string
  /** Text of `main`, white space folded. */
  readonly text: string
  /** `one-time-code`, …: the path of the form's step; null where the page has none. */
  readonly step: string | null
  readonly root: HTMLElement
  /** Parameters of an address that is the application's: query, fragment or form_post. */
  readonly answer: Readonly<Record<string, string>>
  readonly headers: Headers
}

export function visitor(mock: Pick<Portcullis, 'http'>, options: { signals?: string; headers?: Record<string, string> } = {}): Visitor {
  const base = mock.http ?? ''
  const jar = new Map<string, Cookie>()
  let mockSignals = options.signals ?? null
  let page: Page | undefined

  const send = async (url: string, init: RequestInit = {}): Promise<Page> => {
    let [target, request] = [new URL(url, base).href, init]
    for (let hop = 0; hop < 20; hop += 1) {
      if (!target.startsWith(`${base}/`)) return (page = answered(target))
      const headers = { accept: 'text/html', ...options.headers, ...(request.headers as Record<string, string>), cookie: cookieHeader(jar, new URL(target).pathname) }
      const response = await fetch(target, {
        ...request,
        headers: mockSignals === null ? headers : { ...headers, 'x-mock-signals': mockSignals },
        redirect: 'manual',
      })
      for (const cookie of response.headers.getSetCookie()) keep(jar, cookie)
      const location = response.headers.get('location')
      if (response.status < 300 || response.status > 399 || location === null) return (page = await pageOf(target, response))
      await response.arrayBuffer()
      target = new URL(location, target).href
      request = {}
    }
    throw new Error(`Too many redirects, last to ${target}.`)
  }

  const self: Visitor = {
    get page() {
      if (!page) throw new Error('This visitor has not opened a page yet.')
      return page
    },
    open: (url) => send(url),
    submit(values, press) {
      const form = self.page.root.querySelector('main form')
      if (!form) throw new Error(`"${self.page.title}" has no form: ${self.page.text}`)
      return send(new URL(form.getAttribute('action') ?? '', self.page.url).href, post({ ...fieldsOf(form, press), ...values }))
    },
    moveTo(ipAddress) {
      const panel = self.page.root.querySelector('details form')
      if (!panel) throw new Error(`"${self.page.title}" has no "Where are you?" panel.`)
      return send(new URL(panel.getAttribute('action') ?? '', self.page.url).href, post({ ...hiddenOf(panel), ipAddress }))
    },
    signals(header) {
      mockSignals = header
    },
    async signIn(user, { password = 'Portcullis1!', code, stay = false } = {}) {
      if (self.page.step === 'pick-account') await self.submit({ account: 'another' })
      if (self.page.step === 'user-name') await self.submit({ username: user })
      if (self.page.step === 'password') await self.submit({ password })
      if (self.page.step === 'one-time-code' && code !== undefined) await self.submit({ code })
      if (self.page.step === 'stay-signed-in') await self.submit({ stay: stay ? 'yes' : 'no' })
      return self.page
    },
    cookies: jar,
    closeBrowser() {
      for (const [name, { isPersistent }] of jar) if (!isPersistent) jar.delete(name)
    },
  }

  return self
}

function post(fields: Record<string, string>): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(fields).toString() }
}

function fieldsOf(form: HTMLElement, press?: string): Record<string, string> {
  const button = form.querySelectorAll('button').find((candidate) => (press === undefined ? candidate.getAttribute('type') !== 'button' : candidate.getAttribute('name') === press || candidate.getAttribute('value') === press))
  const name = button?.getAttribute('name')

  return { ...hiddenOf(form), ...(name ? { [name]: button?.getAttribute('value') ?? '' } : {}) }
}

function hiddenOf(form: HTMLElement): Record<string, string> {
  return Object.fromEntries(form.querySelectorAll('input[type=hidden]').map((input) => [input.getAttribute('name') ?? '', input.getAttribute('value') ?? '']))
}

async function pageOf(url: string, response: Response): Promise<Page> {
  const html = await response.text()
  const root = parse(html)
  const form = root.querySelector('main form')
  const action = form?.getAttribute('action') ?? null
  const isFormPost = action !== null && !action.startsWith('/') && !action.startsWith(new URL(url).origin)
  return {
    url,
    status: response.status,
    html,
    title: root.querySelector('title')?.text.trim() ?? '',
    text: (root.querySelector('main') ?? root).text.replace(/\s+/g, ' ').trim(),
    step: isFormPost ? null : (action?.slice(action.lastIndexOf('/') + 1) ?? null),
    root,
    answer: isFormPost && form ? hiddenOf(form) : {},
    headers: response.headers,
  }
}

function answered(url: string): Page {
  const { searchParams, hash } = new URL(url)
  return {
    url,
    status: 0,
    html: '',
    title: '',
    text: '',
    step: null,
    root: parse(''),
    answer: { ...Object.fromEntries(searchParams), ...Object.fromEntries(new URLSearchParams(hash.slice(1))) },
    headers: new Headers(),
  }
}

function keep(jar: Map<string, Cookie>, header: string): void {
  const [pair = '', ...attributes] = header.split(/; */)
  const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
  const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? '/'
  const expires = attributes.find((attribute) => /^expires=/i.test(attribute))?.slice(8)
  const isExpired = expires !== undefined && Date.parse(expires) < Date.now()
  if (isExpired || value === '') jar.delete(`${name} ${path}`)
  else jar.set(`${name} ${path}`, { value, isPersistent: expires !== undefined || attributes.some((attribute) => /^max-age=/i.test(attribute)), attributes: attributes.join('; ') })
}

function cookieHeader(jar: ReadonlyMap<string, Cookie>, path: string): string {
  const pathOf = (key: string) => key.slice(key.indexOf(' ') + 1)
  // The cookie of the longer path comes first, as browsers send them (RFC 6265 5.4).
  const sent = [...jar].filter(([key]) => path.startsWith(pathOf(key))).toSorted(([one], [other]) => pathOf(other).length - pathOf(one).length)

  return sent.map(([key, { value }]) => `${key.slice(0, key.indexOf(' '))}=${value}`).join('; ')
}

/** An authorize request and what is needed to redeem its code. */
export type AuthorizeRequest = { readonly url: string; readonly verifier: string; readonly redirectUri: string; readonly clientId: string }

export function authorizeRequest(issuer: string, clientId: string, more: Record<string, string> = {}): AuthorizeRequest {
  const verifier = randomBytes(32).toString('base64url')
  const redirectUri = more.redirect_uri ?? 'http://localhost:3999/callback'
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid profile offline_access',
    state: 's',
    nonce: 'n',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  })

  return { url: `${issuer.replace(/\/v2\.0$/, '')}/oauth2/v2.0/authorize?${query}`, verifier, redirectUri, clientId }
}

import { parse } from 'node-html-parser'

/** What a person sees after the redirects are followed. */
export type Page = { readonly url: URL; readonly status: number; readonly title: string; readonly text: string; readonly isSignedOut: boolean; link(step: string): string }

/** A browser that keeps cookies by name and path, and follows redirects. */
export function browser(base: string) {
  const jar = new Map<string, { value: string; path: string; header: string }>()
  const self = {
    jar,
    headers: {} as Record<string, string>,
    async open(address: string, method = 'GET', headers: Record<string, string> = {}): Promise<Page> {
      let url = new URL(address, base)
      let init: RequestInit = { method, headers }
      for (let hop = 0; hop < 12; hop += 1) {
        const response = await self.send(url, init)
        const location = response.headers.get('location')
        if (location === null) return pageOf(url, response)
        await response.arrayBuffer()
        url = new URL(location, url)
        init = {}
      }
      throw new Error(`Redirected in a circle, last to ${url.href}`)
    },
    /** One request, redirects not followed. */
    async send(url: URL, init: RequestInit = {}): Promise<Response> {
      const cookie = [...jar].filter(([, { path }]) => url.pathname.startsWith(path)).map(([name, { value }]) => `${name}=${value}`).join('; ')
      const response = await fetch(url, { redirect: 'manual', ...init, headers: { ...self.headers, ...init.headers, cookie } })
      for (const header of response.headers.getSetCookie()) keep(header)
      return response
    },
  }

  function keep(header: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? []
    const expires = /expires=([^;]+)/i.exec(header)?.[1]
    if (value === '' || (expires && Date.parse(expires) < Date.now())) jar.delete(name)
    else jar.set(name, { value, path: /path=([^;]+)/i.exec(header)?.[1] ?? '/', header })
  }

  return self
}

async function pageOf(url: URL, response: Response): Promise<Page> {
  const root = parse((await response.text()).replaceAll('<', ' <'))
  const links = root.querySelectorAll('a').map((link) => new URL(link.getAttribute('href') ?? '', url).href)

  return {
    url,
    status: response.status,
    title: root.querySelector('h1')?.text.trim() ?? '',
    text: root.text.replaceAll(/\s+/g, ' ').trim(),
    isSignedOut: links.some((link) => link.endsWith('/sign-in')) && !links.some((link) => link.includes('/sign-out')),
    /** Where the link of a step leads: `sign-in`, `refresh`, `sign-out`. */
    link(step) {
      const link = links.find((each) => new URL(each).pathname.endsWith(`/${step}`))
      if (!link) throw new Error(`There is no link to "${step}" on ${url.href}: ${root.text}`)
      return link
    },
  }
}

import { readFile } from 'node:fs/promises'
import type { Portcullis } from '../src/index.ts'
import { medianOf, timed } from './timed.ts'
import type { Taken } from './timed.ts'

const departments = ['Sales', 'Finance', 'Legal', 'Research', 'Support']
const surnames = ['Adams', 'Baker', 'Clark', 'Doyle', 'Evans', 'Frey', 'Grant', 'Hill', 'Irwin', 'Jones']

/** Contoso with many users, and all of them in one group. */
export async function crowded(users: number): Promise<Readonly<Record<string, unknown>>> {
  const { tenants: [contoso] } = JSON.parse(await readFile(new URL('../data/contoso.json', import.meta.url), 'utf8')) as { tenants: [{ users: object[]; groups: object[] }] }
  const crowd = Array.from({ length: users }, (_, n) => ({
    userPrincipalName: `user${n}@contoso.example`,
    displayName: `${surnames[(n * 7) % 10]} ${(n * 7919) % users}`,
    department: departments[n % departments.length],
    mail: `user${n}@contoso.example`,
  }))
  const everybody = { displayName: 'Everybody', members: crowd.map(({ userPrincipalName }) => userPrincipalName) }

  return { tenants: [{ ...contoso, users: [...contoso.users, ...crowd], groups: [...contoso.groups, everybody] }] }
}

type Ask = { readonly what: string; readonly path: string; readonly isEventual?: boolean; /** Each time another user changes before it. */ readonly isAfterChange?: boolean }

/** What is asked of a hundred thousand users, a page at a time. */
const asks: readonly Ask[] = [
  { what: 'the first page of 100', path: '/users?$top=100' },
  { what: 'a page of 999', path: '/users?$top=999' },
  { what: 'the first page by displayName', path: '/users?$top=100&$orderby=displayName' },
  { what: 'the same the other way round', path: '/users?$top=100&$orderby=displayName desc' },
  { what: 'the same after a user changed', path: '/users?$top=100&$orderby=displayName', isAfterChange: true },
  { what: 'one by userPrincipalName', path: "/users?$filter=userPrincipalName eq 'user77777@contoso.example'" },
  { what: 'those whose name begins so', path: "/users?$top=100&$filter=startswith(displayName,'Frey 9')" },
  { what: 'those of two departments, counted', path: "/users?$top=100&$count=true&$filter=department in ('Sales','Legal')", isEventual: true },
  { what: 'those who are not of one, sorted and counted', path: "/users?$top=100&$count=true&$filter=department ne 'Sales'&$orderby=displayName", isEventual: true },
  { what: 'nobody (all are looked at)', path: "/users?$filter=jobTitle eq 'Pilot'" },
  { what: 'a search', path: '/users?$top=100&$search="displayName:irwin"', isEventual: true },
  { what: 'how many there are', path: '/users/$count', isEventual: true },
  { what: 'members of a group of everybody', path: '/groups/{everybody}/members?$top=100' },
  { what: 'the same after a user changed', path: '/groups/{everybody}/members?$top=100', isAfterChange: true },
  { what: 'those of them whose name begins so, after a change', path: "/groups/{everybody}/members?$top=100&$count=true&$filter=startswith(displayName,'Frey')", isAfterChange: true, isEventual: true },
  { what: 'the groups of one', path: '/users/user77777@contoso.example/transitiveMemberOf' },
]

export type Measured = Taken & { readonly what: string }

/** What each takes, over HTTP: the median of `rounds`, in which they alternate; and of page 1 to `pages` of a walk. */
export async function measuredUsers(mock: Portcullis, rounds: number, pages: number): Promise<readonly Measured[]> {
  const base = `${mock.http}/v1.0`
  const [{ id: everybody }] = (await json(`${base}/groups?$filter=displayName eq 'Everybody'`)).value as [{ id: string }]
  const taken = new Map(asks.map((ask) => [ask, [] as Taken[]]))
  for (let round = 0; round <= rounds; round++) {
    for (const ask of asks) {
      if (ask.isAfterChange) await change(base, round)
      const one = await timed(() => json(`${base}${ask.path.replace('{everybody}', everybody)}`, ask.isEventual))
      // The first round makes the indexes and does not count.
      if (round > 0) taken.get(ask)?.push(one)
    }
  }
  const steps = await walked(`${base}/users?$top=999&$orderby=displayName`, pages)

  return [
    ...asks.map((ask) => ({ what: ask.what, ...medianOf(taken.get(ask) ?? []) })),
    { what: `a page of 999 in a walk by displayName, of ${steps.length}`, ...medianOf(steps) },
    { what: 'the slowest of them', milliseconds: Math.max(...steps.map(({ milliseconds }) => milliseconds)), busy: Math.max(...steps.map(({ busy }) => busy)) },
  ]
}

type Page = { readonly 'value'?: unknown; readonly '@odata.nextLink'?: string }

async function walked(first: string, pages: number): Promise<readonly Taken[]> {
  const steps: Taken[] = []
  for (let next: string | undefined = first; next !== undefined && steps.length < pages;) {
    const url: string = next
    let page: Page = {}
    steps.push(await timed(async () => void (page = await json(url))))
    next = page['@odata.nextLink']
  }

  return steps
}

async function json(url: string, isEventual = false): Promise<Page> {
  const response = await fetch(url, { headers: isEventual ? { consistencylevel: 'eventual' } : {} })
  const text = await response.text()
  if (!response.ok) throw new Error(`${url}: ${text}`)

  return text.startsWith('{') ? (JSON.parse(text) as Page) : {}
}

async function change(base: string, round: number): Promise<void> {
  const response = await fetch(`${base}/users/user${round}@contoso.example`, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ displayName: `Aaron ${round}` }) })
  if (!response.ok) throw new Error(await response.text())
}

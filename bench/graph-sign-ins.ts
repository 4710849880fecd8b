import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { startPortcullis } from '../src/index.ts'
import type { Portcullis } from '../src/index.ts'
import type { NewSignIn } from '../src/sign-in/log.ts'
import { signInShape } from '../src/sign-in/log-shape.ts'
import { createFileRows } from '../src/store/rows/files.ts'
import { medianOf, timed } from './timed.ts'
import type { Taken } from './timed.ts'

const people = 10_000
/** Between two sign-ins: a million of them fill twenty-three days, so that all are shown. */
const apart = 2000

/** A data folder whose tenant has many sign-ins in its log: real ones, each of somebody else at another time. Says how many were appended a second. */
export async function folderWithSignIns(data: string, rows: number): Promise<number> {
  const mock = await startPortcullis({ port: 0, httpsPort: null, data })
  for (const user of ['alice', 'bob', 'carol', 'dave']) {
    for (const ipAddress of ['198.51.100.7', '203.0.113.9', '198.18.0.5']) {
      for (const client of ['Sales Hub', 'Sales SPA', 'Sales Mobile']) for (const oneTimeCode of [{}, { oneTimeCode: true } as const]) await mock.signIn({ user, client, signals: { ipAddress }, ...oneTimeCode })
    }
  }
  const models = mock.signIns().map(({ sequence: _sequence, ...row }): NewSignIn => row)
  const { id, clock } = mock
  const begin = clock.now.getTime() - rows * apart
  await mock.reset()
  await mock.stop()

  const log = createFileRows(signInShape, { folder: join(data, 'logs', id), realNow: () => Date.now() })
  const start = performance.now()
  for (let n = 0; n < rows; n++) {
    log.append(signInOf(models[n % models.length] as NewSignIn, n, begin + n * apart))
    // What was appended is sealed meanwhile, as in a server.
    if (n % 1000 === 0) await new Promise(setImmediate)
  }
  const seconds = (performance.now() - start) / 1000
  await log.close()

  return rows / seconds
}

function signInOf(model: NewSignIn, n: number, at: number): NewSignIn {
  const user = (n * 7919) % people
  const id = randomUUID()

  return {
    ...model,
    id,
    correlationId: randomUUID(),
    originalRequestId: id,
    createdDateTime: new Date(at).toISOString().replace('Z', '0000Z'),
    userId: `c0ffee00-0000-4000-9000-${String(user).padStart(12, '0')}`,
    userPrincipalName: `user${user}@contoso.example`,
    userDisplayName: `User ${user}`,
    ipAddress: `198.51.${n % 97}.${n % 251}`,
  }
}

const log = '/auditLogs/signIns'

/** What is asked of a million sign-ins, a page of a thousand at a time. */
const asks: Readonly<Record<string, string>> = {
  'the newest page': `/v1.0${log}`,
  'the newest page of the beta': `/beta${log}`,
  'the oldest page': `/v1.0${log}?$orderby=createdDateTime`,
  'a page of 100, three members each': `/v1.0${log}?$top=100&$select=id,userPrincipalName,status`,
  'a page that failed': `/v1.0${log}?$filter=status/errorCode eq 53003`,
  'those of one user': `/v1.0${log}?$filter=userPrincipalName eq 'user7777@contoso.example'`,
  'those whose name begins so': `/v1.0${log}?$filter=startsWith(userDisplayName,'User 77')`,
  'those of one address that failed, oldest first': `/v1.0${log}?$filter=ipAddress eq '198.51.7.7' and status/errorCode eq 53003&$orderby=createdDateTime`,
  'those of an app or a country': `/v1.0${log}?$filter=appDisplayName eq 'Sales Mobile' or location/countryOrRegion eq 'FR'`,
  'nobody\'s (all are looked at)': `/v1.0${log}?$filter=conditionalAccessStatus eq 'failure' and appDisplayName eq 'Sales Mobile' and ipAddress eq '198.51.7.8' and userDisplayName eq 'User 1'`,
  'one by its correlation id': `/v1.0${log}?$filter=correlationId eq 'c0ffee00-0000-4000-8000-000000000000'`,
}

/** What each takes, over HTTP: the median of `rounds`, in which they alternate; and of `pages` of a walk through a filter. */
export async function measuredSignIns(mock: Portcullis, rounds: number, pages: number): Promise<{ readonly opening: Taken; readonly pages: readonly (Taken & { readonly what: string })[] }> {
  const opening = await timed(() => page(`${mock.http}/v1.0${log}?$top=1`))
  const taken = new Map(Object.keys(asks).map((what) => [what, [] as Taken[]]))
  for (let round = 0; round <= rounds; round++) {
    for (const [what, path] of Object.entries(asks)) {
      const one = await timed(() => page(`${mock.http}${path}`))
      // The first round is for the compiler and the disk, and does not count.
      if (round > 0) taken.get(what)?.push(one)
    }
  }
  const steps: Taken[] = []
  for (let next: string | undefined = `${mock.http}/v1.0${log}?$filter=location/countryOrRegion eq 'DE'&$orderby=createdDateTime`; next !== undefined && steps.length < pages;) {
    let said = ''
    const url: string = next
    steps.push(await timed(async () => void (said = await page(url))))
    next = /"@odata.nextLink":"([^"]+)"/.exec(said.slice(0, 4000))?.[1]
  }

  const walk = { what: `a page in a walk through a filter, of ${steps.length}`, ...medianOf(steps) }

  return { opening, pages: [...Object.keys(asks).map((what) => ({ what, ...medianOf(taken.get(what) ?? []) })), walk] }
}

async function page(url: string): Promise<string> {
  const response = await fetch(url)
  const text = await response.text()
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`)

  return text
}

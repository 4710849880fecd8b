import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { emptyFolder } from '../support/folder.ts'
import { apps } from '../support/mock.ts'

/** How often in each of the two folders. */
const kills = Number(process.env.PORTCULLIS_CRASHES ?? 100)
const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/**
 * What the front door acknowledged: changes over Graph and the control API, each with its audit, and sign-ins, each with its
 * row. Whatever was answered is there when the folder is opened again; what was under way may be there or not.
 */
test.concurrent.for(['one folder', 'another folder'])(`a server killed ${kills} times loses nothing that it answered: %s`, async (name, { onTestFinished }) => {
  const folder = await emptyFolder(onTestFinished)
  const told = newTold()
  for (let round = 0; round < kills; round++) {
    const server = await started(folder)
    // Some die before they are ready.
    if (round % 10 === 9) {
      await dead(server, Math.random() * 400)
      continue
    }
    const http = await ready(server)
    await everythingToldIsThere(http, told)
    const answered = told.signIns.size + told.changes.size
    const writing = Promise.all(writers.map((write) => write(http, `${name} ${round}`, told)))
    // After some answers and a moment; long enough now and then for a snapshot to be under way.
    const enough = answered + Math.floor(Math.random() * 40)
    while (told.signIns.size + told.changes.size < enough) await new Promise((resolve) => setTimeout(resolve, 1))
    // Some are asked to stop first, and do not get to the end of it.
    await dead(server, round % 10 === 4 ? 1000 + Math.random() * 200 : Math.random() * 20, round % 10 === 7)
    await writing
  }

  const server = await started(folder)
  const http = await ready(server)
  await everythingToldIsThere(http, { ...told, signInsSeen: 0, rowsSeen: new Set(), auditsSeen: new Set() })
  console.log(`${name}: ${kills} kills, ${told.signIns.size} sign-ins and ${told.changes.size} changes answered, all there`)
  expect(told.signIns.size).toBeGreaterThan(kills)
  expect(told.changes.size).toBeGreaterThan(kills)
  server.kill('SIGTERM')
  expect(await once(server, 'exit')).toEqual([0, null])
})

type Told = {
  /** Request ids of token answers: the ids of their rows. */
  readonly signIns: Set<string>
  /** Request ids of changes over Graph: the correlation ids of their audits. */
  readonly changes: Map<string, string>
  /** Groups by name: there, or gone; null = a change of it was under way. */
  readonly groups: Map<string, boolean | null>
  /** The last answered value of a property, and the one that was under way. */
  department: { answered: string | null; underWay: string | null }
  displayName: { answered: string | null; underWay: string | null }
  /** What was found after an earlier kill and is not looked for again until the end: the position behind it, and the ids. */
  signInsSeen: number
  readonly rowsSeen: Set<string>
  readonly auditsSeen: Set<string>
}

const newTold = (): Told => ({
  signIns: new Set(), changes: new Map(), groups: new Map(), department: { answered: null, underWay: null }, displayName: { answered: null, underWay: null }, signInsSeen: 0, rowsSeen: new Set(), auditsSeen: new Set(),
})

const json = (method: string, body?: unknown): RequestInit => ({ method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) })

/** Each writes until the server is gone. */
const writers: readonly ((http: string, round: string, told: Told) => Promise<void>)[] = [
  untilGone(async (http, _, __, told) => {
    const response = await fetch(`${http}/contoso.example/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: apps.nightlyJob, client_secret: 'nightly-job-secret', scope: 'api://sales-api/.default' }) })
    await response.arrayBuffer()
    refuseUnless(response, 200)
    told.signIns.add(response.headers.get('x-ms-request-id') ?? '')
  }),
  untilGone(async (http, _, __, told) => {
    const response = await fetch(`${http}/contoso.example/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'password', client_id: apps.salesMobile, username: 'dave@contoso.example', password: 'not the password', scope: 'openid' }) })
    await response.arrayBuffer()
    refuseUnless(response, 400)
    told.signIns.add(response.headers.get('x-ms-request-id') ?? '')
  }),
  untilGone(async (http, round, n, told) => {
    told.department.underWay = `${round} ${n}`
    const response = await fetch(`${http}/v1.0/users/alice@contoso.example`, json('PATCH', { department: told.department.underWay }))
    refuseUnless(response, 204)
    told.department = { answered: told.department.underWay, underWay: null }
    told.changes.set(response.headers.get('request-id') ?? '', `PATCH ${round} ${n}`)
  }),
  untilGone(async (http, round, n, told) => {
    told.displayName.underWay = `Bob ${round} ${n}`
    const response = await fetch(`${http}/_mock/users/bob`, json('PATCH', { displayName: told.displayName.underWay }))
    await response.arrayBuffer()
    refuseUnless(response, 200)
    told.displayName = { answered: told.displayName.underWay, underWay: null }
  }),
  untilGone(async (http, round, n, told) => {
    const displayName = `Group ${round} ${n}`
    told.groups.set(displayName, null)
    const made = await fetch(`${http}/v1.0/groups`, json('POST', { displayName, mailEnabled: false, securityEnabled: true, mailNickname: `group-${n}` }))
    const { id } = (await made.json()) as { id: string }
    refuseUnless(made, 201)
    told.groups.set(displayName, true)
    told.changes.set(made.headers.get('request-id') ?? '', `POST ${displayName}`)
    if (n % 10 === 0) return
    told.groups.set(displayName, null)
    const gone = await fetch(`${http}/v1.0/groups/${id}`, json('DELETE'))
    refuseUnless(gone, 204)
    told.groups.set(displayName, false)
    told.changes.set(gone.headers.get('request-id') ?? '', `DELETE ${displayName}`)
  }),
]

function refuseUnless({ status, url }: Response, wanted: number): void {
  if (status !== wanted) throw new Error(`${url} answered ${status}, not ${wanted}`)
}

function untilGone(write: (http: string, round: string, n: number, told: Told) => Promise<void>) {
  return async (http: string, round: string, told: Told) => {
    for (let n = 0; ; n++) {
      try {
        await write(http, round, n, told)
      } catch (error) {
        // The connection broke: the server was killed.
        if (error instanceof TypeError) return
        throw error
      }
    }
  }
}

async function everythingToldIsThere(http: string, told: Told): Promise<void> {
  const groups = new Set((await everyPage(`${http}/v1.0/groups?$select=displayName&$top=999`)).map(({ displayName }) => String(displayName)))
  for (const [name, isThere] of told.groups) {
    if (isThere !== null) expect([name, groups.has(name)]).toEqual([name, isThere])
    // What was under way is settled now, this way or that.
    else told.groups.set(name, groups.has(name))
  }
  for (const [path, member, value] of [['alice@contoso.example', 'department', told.department], ['bob@contoso.example', 'displayName', told.displayName]] as const) {
    const user = (await (await fetch(`${http}/v1.0/users/${path}?$select=${member}`)).json()) as Record<string, string | null>
    if (value.answered !== null) expect([value.answered, value.underWay]).toContain(user[member])
    value.answered = user[member] ?? null
    value.underWay = null
  }

  const ids = new Set<string>()
  for (let after = told.signInsSeen; ;) {
    const { entries, next } = (await (await fetch(`${http}/_mock/sign-ins?after=${after}&limit=2000`)).json()) as { entries: { id: string; sequence: number }[]; next: number }
    for (const { id, sequence } of entries) {
      expect(sequence).toBeGreaterThan(after)
      ids.add(id)
      after = sequence
    }
    if (entries.length === 0) break
    told.signInsSeen = next
  }
  for (const id of ids) told.rowsSeen.add(id)
  expect([...told.signIns].filter((id) => !told.rowsSeen.has(id))).toEqual([])

  const audits = `${http}/v1.0/auditLogs/directoryAudits?$select=correlationId&$top=1000`
  for (const { correlationId } of await everyPage(audits, (row) => told.auditsSeen.has(String(row.correlationId)))) told.auditsSeen.add(String(correlationId))
  expect([...told.changes].filter(([id]) => !told.auditsSeen.has(id)).map(([, change]) => change)).toEqual([])
}

async function everyPage(first: string, isKnown: (row: Record<string, unknown>) => boolean = () => false): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = []
  for (let next: string | undefined = first; next !== undefined;) {
    const response: Response = await fetch(next)
    const body = (await response.json()) as { 'value': Record<string, unknown>[]; '@odata.nextLink'?: string }
    expect(response.status, JSON.stringify(body)).toBe(200)
    rows.push(...body.value)
    next = body.value.some(isKnown) ? undefined : body['@odata.nextLink']
  }

  return rows
}

async function started(folder: string): Promise<ChildProcess> {
  const server = spawn(process.execPath, [main, '--json', '--port', '0', '--no-https', '--data', folder, '--graph-permissions', 'off'], { stdio: ['ignore', 'pipe', 'pipe'] })
  server.stderr.setEncoding('utf8').on('data', (text: string) => complaints.set(server, `${complaints.get(server) ?? ''}${text}`))

  return server
}

const complaints = new WeakMap<ChildProcess, string>()

/** A folder always loads: whatever the last one left behind, the next is ready. */
async function ready(server: ChildProcess): Promise<string> {
  const line = await Promise.race([
    once(server.stdout!, 'data').then(([chunk]) => String(chunk)),
    once(server, 'exit').then(([code]) => Promise.reject(new Error(`the server ended with ${String(code)}: ${complaints.get(server) ?? ''}`))),
  ])

  return (JSON.parse(line) as { http: string }).http
}

/** Killed after so many milliseconds. */
async function dead(server: ChildProcess, after: number, isAskedFirst = false): Promise<void> {
  const gone = once(server, 'exit')
  await new Promise((resolve) => setTimeout(resolve, after))
  if (isAskedFirst) {
    server.kill('SIGTERM')
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 20))
  }
  server.kill('SIGKILL')
  await gone
}

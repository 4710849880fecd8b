import type { GraphAnswer, GraphRequest } from './handle.ts'
import { badRequest } from './refusal.ts'

/** One request of a batch. Its URL is below the version. */
type Step = {
  readonly id: string
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  readonly dependsOn: readonly string[]
}

const most = 20

/**
 * `POST /$batch`: up to twenty requests in one, answered in the order they were sent. A request waits for those it depends
 * on, and is not made (424) where one of them failed. All of them are asked by whoever sent the batch.
 */
export async function answerBatch(whole: GraphRequest, handle: (request: GraphRequest) => Promise<GraphAnswer>): Promise<unknown> {
  const steps = stepsOf(await whole.json())
  const running = new Map<string, Promise<Said>>()
  const run = (step: Step): Promise<Said> => {
    const existing = running.get(step.id)
    if (existing) return existing
    const said = made(step, whole, handle, () => Promise.all(step.dependsOn.map((id) => run(steps.find((one) => one.id === id)!))))
    running.set(step.id, said)

    return said
  }

  return { responses: await Promise.all(steps.map(run)) }
}

type Said = { readonly id: string; readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body?: unknown }

async function made(step: Step, whole: GraphRequest, handle: (request: GraphRequest) => Promise<GraphAnswer>, before: () => Promise<readonly Said[]>): Promise<Said> {
  const failed = (await before()).find(({ status }) => status >= 400)
  if (failed) {
    const error = { code: 'FailedDependency', message: `The request "${failed.id}", which this one depends on, failed.` }

    return { id: step.id, status: 424, headers: { 'Content-Type': 'application/json' }, body: { error } }
  }
  const [path = '', query = ''] = step.url.replace(/^(?!\/)/, '/').split(/\?(.*)/s)
  const headers = new Headers(step.headers)
  const { status, headers: said, body } = await handle({
    ...whole,
    method: step.method.toUpperCase(),
    path,
    query: new URLSearchParams(query),
    header: (name) => headers.get(name) ?? '',
    json: async () => step.body,
  })

  const named = Object.entries(said).map(([name, value]) => [capitalised(name), value])

  return { id: step.id, status, headers: { ...(body === null ? {} : { 'Content-Type': 'application/json' }), ...Object.fromEntries(named) }, ...(body === null ? {} : { body }) }
}

/** Inside JSON names have capitals, and clients look for exactly these: `Content-Type`, `Location`. */
const capitalised = (name: string) => name.replace(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase())

function stepsOf(body: unknown): readonly Step[] {
  const requests = (body as { requests?: unknown } | undefined)?.requests
  if (!Array.isArray(requests)) throw badRequest('Invalid batch payload: it wants {"requests": […]}.')
  if (requests.length === 0 || requests.length > most) throw badRequest(`Invalid batch payload: a batch has 1 to ${most} requests, this one ${requests.length}.`)
  const steps = requests.map(stepOf)
  const ids = new Set(steps.map(({ id }) => id))
  if (ids.size < steps.length) throw badRequest('Invalid batch payload: every request has an id of its own.')
  for (const [index, { id, dependsOn }] of steps.entries()) {
    // Only on earlier ones, so that there are no circles.
    const wrong = dependsOn.find((other) => !steps.slice(0, index).some((earlier) => earlier.id === other))
    if (wrong !== undefined) throw badRequest(`Invalid batch payload: the request "${id}" depends on "${wrong}", which is not an earlier one.`)
  }

  return steps
}

function stepOf(written: unknown, index: number): Step {
  const { id, method, url, headers, body, dependsOn } = (written ?? {}) as Readonly<Record<string, unknown>>
  const wrong = (why: string) => badRequest(`Invalid batch payload: request ${index + 1} ${why}`)
  if ((typeof id !== 'string' && typeof id !== 'number') || id === '') throw wrong('has no id.')
  if (typeof method !== 'string') throw wrong('has no method.')
  if (typeof url !== 'string' || /^https?:/i.test(url)) throw wrong('has no url below the version, such as "/me".')
  if (body !== undefined && (typeof body !== 'object' || body === null)) throw wrong('has a body that is no JSON object.')
  const list = dependsOn ?? []
  if (!Array.isArray(list)) throw wrong('has a dependsOn that is no list.')

  return { id: String(id), method, url, headers: textsOf(headers, wrong), body, dependsOn: list.map(String) }
}

function textsOf(headers: unknown, wrong: (why: string) => Error): Readonly<Record<string, string>> {
  const entries = Object.entries((headers ?? {}) as object)
  if (!entries.every(([name, value]) => /^[\w-]+$/.test(name) && typeof value === 'string' && !/[\r\n\0]/.test(value))) throw wrong('has headers that are none.')

  return Object.fromEntries(entries) as Record<string, string>
}

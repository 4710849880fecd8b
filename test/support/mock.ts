import { afterAll, beforeAll } from 'vitest'
import { startPortcullis } from '../../src/index.ts'
import type { Portcullis, PortcullisOptions } from '../../src/index.ts'
import { testKeys } from './keys.ts'

/** People and places of the stories. */
export const places = { office: '198.51.100.7', cafe: '203.0.113.9', abroad: '198.18.0.5', korea: '233.252.0.10', mfaTrusted: '192.0.2.10' }
export const password = 'Portcullis1!'

const id = (suffix: string) => `c0ffee00-0000-4000-8000-0000000000${suffix}`
export const contosoId = id('01')
export const apps = { salesHub: id('a1'), salesSpa: id('a2'), salesMobile: id('a3'), nightlyJob: id('a4'), salesApi: id('a5'), adminShell: id('a6') }
export const people = { alice: id('b1'), bob: id('b2'), carol: id('b3'), dave: id('b4'), erin: id('b5'), breakglass: id('b6'), fiona: id('b7') }

/** A server of the shipped Contoso for the tests of one file, over HTTP, with keys made long ago. */
export function useMock(options: PortcullisOptions = {}): { readonly mock: Portcullis } {
  const holder: { mock?: Portcullis } = {}
  beforeAll(async () => {
    holder.mock = await startPortcullis({ port: 0, httpsPort: null, keys: testKeys(), ...options })
  })
  afterAll(() => holder.mock?.stop())

  return {
    get mock() {
      if (!holder.mock) throw new Error('The mock starts before the tests, not before that.')
      return holder.mock
    },
  }
}

/** A tenant like Contoso for one test, and how to reach it. */
export type Story = {
  readonly mock: Portcullis
  readonly tenantId: string
  readonly issuer: string
  /** Calls the control API of this tenant. */
  control(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }>
  token(form: Record<string, string>, headers?: Record<string, string>): Promise<{ status: number; body: TokenBody; headers: Headers }>
  code(user: string): Promise<string>
}

export type TokenBody = Readonly<Record<string, unknown>> & {
  readonly access_token?: string
  readonly id_token?: string
  readonly refresh_token?: string
  readonly expires_in?: number
  readonly error?: string
  readonly suberror?: string
  readonly error_codes?: readonly number[]
  readonly claims?: string
}

/** Made over the control API, so that what a test wants of it is checked and completed like a tenant file. */
async function newSandbox(mock: Portcullis, changes: Record<string, unknown>): Promise<{ readonly id: string }> {
  const response = await fetch(`${mock.http}/_mock/tenants`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(changes) })
  if (!response.ok) throw new Error(`No sandbox: ${await response.text()}`)

  return (await response.json()) as { id: string }
}

export async function newStory(mock: Portcullis, changes: Record<string, unknown> = {}): Promise<Story> {
  const sandbox = await newSandbox(mock, changes)
  const issuer = `${mock.http}/${sandbox.id}/v2.0`
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${mock.http}/_mock/tenants/${sandbox.id}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    const text = await response.text()

    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> }
  }

  return {
    mock,
    tenantId: sandbox.id,
    issuer,
    control: call,
    async token(form, headers = {}) {
      const response = await fetch(`${mock.http}/${sandbox.id}/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(form), headers })

      return { status: response.status, body: (await response.json()) as TokenBody, headers: response.headers }
    },
    async code(user) {
      const { body } = await call('GET', `/users/${user}/one-time-code`)

      return String(body.code)
    },
  }
}

/** Changes one application of a story's tenant, as a tenant file spells it. */
export async function changeApplication({ control }: Story, appId: string, changes: Readonly<Record<string, unknown>>): Promise<void> {
  const { body } = await control('GET', '/snapshot')
  const applications = (body.applications as { appId: string }[]).map((application) => (application.appId === appId ? { ...application, ...changes } : application))
  const { status, body: answer } = await control('PATCH', '/tenant', { applications })
  if (status !== 200) throw new Error(`The application is not changed: ${JSON.stringify(answer)}`)
}

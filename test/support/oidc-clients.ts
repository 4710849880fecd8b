import type { Sandbox } from '../../src/server/handle.ts'
import type { Portcullis } from '../../src/index.ts'
import { visitor } from './visitor.ts'
import type { Page } from './visitor.ts'

/** A tenant like Contoso, and how clients are told of it over HTTPS. */
export type ClientTenant = {
  readonly sandbox: Sandbox
  readonly https: string
  /** Host and port, as MSAL wants to be told. */
  readonly host: string
  readonly authority: string
  readonly issuer: string
  control(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>
  /** Somebody at a browser who goes where the client sends them, and signs in there. */
  signIn(url: string, user: string): Promise<Page>
}

export async function clientTenant(mock: Portcullis, changed: Record<string, Record<string, unknown>> = {}): Promise<ClientTenant> {
  // A device asks again each second, so that nobody waits long for what a person approved at once.
  const sandbox = await mock.sandbox({ settings: { limits: { tokens: { deviceCodePollSeconds: 1 } } } })
  const https = mock.https ?? ''
  const control = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${mock.http}/_mock/tenants/${sandbox.id}${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${text}`)

    return (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
  }
  if (Object.keys(changed).length > 0) {
    const snapshot = (await control('GET', '/snapshot')) as { applications: { appId: string }[] }
    await control('PUT', '/snapshot', { ...snapshot, applications: snapshot.applications.map((application) => ({ ...application, ...changed[application.appId] })) })
  }

  return {
    sandbox,
    https,
    host: new URL(https).host,
    authority: `${https}/${sandbox.id}`,
    issuer: `${https}/${sandbox.id}/v2.0`,
    control,
    async signIn(url, user) {
      const person = visitor({ http: https })
      await person.open(url)

      return person.signIn(user)
    },
  }
}

/** Somebody who types a device's code, signs in and says that the device is theirs, where they get that far. */
export async function approveDevice(https: string, device: { readonly verificationUri: string; readonly userCode: string }, user: string): Promise<Page> {
  const person = visitor({ http: https })
  await person.open(device.verificationUri)
  await person.submit({ user_code: device.userCode })
  const { step } = await person.signIn(user)

  return step === null ? person.page : person.submit({})
}

/** A policy that lets users have an API from trusted places only. */
export const blocksOutside = (api: string) => ({
  displayName: `${api} only from trusted locations`,
  state: 'enabled',
  conditions: {
    users: { includeUsers: ['All'] },
    applications: { includeApplications: [api] },
    clientAppTypes: ['all'],
    locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] },
  },
  grantControls: { operator: 'OR', builtInControls: ['block'] },
})

/** A policy that wants a second factor of whoever uses an API. */
export const mfaFor = (api: string) => ({
  displayName: `A second factor for ${api}`,
  state: 'enabled',
  conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: [api] }, clientAppTypes: ['all'] },
  grantControls: { operator: 'OR', builtInControls: ['mfa'] },
})

/** A policy that wants a second factor of whoever is asked for an authentication context, `c1`. */
export function mfaForContext(context: string) {
  const { conditions, ...policy } = mfaFor(context)

  return { ...policy, conditions: { ...conditions, applications: { includeAuthenticationContextClassReferences: [context] } } }
}

/** A policy that lets an application by itself have tokens from trusted places only. */
export function blocksDaemonOutside(servicePrincipalId: string) {
  const { conditions, ...policy } = blocksOutside('All')

  return { ...policy, conditions: { ...conditions, users: { includeUsers: ['None'] }, clientApplications: { includeServicePrincipals: [servicePrincipalId] } } }
}

export function claimsIn(token: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from((token ?? '').split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>
}

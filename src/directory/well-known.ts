import facts from './facts/well-known-applications.json' with { type: 'json' }
import { completeApplication, type DeepPartialApplication } from './complete.ts'
import type { Application } from './types.ts'

export const graphAppId = '00000003-0000-0000-c000-000000000000'
export const windowsAzureActiveDirectoryAppId = '00000002-0000-0000-c000-000000000000'

/**
 * Microsoft's own applications. They are in every tenant, and in no tenant file. A tenant may hold a registration with one of
 * these app ids (to assign Graph's app roles, say): then that one is found.
 */
export const wellKnownApplications: readonly Application[] = (facts.applications as readonly Fact[]).map(({ appId, displayName, identifierUris, isTool, graphScopes }) =>
  completeApplication('well-known', {
    appId,
    displayName,
    identifierUris: identifierUris ?? [],
    ...(appId === graphAppId ? graph() : {}),
    ...(isTool ? { publicClient: { redirectUris: ['http://localhost'] }, isFallbackPublicClient: true, consents: [{ resource: graphAppId, scopes: graphScopes ?? [] }] } : {}),
  }),
)

type Fact = {
  readonly appId: string
  readonly displayName: string
  readonly identifierUris?: readonly string[]
  /** A tool that anybody signs in to without registering it: Azure CLI is also what SDKs are until they are told otherwise. */
  readonly isTool?: boolean
  /** What it may do with Graph for whoever signs in; the rest wants consent. */
  readonly graphScopes?: readonly string[]
}

/** App ids of further services that a policy may name, by the name the documentation gives them. */
export const otherServices: readonly { readonly displayName: string; readonly appId: string }[] = facts.otherNames

const byName = new Map<string, Application>()
for (const application of wellKnownApplications) {
  for (const name of [application.displayName, ...application.identifierUris, application.appId]) byName.set(name.toLowerCase(), application)
}

/** A well-known application by app id, identifier URI or display name, in lower case. */
export function wellKnownApplication(name: string): Application | undefined {
  return byName.get(name)
}

/** A tool of Microsoft's that signs users in, in any tenant; by app id, in lower case. */
export function wellKnownTool(appId: string): Application | undefined {
  const known = byName.get(appId)

  return known?.isFallbackPublicClient && known.appId === appId ? known : undefined
}

/**
 * An application as it was said, over what is known of it: a tenant may hold a registration of Graph just to assign its app
 * roles, and need not repeat what Graph offers.
 */
export function overWellKnown<S extends DeepPartialApplication>(said: S): S {
  const known = said.appId === undefined ? undefined : wellKnownApplication(said.appId.toLowerCase())

  return known ? { servicePrincipalId: known.servicePrincipalId, identifierUris: known.identifierUris, api: known.api, appRoles: known.appRoles, ...said } : said
}

/** What Graph offers: each permission as a scope for users and, the ones about OpenID apart, as a role for daemons. */
function graph() {
  const isAboutOpenId = (value: string) => !value.includes('.')

  return {
    api: { oauth2PermissionScopes: facts.graphScopes },
    appRoles: facts.graphScopes
      .filter(({ value }) => !isAboutOpenId(value))
      .map(({ value }) => ({ value, displayName: value, allowedMemberTypes: ['Application'] as const })),
  }
}

import type { Application, Domain, TenantData, User } from '../../src/directory/types.ts'
import type { Attempt } from '../../src/sign-in/attempt.ts'
import { observe } from '../../src/sign-in/observe.ts'
import type { AccountSession } from '../../src/sign-in/session.ts'
import { appId, methodNamed, stageVector, vectorNow } from '../policy/stage-vector.ts'
import type { Vector, VectorFile } from '../policy/stage-vector.ts'
import { application, emptyTenant, passwordHash, tenantOf, user } from './tenant.ts'
import type { TestTenant } from './tenant.ts'

type VectorDirectory = VectorFile['directory']

export type Staged = { readonly tenant: TestTenant; readonly attempt: Attempt; readonly password: string | null }

const minute = 60_000
const hour = 60 * minute

/** A case of the reference as a tenant and an attempt to sign in to it: what the pure evaluator is not shown comes in here. */
export function stageAttempt(vector: Vector, directory: VectorDirectory): Staged {
  const told = vector.signIn ?? {}
  const { source, signIn, event } = stageVector(vector, directory)
  const issuedAt = vectorNow - Number(told.hoursSinceIssue ?? 0) * hour - Number(told.minutesSinceAuth ?? 0) * minute
  const endedAt = new Date(issuedAt + 1).toISOString()
  const people = Object.keys(directory.users).map((name) => userNamed(name, directory, {
    ...(name === told.user && told.accountEnabled === false ? { accountEnabled: false } : {}),
    ...(name === told.user && told.revokedAfterIssue ? { signInSessionsValidFromDateTime: endedAt } : {}),
    ...(name === told.user && told.passwordChangedAfterIssue ? { lastPasswordChangeDateTime: endedAt } : {}),
    ...(name === told.user && told.registeredMethods ? { authenticationMethods: methodsOf(told.registeredMethods as string[]) } : {}),
  }))
  const data: TenantData = {
    ...emptyTenant,
    licence: source.licence,
    securityDefaults: source.securityDefaults,
    mfaServiceSettings: source.mfaServiceSettings,
    settings: { ...emptyTenant.settings, lowPrivilegeScopeEnforcement: source.lowPrivilegeScopeEnforcement, inboundTrust: source.inboundTrust },
    countries: Object.fromEntries(Object.entries(directory.geo).filter((entry): entry is [string, string] => entry[1] !== null)),
    users: people,
    // Object ids are written in small letters, and so are the names that stand for them.
    groups: Object.entries(directory.groups).map(([name, { members = [] }]) => ({
      id: name.toLowerCase(),
      displayName: name,
      members: [...members, ...Object.keys(directory.users).filter((person) => (directory.users[person]?.groups as string[] | undefined)?.includes(name))].map((id) => id.toLowerCase()),
      owners: [],
      membershipRule: null,
      isAssignableToRole: false,
    })),
    applications: Object.keys(directory.apps).map((name) => applicationNamed(name, directory)),
    domains: Object.entries(directory.domains).map(([name, domain]) => domainNamed(name, domain, vector)),
    namedLocations: source.namedLocations,
    conditionalAccessPolicies: source.policies,
    authenticationStrengths: source.authenticationStrengths,
  }
  const tenant = tenantOf(data, { now: vectorNow })
  const who = told.user ? (tenant.directory.get('users', told.user as string) ?? null) : null
  if (who && told.sdDay !== undefined) tenant.memory.securityDefaultsSince.set(who.id, tenant.clock.now() - Number(told.sdDay) * 24 * hour)
  const session = who && told.session !== null ? sessionOf(who, signIn, told) : null

  return {
    tenant,
    password: typeof told.password === 'string' ? told.password : null,
    attempt: {
      event: event.event,
      user: session || event.event !== 'authorize' ? who : null,
      client: clientOf(told, tenant),
      resources: [told.app ?? []].flat().map((name) => applicationNamed(name as string, directory)),
      scopes: signIn.target.scopes,
      authenticationContexts: signIn.target.authenticationContexts,
      userAction: signIn.target.userAction,
      observation: {
        ...observe({ socketAddress: signIn.conditions.ipAddress ?? '', forwardedFor: (told.headers as Record<string, string> | undefined)?.['X-Forwarded-For'] }, { trustProxy: false, simulation: true }),
        platform: signIn.conditions.platform,
        header: {
          device: signIn.conditions.device,
          clientAppType: signIn.conditions.clientAppType,
          signInRiskLevel: signIn.conditions.signInRiskLevel,
          userRiskLevel: signIn.conditions.userRiskLevel,
          servicePrincipalRiskLevel: signIn.conditions.servicePrincipalRiskLevel,
          insiderRiskLevel: signIn.conditions.insiderRiskLevel,
          ...(signIn.conditions.gpsCountry === null ? {} : { gpsCountry: signIn.conditions.gpsCountry }),
          ...(told.country ? { country: told.country as string } : {}),
        },
      },
      session,
      isInteractive: event.isInteractive,
      transferMethod: signIn.conditions.transferMethod,
      maxAge: null,
      grantIssuedAt: event.event === 'refreshToken' ? issuedAt : null,
      isFresh: false,
      challenge: null,
      redirectKind: told.clientType === 'spa' ? 'spa' : signIn.target.client.isConfidential && told.clientApp ? 'web' : 'publicClient',
      addressSeenByResource: signIn.conditions.ipAddressSeenByResource ?? null,
    },
  }
}

function sessionOf(who: User, { session: shown, conditions: { insideCorporateNetwork } }: ReturnType<typeof stageVector>['signIn'], told: Record<string, unknown>): AccountSession {
  const idle = Number(told.hoursIdle ?? 0) * hour
  const back = Math.max(idle, Number(told.hoursSinceIssue ?? 0) * hour)
  const methods = shown.methods.map(({ method, at }) => ({ method, at: at - back }))
  const began = Math.min(vectorNow - back, ...methods.map(({ at }) => at))

  return {
    id: 'sid',
    userId: who.id,
    createdAt: began,
    lastUsedAt: vectorNow - idle,
    isPersistent: shown.isPersistent,
    isKmsiAnswered: true,
    methods,
    isMfaAssertedByFederation: shown.isMfaAssertedByFederation,
    isMfaAssertedByHomeTenant: shown.isMfaAssertedByHomeTenant,
    insideCorporateNetwork,
    acceptedTermsOfUse: shown.acceptedTermsOfUse,
    passedCustomFactors: shown.passedCustomFactors,
    passwordChangedAt: shown.passwordChangedAt,
    originalTransferMethod: (told.originalTransferMethod as AccountSession['originalTransferMethod'] | undefined) ?? null,
  }
}

function userNamed(name: string, directory: VectorDirectory, change: Partial<User>): User {
  const told = directory.users[name] ?? {}
  const methods = (told.methods ?? []) as string[]
  return user(name, {
    id: name,
    userPrincipalName: (told.upn as string | undefined) ?? `${name}@contoso.com`,
    passwordHash: methods.includes('password') || methods.includes('federated') ? passwordHash : null,
    userType: told.userType === 'Guest' ? 'Guest' : 'Member',
    externalType: (told.externalType as User['externalType'] | undefined) ?? null,
    homeTenantId: (told.homeTenant as string | undefined) ?? null,
    roles: rolesOf(name, directory),
    authenticationMethods: methodsOf(methods),
    ...change,
  })
}

function rolesOf(name: string, directory: VectorDirectory): readonly string[] {
  const { identity } = stageVector({ id: '', title: '', level: 'policy', signIn: { user: name, client: 'browser' }, expect: {} }, directory).signIn

  return identity.kind === 'user' ? identity.roleTemplateIds : []
}

function methodsOf(names: readonly string[]): User['authenticationMethods'] {
  return names
    .filter((name) => name !== 'password' && name !== 'federated')
    .map((name) => ({ id: name, type: methodNamed(name), createdDateTime: null }))
}

function applicationNamed(name: string, directory: VectorDirectory): Application {
  const id = appId(name, directory)
  const isConfidential = /confidential/.test(directory.apps[name] ?? '')

  return application(name, { id: `${id}-application`, appId: id, servicePrincipalId: id, secrets: isConfidential ? ['secret'] : [] })
}

function clientOf(told: Record<string, unknown>, tenant: TestTenant): Application {
  const principal = told.servicePrincipal ?? told.managedIdentity
  const name = (principal ?? told.clientApp) as string | undefined
  const known = typeof name === 'string' ? tenant.directory.list('applications').find(({ displayName }) => displayName === name) : undefined
  const client = known ?? application(typeof name === 'string' ? name : 'client', { appId: 'client' })

  return {
    ...client,
    ...(told.managedIdentity ? { servicePrincipalType: 'ManagedIdentity' } : {}),
    isApprovedApplication: told.approvedApplication ?? false,
    isCompliantApplication: told.compliantApplication ?? false,
  }
}

function domainNamed(name: string, { authenticationType, federatedIdpMfaBehavior }: VectorDirectory['domains'][string], { tenant }: Vector): Domain {
  return {
    id: name,
    isDefault: name === 'contoso.com',
    authenticationType: authenticationType === 'Federated' ? 'Federated' : 'Managed',
    federation: authenticationType === 'Federated'
      ? { mfaEnabled: tenant?.mfaEnabled ?? true, federatedIdpMfaBehavior: tenant?.federatedIdpMfaBehavior ?? federatedIdpMfaBehavior ?? null, displayName: null }
      : null,
  }
}

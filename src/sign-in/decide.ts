import type { Application, User } from '../directory/types.ts'
import { aadstsOf } from '../policy/codes.ts'
import type { Challenge, Decision } from '../policy/decision.ts'
import type { Attempt, NextStep, SignInTenant, Verdict } from './attempt.ts'
import { checkGrant, checkSession, isInBrowser } from './checks.ts'
import type { Objection } from './checks.ts'
import { describe } from './describe.ts'
import type { Refusal } from './refusal.ts'
import { noteForSecurityDefaults } from './security-defaults.ts'

/**
 * Whether somebody is let in. First what has nothing to do with policy: is the account there and enabled, does the
 * session stand, is the grant still good, may this user use this application. Only then Conditional Access is asked,
 * once, and its decision becomes the answer. Pages, token requests, the log and the headless sign-in all come here.
 */
export function decide(attempt: Attempt, tenant: SignInTenant): Verdict {
  const objection = checkApplications(attempt) ?? checkAccount(attempt) ?? checkGrant(attempt, tenant) ?? checkSession(attempt, tenant) ?? checkAssignment(attempt, tenant)
  if (objection) return verdictOf(objection, attempt, tenant)

  const verdict = judge(attempt, tenant)
  const isToRegister = attempt.isInteractive && (verdict.next === 'register' || verdict.next === 'registerSkippable')
  const registering = isToRegister ? judgeRegistration(attempt, tenant) : null

  return registering === null || registering.outcome === 'granted' ? verdict : registering
}

/**
 * Whether security information may be registered in the course of this sign-in: a user action of its own, that policies
 * may guard. What they want of it comes before the registration (reference 4.8, 7.2).
 */
export function judgeRegistration(attempt: Attempt, tenant: SignInTenant): Verdict {
  return judge({ ...attempt, event: 'registerSecurityInfo', userAction: 'urn:user:registersecurityinfo', resources: [], authenticationContexts: [] }, tenant)
}

function judge(attempt: Attempt, tenant: SignInTenant): Verdict {
  const signIn = describe(attempt, tenant)
  const decision = tenant.policySet.evaluate(signIn)
  noteForSecurityDefaults(attempt, signIn, tenant)
  if (decision.outcome === 'granted') return { outcome: 'granted', refusal: null, next: null, decision, signIn }

  return {
    outcome: decision.outcome,
    refusal: refusalOf(decision, attempt, tenant),
    next: decision.challenges[0] ? stepOf(decision.challenges[0]) : null,
    decision,
    signIn,
  }
}

/** The verdict on an attempt that failed before it could be judged: a wrong password, an unknown user. */
export function failed(refusal: Refusal): Verdict {
  return { outcome: 'failed', refusal, next: null, decision: null, signIn: null }
}

function verdictOf({ code, next, values }: Objection, attempt: Attempt, tenant: SignInTenant): Verdict {
  const refusal = { code, values: { ...namesIn(attempt, tenant), ...values } }

  return next && attempt.isInteractive ? { ...failed(refusal), outcome: 'interrupted', next } : failed(refusal)
}

/** Nobody gets anywhere with an application that was switched off, nor to an API that was. */
function checkApplications({ client, resources }: Attempt): Objection | null {
  if (client.accountEnabled === false) return { code: 7000112 }
  const off = resources.find(({ accountEnabled }) => accountEnabled === false)

  return off ? { code: 50001, values: { resource: off.appId } } : null
}

function checkAccount(attempt: Attempt): Objection | null {
  const { event, user, session } = attempt
  if (event === 'clientCredentials') return null
  // An account is spoken of to nobody who has not proved to be its user; an empty browser is asked who they are first.
  if (isInBrowser(attempt) && session === null) return null
  if (user === null) return { code: 50034 }

  return user.accountEnabled ? null : { code: 50057 }
}

/** An application, or a resource, that only those may use who are assigned to it: a nested group does not count. */
function checkAssignment(attempt: Attempt, tenant: SignInTenant): Objection | null {
  const { user, client, resources, userAction } = attempt
  if (userAction !== null) return null
  if (user === null) return attempt.event === 'clientCredentials' ? checkRole(client, resources) : null
  const closed = [client, ...resources].find((app) => app.appRoleAssignmentRequired && !isAssigned(user, app, tenant))

  return closed ? { code: 50105, values: { app: closed.appId, appName: closed.displayName } } : null
}

/** An API that wants its callers assigned gives nothing to an application without a role there. */
function checkRole(client: Application, resources: readonly Application[]): Objection | null {
  const closed = resources.find(({ appRoleAssignmentRequired, assignments }) => appRoleAssignmentRequired && !assignments.some(({ principal }) => principal === client.servicePrincipalId))

  return closed ? { code: 501051, values: { resource: closed.appId, resourceName: closed.displayName } } : null
}

function isAssigned(user: User, app: Application, { directory }: SignInTenant): boolean {
  return app.assignments.some(({ principal }) => {
    if (principal === user.id) return true
    const group = directory.get('groups', principal)
    if (!group) return false

    return group.members.includes(user.id) || (group.membershipRule !== null && directory.groupIdsOf(user.id).includes(group.id))
  })
}

function refusalOf(decision: Decision, attempt: Attempt, tenant: SignInTenant): Refusal {
  const frequency = decision.session.signInFrequency
  return {
    code: aadstsOf(decision, attempt) ?? 50131,
    values: {
      ...namesIn(attempt, tenant),
      ...(typeof frequency?.seconds === 'number' ? { seconds: frequency.seconds } : {}),
      ...(attempt.grantIssuedAt === null ? {} : { issuedAt: new Date(attempt.grantIssuedAt).toISOString() }),
    },
    decision,
    policyIds: decision.blocked?.policyIds ?? decision.challenges[0]?.policyIds ?? [],
  }
}

function namesIn({ user, client, resources, observation }: Attempt, { directory }: SignInTenant): Record<string, string> {
  return {
    tenant: directory.settings.displayName,
    ...(user ? { user: user.userPrincipalName } : {}),
    app: client.appId,
    appName: client.displayName,
    resource: resources[0]?.appId ?? client.appId,
    resourceName: resources[0]?.displayName ?? client.displayName,
    ipAddress: observation.ipAddress,
  }
}

function stepOf(challenge: Challenge): NextStep {
  if (challenge.kind === 'reauthenticate' && challenge.authenticationType === 'secondaryAuthentication') return 'oneTimeCode'

  return steps[challenge.kind]
}

/** What the next page asks where a decision owes something. */
const steps: Readonly<Record<Challenge['kind'], NextStep>> = {
  mfa: 'oneTimeCode',
  register: 'register',
  registerSkippable: 'registerSkippable',
  reauthenticate: 'reauthenticate',
  passwordChange: 'changePassword',
  termsOfUse: 'termsOfUse',
  federatedMfa: 'federatedMfa',
  custom: 'custom',
}

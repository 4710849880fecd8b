import { readFile } from 'node:fs/promises'
import * as v from 'valibot'
import { createDirectory, DirectoryRefusal, problemText } from '../directory/index.ts'
import type { Directory } from '../directory/types.ts'
import { describeRefusal } from '../entra/aadsts.ts'
import type { Decision } from '../policy/decision.ts'
import type { UserAction } from '../policy/sign-in.ts'
import { userActionAt } from '../policy/well-known.ts'
import { InvalidPolicy, readWhatIf, type AnalysisReason } from '../policy/index.ts'
import { kindOf } from '../sign-in/client-kind.ts'
import { policySetOf } from '../sign-in/policy-set.ts'
import { answerToWhatIf, type WhatIfAnswer } from '../sign-in/what-if.ts'
import { needsOf } from './expectations.ts'
import { shippedTenant } from './load.ts'
import { problemOf } from './problem.ts'
import type { Problem } from './problem.ts'
import { run } from './run.ts'
import { casesOf } from './said.ts'
import { scenarioFileSchema } from './schema.ts'
import type { ScenarioFile } from './schema.ts'
import { staged } from './stage.ts'
import type { Case, Step } from './stage.ts'
import { stagesOf } from './tenant.ts'

/** One hypothetical sign-in in the words of a scenario file's case: `{ user: 'alice', app: 'Sales Hub', from: '203.0.113.9' }`. */
export type WhatIfQuestion = Readonly<Record<string, unknown>>

/** One policy's part in a sign-in that did not happen. */
export type WhatIfPart = {
  readonly id: string
  readonly displayName: string
  readonly state: string
  /** In the words of the sign-in log. */
  readonly result: string
  readonly policyApplies: boolean
  readonly analysisReasons: AnalysisReason
  /** One sentence for a person. */
  readonly reason: string
}

/** What would come of it. `request` is the body that Graph's What If is asked with, `value` what it answers. */
export type WhatIfTold = {
  readonly outcome: string
  readonly error: { readonly code: number; readonly message: string } | null
  /** What the user would still have to do. */
  readonly needs: readonly string[]
  readonly session: Decision['session'] | null
  readonly policies: readonly WhatIfPart[]
  /** What asks beside the policies: security defaults, MFA that is switched on for the user. */
  readonly beside: readonly Pick<WhatIfPart, 'displayName' | 'result' | 'reason'>[]
  readonly notes: readonly string[]
  readonly request: Readonly<Record<string, unknown>>
  readonly value: readonly WhatIfAnswer[]
}

/**
 * Answers one question against a tenant file. Graph's What If says which policies would apply: what was not told counts as
 * not met. The sign-in is then decided, as any is, by those policies alone.
 */
export async function askWhatIf(question: WhatIfQuestion, tenantFile: string | null): Promise<WhatIfTold | { readonly problems: readonly Problem[] }> {
  const problems: Problem[] = []
  const report = ({ path, message }: Problem) => void problems.push({ path: path.slice(2), message })
  // Nothing is expected of what is only asked about; an empty expectation says so.
  const file = { cases: [{ ...question, applied: [] }] }
  const { issues = [] } = v.safeParse(scenarioFileSchema, file)
  for (const issue of issues) report(problemOf(issue, [], () => []))
  const [said] = issues.length === 0 ? casesOf(file as ScenarioFile, report) : []
  if (!said) return { problems }

  const name = tenantFile ?? shippedTenant
  const text = await readFile(name, 'utf8').catch((error: NodeJS.ErrnoException) => void report({ path: ['cases', 0, 'tenant'], message: error.code === 'ENOENT' ? `There is no ${name}.` : `${name} cannot be read: ${error.message}.` }))
  if (text === undefined) return { problems }
  const stage = await stagesOf(text, name)([]).catch((error: unknown) => {
    if (!(error instanceof DirectoryRefusal)) throw error
    for (const problem of error.problems) report({ path: ['cases', 0, 'tenant'], message: problemText(problem) })

    return null
  })
  const asked = stage && staged(said, stage, undefined, report)
  if (!asked) return { problems }

  return answerOn(asked, question).catch((error: unknown) => {
    if (!(error instanceof InvalidPolicy)) throw error
    for (const { path, detail } of error.problems) report({ path: ['cases', 0, memberOf(path)], message: `${detail}.` })

    return { problems }
  })
}

async function answerOn(asked: Case, question: WhatIfQuestion): Promise<WhatIfTold> {
  const { stage } = asked
  const step = asked.steps[0]!
  const request = requestOf(asked, step, question)
  const value = answerToWhatIf(stage, readWhatIf(request))!
  const applying = new Set(value.flatMap(({ id, policyApplies }) => (policyApplies ? [id] : [])))
  const data = stage.directory.snapshot()
  const directory = createDirectory({ ...data, conditionalAccessPolicies: data.conditionalAccessPolicies.filter(({ id }) => applying.has(id)) })
  const [took] = await run({ ...asked, stage: { directory, policySet: policySetOf(directory) } })
  const { verdict } = took!
  const { decision, refusal } = verdict

  return {
    outcome: verdict.outcome,
    error: refusal && { code: refusal.code, message: describeRefusal(refusal, nowhere).message },
    needs: needsOf(verdict),
    session: decision?.session ?? null,
    policies: value.map((answer) => partOf(answer, decision, request)),
    beside: [decision?.securityDefaults, decision?.perUserMfa].flatMap((standing) => (standing?.applies ? [{ displayName: standing.displayName, result: standing.result, reason: standing.reason }] : [])),
    notes: decision?.notes ?? [],
    request,
    value,
  }
}

/** Nobody is told: the words alone are wanted. */
const nowhere = { surface: 'page', base: '', traceId: '', correlationId: '', now: 0 } as const

/** The member of the question that a member of the request was made of. */
function memberOf(path: string): string {
  return path.includes('deviceInfo') ? 'on' : 'signals'
}

/** What is said, and what follows from it: the kind of client, and the country where the tenant's table knows the address. */
function requestOf({ user, client, flow, stage: { directory } }: Case, { signals, resources, contexts }: Step, question: WhatIfQuestion) {
  const { ipAddress, platform, signInRiskLevel, userRiskLevel, servicePrincipalRiskLevel, insiderRiskLevel } = signals
  const isOfApi = user === null || question.client !== undefined || question.scopes !== undefined
  const kind = kindOf({ client, ...(flow === 'deviceCode' ? { redirectKind: 'publicClient' as const } : {}) })
  const action = userActionAt[client.appId]

  return {
    signInIdentity: user
      ? { '@odata.type': '#microsoft.graph.userSignIn', userId: user.id }
      : { '@odata.type': '#microsoft.graph.servicePrincipalSignIn', servicePrincipalId: client.servicePrincipalId },
    signInContext: contextOf(contexts[0], action, isOfApi ? resources.map(({ appId }) => appId) : [client.appId]),
    signInConditions: defined({
      ipAddress,
      country: signals.country ?? (ipAddress === undefined ? null : directory.countryOf(ipAddress)),
      devicePlatform: platform,
      clientAppType: user === null ? undefined : signals.clientAppType ?? (kind === 'publicClient' ? 'mobileAppsAndDesktopClients' : 'browser'),
      signInRiskLevel, userRiskLevel, servicePrincipalRiskLevel, insiderRiskLevel,
      authenticationFlow: flow === 'deviceCode' ? { transferMethod: 'deviceCodeFlow' } : signals.transferMethod === undefined ? undefined : { transferMethod: signals.transferMethod },
      deviceInfo: deviceOf(signals.device, directory),
    }),
    appliedPoliciesOnly: false,
  }
}

/** What is asked for: a context, a user action where the application is the place for it, or the applications. */
function contextOf(context: string | undefined, action: UserAction | undefined, applications: readonly string[]) {
  if (context !== undefined) return { '@odata.type': '#microsoft.graph.authContext', authenticationContextValue: context }
  if (action !== undefined) return { '@odata.type': '#microsoft.graph.userActionContext', userAction: action }

  return { '@odata.type': '#microsoft.graph.applicationContext', includeApplications: applications }
}

const deviceFacts: ReadonlySet<string> = new Set(['deviceId', 'displayName', 'isCompliant', 'trustType', 'operatingSystem', 'operatingSystemVersion', 'manufacturer', 'model', 'profileType', 'enrollmentProfileName', 'mdmAppId', 'physicalIds', 'systemLabels', 'deviceOwnership'])

/** What Graph takes of a device: everything that was said of one on the spot, and of one in the directory what a filter may ask about. */
function deviceOf(device: Step['signals']['device'], directory: Directory): Readonly<Record<string, unknown>> | undefined {
  if (device === undefined || device === null) return undefined
  const facts: Readonly<Record<string, unknown>> = typeof device === 'string' ? directory.named('devices', device) ?? {} : device
  const isAsked = (member: string) => typeof device !== 'string' || deviceFacts.has(member) || /^extensionAttribute\d+$/.test(member)
  const kept = Object.entries(facts).filter(([member]) => isAsked(member)).map(([member, value]) => [member === 'deviceOwnership' ? 'ownership' : member, value])

  return defined(Object.fromEntries(kept))
}

function partOf(answer: WhatIfAnswer, decision: Decision | null, request: ReturnType<typeof requestOf>): WhatIfPart {
  const { policyApplies, analysisReasons } = answer
  const [id, displayName, state] = [String(answer.id), String(answer.displayName), String(answer.state)]
  const standing = decision?.policies.find((policy) => policy.id === id)
  const result = standing?.result ?? (!policyApplies ? notAppliedIn(state, analysisReasons) : 'unknown')
  const reason = standing?.reason ?? (policyApplies ? 'It would apply, but the sign-in fails before policies are asked.' : reasonFor(analysisReasons, request.signInConditions))

  return { id, displayName, state, result, policyApplies, analysisReasons, reason }
}

function notAppliedIn(state: string, reason: AnalysisReason): string {
  if (reason === 'policyNotEnabled') return 'notEnabled'

  return state === 'enabledForReportingButNotEnforced' ? 'reportOnlyNotApplied' : 'notApplied'
}

/** Why a policy would not apply, and what of the question decides it: where that was not told, it counts as not met. */
const reasons: Readonly<Partial<Record<AnalysisReason, { readonly says: string; readonly members?: readonly string[]; readonly unsaid?: string }>>> = {
  policyNotEnabled: { says: 'It is switched off, or the tenant has no licence for it.' },
  emptyPolicy: { says: 'It asks for nothing.' },
  users: { says: 'It is not about who signs in.' },
  workloadIdentities: { says: 'It is about applications that sign in for themselves, and not about this one.' },
  application: { says: 'It is not about this application.' },
  userActions: { says: 'It is about a user action, and not this one.' },
  authenticationContext: { says: 'It is about an authentication context that is not asked for.' },
  signInRisk: { says: 'It is about another sign-in risk.', members: ['signInRiskLevel'], unsaid: 'It depends on the risk of the sign-in, which was not said (--sign-in-risk).' },
  userRisk: { says: 'It is about another user risk.', members: ['userRiskLevel'], unsaid: 'It depends on the risk of the user, which was not said (--user-risk).' },
  insiderRisk: { says: 'It is about another insider risk.', members: ['insiderRiskLevel'], unsaid: 'It depends on the insider risk, which was not said (--insider-risk).' },
  devicePlatform: { says: 'It is about other platforms.', members: ['devicePlatform'], unsaid: 'It depends on the platform, which was not said (--on).' },
  location: { says: 'It is about other locations.', members: ['ipAddress', 'country'], unsaid: 'It depends on where the sign-in comes from, which was not said (--from).' },
  clientApps: { says: 'It is about other kinds of client.' },
  devices: { says: 'It is about other devices.', members: ['deviceInfo'], unsaid: 'It depends on the device, which was not said (--on).' },
  authenticationFlow: { says: 'It is about another flow.', members: ['authenticationFlow'] },
}

function reasonFor(reason: AnalysisReason, conditions: Readonly<Record<string, unknown>>): string {
  const { says, members = [], unsaid } = reasons[reason] ?? { says: 'It does not apply.' }

  return unsaid !== undefined && members.every((member) => conditions[member] === undefined) ? unsaid : says
}

function defined(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null))
}

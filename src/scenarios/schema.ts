import * as v from 'valibot'

/**
 * What a scenario file may say. The reader checks files against it, and `data/scenarios.schema.json`, which editors read,
 * is made of it.
 */

const text = v.pipe(v.string(), v.nonEmpty())
const texts = v.union([text, v.array(text)], 'a text or a list of texts')
const described = <S extends v.GenericSchema>(schema: S, description: string) => v.optional(v.pipe(schema, v.description(description)))

export const outcomes = ['granted', 'interrupted', 'blocked', 'failed'] as const
export const needs = [
  'mfa', 'register', 'registerSkippable', 'reauthenticate', 'passwordChange', 'termsOfUse', 'federatedMfa', 'custom', 'signIn',
] as const
export const policyResults = [
  'success', 'failure', 'notApplied', 'notEnabled', 'unknown',
  'reportOnlySuccess', 'reportOnlyFailure', 'reportOnlyInterrupted', 'reportOnlyNotApplied',
] as const
const riskLevel = v.picklist(['none', 'low', 'medium', 'high'])
const need = v.picklist(needs)
const lifetime = v.pipe(text, v.description('How long: `8 hours`, `90 minutes`, `PT8H`.'))

/** What a verdict is held against: in `expect`, or directly in the case. */
export const expectationEntries = {
  outcome: described(v.picklist(outcomes), 'Granted; interrupted: something more is needed; blocked: by policy; failed: not a matter of policy.'),
  by: described(texts, 'The policies that block, or that ask for more, by name.'),
  code: described(
    v.union([v.pipe(v.number(), v.integer()), v.pipe(v.string(), v.regex(/^(AADSTS)?\d+$/))], 'an AADSTS number such as 53003'),
    'The AADSTS number of the refusal.',
  ),
  applied: described(texts, 'Policies that must apply, report-only ones included.'),
  notApplied: described(texts, 'Policies that must not apply.'),
  results: described(v.record(text, v.picklist(policyResults)), 'The result of single policies, in the words of the sign-in log.'),
  needs: described(v.union([need, v.array(need)], 'one of, or a list of, what can be asked'), 'Exactly what the user still has to do.'),
  session: described(v.strictObject({
    signInFrequency: v.optional(v.pipe(v.union([text, v.null()], 'a length of time, `every time` or null'), v.description('How often the user must sign in: `8 hours`, `every time`; null = no policy says.'))),
    persistentBrowser: v.optional(v.pipe(v.nullable(v.picklist(['always', 'never'])), v.description('Whether a policy rules on staying signed in; null = none does.'))),
    continuousAccessEvaluation: v.optional(v.pipe(v.nullable(v.picklist(['strictEnforcement', 'disabled', 'strictLocation'])), v.description('What a policy makes of continuous access evaluation; null = nothing.'))),
    idTokenLifetime: v.optional(v.pipe(text, v.description('How long the ID token lives, and with it a session of an application that goes by it: `8 hours`.'))),
  }), 'What the session is limited to.'),
  trusted: described(v.boolean(), 'Whether the sign-in counts as coming from a trusted place.'),
}

/** Where a sign-in comes from, and what is shown: the same for a case and for each of its steps. */
const circumstanceEntries = {
  from: described(text, 'An IP address, one of the `places` of this file, or a named location of the tenant.'),
  on: described(
    v.union([text, v.record(v.string(), v.unknown()), v.array(v.union([text, v.record(v.string(), v.unknown())]))], 'a platform, a device, or both in a list'),
    'A platform (`iOS`), a device of the tenant by name, one described on the spot (`{isCompliant: true}`), or a list of both.',
  ),
  with: described(texts, 'What the user proves: `password`, `one-time code`, `fido2`, …; `one-time code 3 hours ago` was proved before. Left out: the password; in a later step: nothing new.'),
  password: described(text, 'A password as it is typed, to be checked. Left out: it is taken for right.'),
  risk: described(v.union([riskLevel, v.strictObject({
    signIn: v.optional(riskLevel),
    user: v.optional(riskLevel),
    servicePrincipal: v.optional(riskLevel),
    insider: v.optional(v.picklist(['none', 'minor', 'moderate', 'elevated'])),
  })], 'none, low, medium, high, or an object with `signIn`, `user`, `servicePrincipal` and `insider`'), 'The risk of the sign-in, or of several kinds: `{signIn: low, user: high}`.'),
  signals: described(v.record(v.string(), v.unknown()), 'Any signal by its own name: `{insideCorporateNetwork: true}`.'),
  scopes: described(texts, 'The scopes asked for. Left out: `openid profile offline_access`, or everything of the `app` where a `client` is named.'),
  context: described(texts, 'Authentication contexts asked for: `c1`.'),
}

const expect = described(v.strictObject(expectationEntries), 'What must come of it. Its members may stand directly in the case too.')

export const stepEntries = {
  later: described(lifetime, 'How long after the step before.'),
  do: described(v.picklist(['sign in', 'silent', 'refresh']), 'Sign in again in the same browser (so it is when left out), ask silently, or redeem the refresh token.'),
  ...circumstanceEntries,
  expect,
  ...expectationEntries,
}

/** A piece of a tenant file, laid over the tenant. */
const changes = described(v.record(v.string(), v.unknown()), 'A piece of a tenant file, laid over the tenant: objects of the same name are changed, others added.')

export const caseEntries = {
  name: described(text, 'What is told, as a sentence or a title.'),
  user: described(text, 'The user, by name.'),
  application: described(text, 'An application that signs in for itself, without a user.'),
  app: described(text, 'The application that is signed in to; beside a `client` or an `application`, the API that a token is asked for.'),
  client: described(text, 'The application that asks, where it is not `app` itself.'),
  at: described(v.pipe(text, v.isoTimestamp('an instant such as 2026-01-05T08:00:00Z')), 'When it happens. Left out: now.'),
  flow: described(v.picklist(['interactive', 'silent', 'deviceCode', 'password']), 'How the token is asked for. Left out: interactive, in a browser.'),
  staySignedIn: described(v.boolean(), 'The user chose to stay signed in.'),
  ...circumstanceEntries,
  changes,
  expect,
  ...expectationEntries,
  // oxlint-disable-next-line unicorn/no-thenable -- the word an administrator reads; what it holds is a list
  then: described(v.array(v.strictObject(stepEntries)), 'What happens later, in order.'),
}
export type CaseMember = keyof typeof caseEntries

const columns = Object.keys(caseEntries).filter((name) => name !== 'then' && name !== 'changes') as [CaseMember, ...CaseMember[]]
const table = described(v.strictObject({
  columns: v.pipe(v.array(v.picklist(columns)), v.nonEmpty(), v.description('Members of a case.')),
  rows: v.pipe(v.array(v.array(v.unknown())), v.nonEmpty(), v.description('A case in each row: the case around the table, with these values. An empty cell says nothing.')),
}), 'Many cases that differ in a few members.')

export const scenarioFileSchema = v.strictObject({
  $schema: v.optional(v.pipe(v.string(), v.description('Where editors find this schema.'))),
  tenant: described(text, 'The tenant file, from the folder of this file. Left out: the shipped Contoso.'),
  changes,
  places: described(v.record(text, v.union([text, v.record(v.string(), v.unknown())], 'an IP address, or signals')), 'Names for places: an IP address, or signals such as `{country: FR}`.'),
  cases: v.pipe(v.array(v.strictObject({ ...caseEntries, table })), v.nonEmpty(), v.description('The cases, each told on its own: none knows of another.')),
})
export type ScenarioFile = v.InferOutput<typeof scenarioFileSchema>

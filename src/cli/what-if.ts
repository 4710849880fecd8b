import { resolve } from 'node:path'
import type { WhatIfPart, WhatIfTold } from '../scenarios/index.ts'
import { BadUse, defineCommand } from './command.ts'
import { table } from './help.ts'
import { didYouMean } from './nearest.ts'

/** Flags that are members of a case in a scenario file, by the member they are. */
const members: Readonly<Record<string, string>> = { user: 'user', app: 'app', client: 'client', application: 'application', from: 'from', on: 'on', with: 'with', scope: 'scopes', context: 'context', flow: 'flow', at: 'at' }
/** Flags that are signals, by the signal they are. */
const signals: Readonly<Record<string, string>> = {
  'sign-in-risk': 'signInRiskLevel', 'user-risk': 'userRiskLevel', 'insider-risk': 'insiderRiskLevel', 'service-principal-risk': 'servicePrincipalRiskLevel',
  'country': 'country', 'client-app-type': 'clientAppType',
}

/** `portcullis what-if`: one sign-in that does not happen, and what each policy makes of it. */
export const whatIf = defineCommand({
  summary: 'Asks what would come of one sign-in, and why',
  flags: {
    'user': { value: 'NAME', says: 'Who signs in' },
    'application': { value: 'NAME', says: 'Or: the application that signs in for itself' },
    'app': { value: 'NAME', says: 'What is signed in to, by name or id' },
    'action': { value: 'NAME', says: 'Instead of an app: registerSecurityInformation or registerOrJoinDevices' },
    'client': { value: 'NAME', says: 'The application that asks for a token of it, where it is another' },
    'from': { value: 'PLACE', says: 'An IP address, or a named location of the tenant' },
    'country': { value: 'CODE', says: 'The country, where the tenant file cannot tell it from the address' },
    'on': { value: 'DEVICE', says: 'A platform (iOS), a device, or facts: isCompliant=true', isRepeatable: true },
    'with': { value: 'PROOF', says: 'What the user proves beside the password: "one-time code", fido2', isRepeatable: true },
    'client-app-type': { value: 'TYPE', says: 'browser, mobileAppsAndDesktopClients, exchangeActiveSync or other' },
    'sign-in-risk': { value: 'LEVEL', says: 'none, low, medium, high' },
    'user-risk': { value: 'LEVEL', says: 'none, low, medium, high' },
    'insider-risk': { value: 'LEVEL', says: 'none, minor, moderate, elevated' },
    'service-principal-risk': { value: 'LEVEL', says: 'none, low, medium, high' },
    'scope': { value: 'SCOPE', says: 'What is asked for', isRepeatable: true },
    'context': { value: 'ID', says: 'The authentication context asked for: c1', isRepeatable: true },
    'flow': { value: 'NAME', says: 'interactive, silent, deviceCode or password', otherwise: 'interactive' },
    'at': { value: 'INSTANT', says: 'When: 2026-01-05T08:00:00Z', otherwise: 'now' },
    'tenant': { value: 'FILE', says: 'The tenant file to ask', otherwise: 'the shipped Contoso' },
    'json': { says: 'Prints it as JSON: the outcome, each policy, and Graph\'s `request` and `value`' },
  },
  operands: [],
  example: [
    'Examples:',
    '',
    '  portcullis what-if --user alice --app "Sales Hub" --from 203.0.113.9',
    '  portcullis what-if --user dave --app "Sales Hub" --from 203.0.113.9 --with "one-time code"',
    '  portcullis what-if --application "Nightly Job" --app "Sales API" --from "Head office"',
    '',
    'What is not said is not known, and a condition that needs it counts as not met, as in Entra\'s own What If.',
    'Exit codes: 0 answered, whatever the answer; 2 a question or a tenant file that cannot be read.',
  ],
  async run({ flags }, world) {
    const { askWhatIf } = await import('../scenarios/index.ts')
    const tenant = flags.tenant === null ? null : resolve(world.workingFolder, flags.tenant)
    if (flags.user === null && flags.application === null) throw new BadUse('Say who signs in: --user NAME, or --application NAME. `portcullis what-if --help` has examples.')
    if (flags.action !== null && flags.app !== null) throw new BadUse('Say --app or --action, not both: a user action has a place of its own.')
    const told = await askWhatIf(questionOf(flags), tenant)
    if ('problems' in told) throw new BadUse(told.problems.map(({ path, message }) => `${flagOf(path)}${message}`).join('\n'))

    if (flags.json) world.print(JSON.stringify(told))
    else for (const line of linesOf(told)) world.print(line)

    return 0
  },
})

type Flags = Readonly<Record<string, string | readonly string[] | boolean | null>>

function questionOf(flags: Flags): Readonly<Record<string, unknown>> {
  const said = (names: Readonly<Record<string, string>>) => Object.entries(names).flatMap(([flag, member]) => {
    const value = flags[flag]

    return value === null || value === undefined || (Array.isArray(value) && value.length === 0) ? [] : [[member, value] as const]
  })
  const { on, ...rest } = Object.fromEntries(said(members)) as { on?: readonly string[] }
  const known = said(signals)
  const place = typeof flags.action === 'string' ? placeOf(flags.action) : undefined

  return {
    name: 'What if',
    ...rest,
    ...(place === undefined ? {} : { app: place }),
    ...(on ? { on: devicesOf(on) } : {}),
    // What is proved is proved beside the password: who has none says nothing else.
    ...('with' in rest ? { with: ['password', ...(rest.with as readonly string[])] } : {}),
    ...(known.length > 0 ? { signals: Object.fromEntries(known) } : {}),
  }
}

/** Where a user action is done: the applications are in every tenant. */
const actions: Readonly<Record<string, string>> = {
  registerSecurityInformation: '19db86c3-b2b9-44cc-b339-36da233a3be2',
  registerOrJoinDevices: '01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9',
}

function placeOf(action: string): string {
  const name = Object.keys(actions).find((known) => known.toLowerCase() === action.toLowerCase())
  if (name === undefined) throw new BadUse(`--action: "${action}" is none. ${didYouMean(action, Object.keys(actions)) ?? `There are ${Object.keys(actions).join(' and ')}.`}`)

  return actions[name]!
}

/** Platforms and devices by name as they are; facts such as `isCompliant=true` make one device. */
function devicesOf(on: readonly string[]): readonly unknown[] {
  const facts = on.filter((one) => one.includes('='))
  const device = Object.fromEntries(facts.map((fact) => [fact.slice(0, fact.indexOf('=')), valueOf(fact.slice(fact.indexOf('=') + 1))]))

  return [...on.filter((one) => !one.includes('=')), ...(facts.length > 0 ? [device] : [])]
}

function valueOf(text: string): string | boolean {
  return /^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : text
}

function flagOf(path: readonly (string | number)[]): string {
  const [member, inner] = path
  const flag = member === 'signals' ? Object.keys(signals).find((name) => signals[name] === inner) : Object.keys(members).find((name) => members[name] === member)
  const name = flag ?? (member === 'tenant' ? 'tenant' : undefined)

  return name === undefined ? '' : `--${name}: `
}

function linesOf({ outcome, error, needs, session, policies, beside, notes }: WhatIfTold): string[] {
  const applying = policies.filter(({ policyApplies }) => policyApplies)
  const others = policies.filter(({ policyApplies }) => !policyApplies)

  return [
    `${outcome}${error ? ` (AADSTS${error.code})` : ''}${needs.length > 0 ? `, needs ${needs.join(', ')}` : ''}`,
    ...(error ? [error.message] : []),
    ...listed('These policies would apply:', applying),
    ...listed('Beside the policies:', beside),
    ...listed('These would not:', others),
    ...(session?.signInFrequency ? ['', `The user signs in again ${session.signInFrequency.seconds === 'everyTime' ? 'every time' : `after ${session.signInFrequency.seconds / 3600} hours`}.`] : []),
    ...notes.flatMap((note) => ['', note]),
  ]
}

function listed(title: string, parts: readonly Pick<WhatIfPart, 'displayName' | 'result' | 'reason'>[]): string[] {
  return parts.length === 0 ? [] : ['', title, '', ...table(parts.map(({ displayName, result, reason }) => [result, displayName, reason]))]
}

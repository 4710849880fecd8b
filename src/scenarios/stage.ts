import type { Application, Directory, User } from '../directory/types.ts'
import { parseScopes } from '../entra/scopes.ts'
import { perUserMfaId, securityDefaultsId } from '../policy/index.ts'
import { isAddress, normalAddress } from '../sign-in/address.ts'
import { BadSignals, parseSignals, refuseUnknownDevice } from '../sign-in/signals-syntax.ts'
import type { Signals } from '../sign-in/signals.ts'
import { checks } from './expectations.ts'
import type { Check, Names } from './expectations.ts'
import { shown, withNearest } from './problem.ts'
import type { Path, Problem } from './problem.ts'
import { expectationNames } from './said.ts'
import type { Said, SaidCase } from './said.ts'
import type { ScenarioFile } from './schema.ts'
import type { Stage } from './tenant.ts'
import { methodNames, millisecondsOf, proofOf, signalsIn } from './words.ts'
import type { Proof } from './words.ts'

/** A case whose names are resolved: ready to be decided. */
export type Case = {
  readonly name: string
  readonly path: Path
  /** Null = an application for itself. */
  readonly user: User | null
  readonly client: Application
  readonly at: number | null
  readonly flow: 'interactive' | 'silent' | 'deviceCode' | 'password'
  readonly isPersistent: boolean
  readonly stage: Stage
  readonly steps: readonly Step[]
}

export type Step = {
  readonly path: Path
  readonly do: 'sign in' | 'silent' | 'refresh'
  /** Milliseconds after the step before. */
  readonly later: number
  readonly signals: Signals
  /** Null = nothing said. */
  readonly proofs: readonly Proof[] | null
  readonly password: string | null
  readonly resources: readonly Application[]
  readonly scopes: readonly string[]
  readonly contexts: readonly string[]
  readonly expectations: readonly (Check & { readonly member: string; readonly path: Path })[]
}

type Report = (problem: Problem) => void
type Saying = { readonly said: Said; text(member: string): string | undefined; texts(member: string): readonly string[]; complain(member: string, message: string): void }

/** Looks up everything a case names. Null when something was found wrong, which is then reported. */
export function staged(said: SaidCase, stage: Stage, places: ScenarioFile['places'], report: Report): Case | null {
  let isSound = true
  const noted: Report = (problem) => {
    isSound = false
    report(problem)
  }
  const saying = sayingOf(said, noted)
  const { directory } = stage
  const actor = actorOf(saying, directory)
  const steps = [said, ...said.steps].map((one) => stepOf(sayingOf(one, noted), actor, stage, places, said))
  const at = saying.text('at')
  if (said.members.application && said.steps.length > 0) saying.complain('application', 'An application for itself keeps no session: nothing can happen `then`. Write another case.')

  return isSound && actor ? {
    name: said.name,
    path: said.path,
    user: actor.user,
    client: actor.client,
    at: at === undefined ? null : Date.parse(at),
    flow: (saying.text('flow') ?? 'interactive') as Case['flow'],
    isPersistent: said.members.staySignedIn?.value === true,
    stage,
    steps,
  } : null
}

type Actor = { readonly user: User | null; readonly client: Application; /** The API asked for, where the client is another. */ readonly api: Application | null }

function actorOf(saying: Saying, directory: Directory): Actor | null {
  const { members } = saying.said
  if (members.user && members.application) saying.complain('application', 'Say `user` or `application`, not both: an application for itself has no user.')
  if (!members.user && !members.application) saying.complain('name', 'Who signs in is missing. Name a `user`, or an `application` that signs in for itself.')
  const user = found(saying, 'user', (name) => directory.named('users', name), () => directory.list('users').flatMap(({ userPrincipalName }) => [userPrincipalName, userPrincipalName.split('@')[0] ?? '']))
  const names = () => directory.list('applications').map(({ displayName }) => displayName)
  const asker = members.application ? 'application' : 'client'
  const client = found(saying, asker, (name) => directory.named('applications', name), names)
  const app = found(saying, 'app', (name) => directory.resource(name) ?? directory.named('applications', name), names)
  if (!members.app && !members[asker]) saying.complain('name', 'What is signed in to is missing. Name an `app`.')
  const who = client ?? app
  if (!who || (members.user && !user)) return null

  return { user: user ?? null, client: who, api: client && app && app.appId !== client.appId ? app : null }
}

function found<T>(saying: Saying, member: string, find: (name: string) => T | undefined, known: () => readonly string[]): T | undefined {
  const name = saying.text(member)
  if (name === undefined) return undefined
  const thing = find(name)
  if (!thing) saying.complain(member, withNearest(`There is no ${member === 'user' ? 'user' : 'application'} "${name}" in this tenant.`, name, known()))

  return thing
}

function stepOf(saying: Saying, actor: Actor | null, stage: Stage, places: ScenarioFile['places'], first: Said): Step {
  const { members, path } = saying.said
  const expectations = expectationsOf(saying, stage)
  if (expectations.length === 0 && !expectationNames.some((name) => name in members)) saying.complain('name', `Nothing is expected. Say an \`outcome\`, or what else must come of it: ${expectationNames.slice(1).join(', ')}.`)
  const later = saying.text('later')
  const milliseconds = later === undefined ? 0 : millisecondsOf(later)
  if (milliseconds === null) saying.complain('later', `"${later}" is not a length of time. Write \`9 hours\`, \`30 minutes\` or \`PT9H\`.`)

  return {
    path,
    do: (saying.text('do') ?? 'sign in') as Step['do'],
    later: milliseconds ?? 0,
    signals: signalsOf(saying, stage.directory, places),
    proofs: proofsOf(saying),
    password: saying.text('password') ?? null,
    ...targetOf(saying.said.members.scopes ? saying : sayingOf({ ...saying.said, members: { ...members, ...(first.members.scopes ? { scopes: first.members.scopes } : {}) } }, () => {}), actor, stage.directory),
    contexts: saying.texts('context'),
    expectations,
  }
}

/** What asks for a second factor beside the policies, as a scenario names it. */
const besideThePolicies: Readonly<Record<string, string>> = { [securityDefaultsId]: 'Security defaults', [perUserMfaId]: 'Per-user MFA' }

function expectationsOf(saying: Saying, { directory }: Stage): Step['expectations'] {
  const policies = directory.list('conditionalAccessPolicies')

  return expectationNames.flatMap((member) => {
    const said = saying.said.members[member]
    if (!said) return []
    const complain = (message: string) => saying.complain(member, message)
    const names: Names = {
      nameOf: (id) => policies.find((policy) => policy.id === id)?.displayName ?? besideThePolicies[id] ?? id,
      complain,
      policy(name) {
        const beside = Object.entries(besideThePolicies).find(([, known]) => known.toLowerCase() === name.toLowerCase())
        if (beside) return beside[0]
        const policy = directory.named('conditionalAccessPolicies', name)
        if (!policy) complain(withNearest(`There is no policy "${name}" in this tenant.`, name, policies.map(({ displayName }) => displayName)))

        return policy?.id
      },
    }

    return (checks[member]?.(said.value as never, names) ?? []).map((check) => ({ ...check, member, path: said.path }))
  })
}

function targetOf(saying: Saying, actor: Actor | null, directory: Directory): Pick<Step, 'resources' | 'scopes'> {
  if (!actor) return { resources: [], scopes: [] }
  const asked = saying.texts('scopes').flatMap((text) => text.split(' ')).filter((scope) => scope !== '')
  const graph = directory.resource('00000003-0000-0000-c000-000000000000')
  const ofApi = actor.api ?? (actor.user === null ? graph : undefined)
  const scopes = asked.length > 0 ? asked : ofApi ? [`${ofApi.identifierUris[0] ?? `api://${ofApi.appId}`}/.default`] : ['openid', 'profile', 'offline_access']
  const { resources, refusal } = parseScopes(scopes.join(' '), (name) => directory.resource(name), 'http://localhost:8400', { purpose: actor.user === null ? 'clientCredentials' : 'consent' })
  if (refusal) saying.complain('scopes', `\`${scopes.join(' ')}\` would be refused with AADSTS${refusal.code}: ${refusal.values?.scope ?? refusal.values?.resource ?? 'it'} is not a scope that can be asked for so. Write \`<identifier of the API>/<scope>\`.`)

  return { scopes, resources: resources.length > 0 ? resources.map(({ resource }) => resource) : graph ? [graph] : [] }
}

function signalsOf(saying: Saying, directory: Directory, places: ScenarioFile['places'] = {}): Signals {
  const { members } = saying.said
  const signals = (member: string, value: unknown): Signals => {
    try {
      const read = parseSignals(value)
      refuseUnknownDevice(read, directory)

      return read
    } catch (error) {
      if (!(error instanceof BadSignals)) throw error
      saying.complain(member, error.message)

      return {}
    }
  }
  const risk = members.risk?.value as string | { signIn?: string; user?: string; servicePrincipal?: string; insider?: string } | undefined
  const risks = typeof risk === 'object' && risk !== null
    ? { signInRiskLevel: risk.signIn, userRiskLevel: risk.user, servicePrincipalRiskLevel: risk.servicePrincipal, insiderRiskLevel: risk.insider }
    : { signInRiskLevel: risk }

  return {
    ...placeOf(saying, directory, places),
    ...Object.assign({}, ...[members.on?.value ?? []].flat().map((on) => signals('on', deviceOrPlatform(on, directory)))) as Signals,
    ...(risk === undefined ? {} : signals('risk', risks)),
    ...(members.signals ? signals('signals', members.signals.value) : {}),
  }
}

function placeOf(saying: Saying, directory: Directory, places: NonNullable<ScenarioFile['places']>): Signals {
  const from = saying.text('from')
  if (from === undefined) return {}
  if (isAddress(from)) return { ipAddress: normalAddress(from) }
  const place = Object.hasOwn(places, from) ? places[from] : undefined
  if (place !== undefined) return signalsOfPlace(place) ?? {}
  const location = directory.named('namedLocations', from)
  const within = location ? signalsIn(location) : null
  if (within) return within

  saying.complain('from', location
    ? `Nobody's address tells that they are in "${from}". Give an address, or \`signals\`.`
    : withNearest(`"${from}" is neither an IP address nor a place that is known here.`, from, [...Object.keys(places), ...directory.list('namedLocations').map(({ displayName }) => displayName)]))

  return {}
}

/** What `places` says of one place; null where it means nothing. */
export function signalsOfPlace(place: unknown): Signals | null {
  if (typeof place === 'string') return isAddress(place) ? { ipAddress: normalAddress(place) } : null
  try {
    return parseSignals(place)
  } catch {
    return null
  }
}

const platforms = ['windows', 'macos', 'linux', 'ios', 'android', 'windowsphone']

function deviceOrPlatform(on: unknown, directory: Directory): unknown {
  if (typeof on !== 'string') return { device: on }
  if (directory.named('devices', on)) return { device: on }

  return platforms.includes(on.toLowerCase()) || directory.list('devices').length === 0 ? { platform: on } : { device: on }
}

function proofsOf(saying: Saying): readonly Proof[] | null {
  if (!saying.said.members.with) return null

  return saying.texts('with').flatMap((text) => {
    const proof = proofOf(text)
    if (!('unknown' in proof)) return [proof]
    saying.complain('with', withNearest(`"${proof.unknown}" is nothing that can be proved here.`, proof.unknown, methodNames))

    return []
  })
}

function sayingOf(said: Said, report: Report): Saying {
  const values = (member: string): unknown[] => [said.members[member]?.value ?? []].flat()

  return {
    said,
    text: (member) => values(member).find((value): value is string => typeof value === 'string'),
    texts: (member) => values(member).map((value) => (typeof value === 'string' ? value : shown(value))),
    complain: (member, message) => report({ path: said.members[member]?.path ?? said.path, message }),
  }
}

import { eventOf } from '../policy/stage-vector.ts'
import type { Told, Vector, VectorDirectory } from '../policy/stage-vector.ts'

/** Why a case cannot take place at the front door: told by what it says, whatever its name. Null where it can. */
export function obstacleTo({ level, signIn, whatIf }: Vector, directory: VectorDirectory): string | null {
  if (level === 'whatIf') return whatIf === undefined ? 'nothing is asked' : null
  if (signIn === undefined) return 'nothing happens'

  return obstacles.find(({ stands }) => stands(signIn, directory))?.because ?? null
}

const obstacles: readonly { readonly because: string; readonly stands: (told: Told, directory: VectorDirectory) => boolean }[] = [
  { because: 'an application goes on with its own session, and asks nobody', stands: (told) => !events.has(eventOf(told)) },
  { because: 'a token request is for one resource, or for what is behind Graph', stands: (told) => appsOf(told).length > 1 && !isBehindGraph(told) },
  { because: 'proofs that no page asks for are shown at once, in a sign-in of now', stands: (told, directory) => isShownAtOnce(told, directory) && !isOfNow(told) },
  { because: 'no service stands for this user action', stands: ({ userAction }) => Boolean(userAction) && serviceOf[userAction!] === undefined },
]

const events = new Set(['authorize', 'refresh_token', 'ropc', 'client_credentials', 'bearer', 'bearerCae'])

/** What a page here can ask for; other proofs come from devices that are not there. */
const asked = new Set(['password', 'softwareOath', 'federated'])

/** Whether the proofs are ones that no page can ask of this user: then the sign-in says that they were shown. */
export function isShownAtOnce({ methodsUsed = [], user }: Told, { users }: VectorDirectory): boolean {
  const registered = users[user ?? '']?.methods ?? []

  return [methodsUsed].flat().some((method) => !asked.has(method) || !registered.includes(method))
}

function isOfNow({ minutesSinceAuth, hoursIdle, touAccepted, prompt, kmsi, revokedAfterIssue, passwordChangedAfterIssue, flow, ...told }: Told): boolean {
  return eventOf(told) === 'authorize' && !(minutesSinceAuth || hoursIdle || touAccepted || prompt || kmsi || revokedAfterIssue || passwordChangedAfterIssue || flow)
}

/** Services whose permissions are Graph's: several of them are asked for at once as Graph. */
const behindGraph = new Set(['EXO', 'SPO', 'TEAMS', 'WAAD'])

export function isBehindGraph(told: Told): boolean {
  return appsOf(told).every((name) => behindGraph.has(name)) && (told.scopes ?? []).length > 0
}

/** The permissions a case asks for, without their resource: which one that is, its application says. */
export function scopesOf({ scopes }: Told): readonly string[] {
  return [scopes ?? []].flat().flatMap((scope) => scope.split(' ')).map((scope) => scope.slice(scope.lastIndexOf('/') + 1))
}

export function appsOf({ app }: Told): readonly string[] {
  return [app ?? []].flat()
}

/** The service through which a user does it (reference 4.8). */
export const serviceOf: Readonly<Record<string, string>> = {
  'urn:user:registersecurityinfo': '19db86c3-b2b9-44cc-b339-36da233a3be2',
  'urn:user:registerdevice': '01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9',
}

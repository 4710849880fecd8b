import type { Target } from '../sign-in.ts'
import { earlyBound, wellKnown } from '../well-known.ts'

/** Which resources a request is judged as asking for. */
export type Audiences = {
  readonly ids: readonly string[]
  /** Whether it asks for nothing but what any application may know about its user (reference 4.6, low-privilege scopes). */
  readonly isLowPrivilege: boolean
}

/**
 * The resources behind a request. Microsoft Graph is an umbrella: the services behind the scopes are asked, and the
 * directory when the scopes say little. Applications bring those along that they cannot work without.
 *
 * @see reference 4.6 and 4.7
 */
export function audiencesOf(target: Target): Audiences {
  const { resources, client } = target
  const [only] = resources
  if (resources.length === 1 && only !== undefined && isPlain(only) && earlyBound[client.appId] === undefined) return { ids: resources, isLowPrivilege: false }

  const direct = resources.filter((id) => !isDirectory(id))
  const isDirectoryAsked = direct.length < resources.length
  const graph = isDirectoryAsked ? directoryAudiences(target) : []
  const others = direct.filter((id) => id !== client.appId)
  const isLowPrivilege = isDirectoryAsked && graph.length === 0 && others.length === 0
  const asked = isLowPrivilege ? [...direct, wellKnown.windowsAzureActiveDirectory] : [...direct, ...graph]

  return { ids: [...new Set([...asked, ...asked.flatMap(neededBy), ...neededBy(client.appId)])], isLowPrivilege }
}

function neededBy(id: string): readonly string[] {
  return earlyBound[id] ?? []
}

function isPlain(id: string): boolean {
  return !isDirectory(id) && earlyBound[id] === undefined
}

function isDirectory(id: string): boolean {
  return id === wellKnown.microsoftGraph || id === wellKnown.windowsAzureActiveDirectory
}

/** The services behind those scopes that are more than low-privileged. None: the request is a low-privileged one. */
function directoryAudiences({ resources, scopes, client }: Target): string[] {
  const lowPrivilege = lowPrivilegeScopes[resources.includes(wellKnown.microsoftGraph) ? 'microsoftGraph' : 'azureActiveDirectory'][client.isConfidential ? 'confidential' : 'public']
  const further = scopes.map(directoryScope).filter((scope) => scope !== null && !lowPrivilege.has(scope.toLowerCase()))
  // A request for a resource that names no scope at all (client credentials, v1 `resource`) asks for the resource.
  if (scopes.length === 0 || further.length > 0) {
    const services = further.map((scope) => (resources.includes(wellKnown.microsoftGraph) ? serviceBehind(scope!) : wellKnown.windowsAzureActiveDirectory))

    return services.length > 0 ? services : [wellKnown.windowsAzureActiveDirectory]
  }

  return []
}

const directoryPrefixes = ['https://graph.microsoft.com/', 'https://graph.windows.net/', `${wellKnown.microsoftGraph}/`, `${wellKnown.windowsAzureActiveDirectory}/`]

/** The bare scope where it is one of the directory's; null for another resource's scope. */
function directoryScope(scope: string): string | null {
  const prefix = directoryPrefixes.find((one) => scope.toLowerCase().startsWith(one))
  if (prefix !== undefined) return scope.slice(prefix.length).replace(/^\//, '')

  return scope.includes('/') ? null : scope
}

function serviceBehind(scope: string): string {
  const { exchangeOnline, sharePointOnline, teams, windowsAzureActiveDirectory } = wellKnown
  const services: [RegExp, string][] = [
    [/^(mail|calendars|contacts|mailboxsettings|people|ews|imap|pop|smtp)(\.|$)/i, exchangeOnline],
    [/^(files|sites|notes|allsites|myfiles)(\.|$)/i, sharePointOnline],
    [/^(team|chat|channel|onlinemeetings|calls)/i, teams],
  ]

  return services.find(([pattern]) => pattern.test(scope))?.[1] ?? windowsAzureActiveDirectory
}

const anybody = ['email', 'offline_access', 'openid', 'profile', 'user.read']
const confidential = [...anybody, 'user.read.all', 'user.readbasic.all']

/** What each kind of client may ask of either directory without asking for much: Microsoft Graph has more of it than its predecessor. */
const lowPrivilegeScopes = {
  azureActiveDirectory: { public: new Set(anybody), confidential: new Set(confidential) },
  microsoftGraph: {
    public: new Set([...anybody, 'people.read']),
    confidential: new Set([...confidential, 'people.read', 'people.read.all', 'groupmember.read.all', 'member.read.hidden']),
  },
} as const

import type { ClientAppType, GuestOrExternalUserType, InsiderRiskLevel, Platform, RiskLevel, TransferMethod } from './policy.ts'
import type { Device, UserAction } from './sign-in.ts'
import type { WhatIfConditions, WhatIfTarget } from './what-if-types.ts'
import { parseAddress } from './address.ts'
import { InvalidPolicy } from './validate/problem.ts'
import { isMissing, isObject, listOf, objectOf, oneOf, optionalFlag, optionalText, refuse, wordIn, type At, type Read } from './validate/read.ts'

/** A What If question as it comes over the wire: who is meant is still to be looked up. */
export type WhatIfRequest = {
  readonly identity:
    | { readonly kind: 'user'; readonly userId: string; readonly externalTenantId: string | null; readonly externalUserType: GuestOrExternalUserType | null }
    | { readonly kind: 'servicePrincipal'; readonly servicePrincipalId: string }
  readonly target: WhatIfTarget
  readonly conditions: WhatIfConditions
  readonly appliedPoliciesOnly: boolean
}

/**
 * Reads the body of `POST /identity/conditionalAccess/evaluate`. Names and words are read in any case, and truth in
 * text, as scripts send them. Refused with every problem at once.
 *
 * @see reference 10.2
 */
export function readWhatIf(body: unknown): WhatIfRequest {
  const at: At = { path: '', problems: [], notes: [] }
  const read = readBody(body, at)
  if (read === null) refuse(at, 'expected signInIdentity, signInContext and signInConditions')
  for (const member of ['signInIdentity', 'signInContext', 'signInConditions'] as const) {
    if (read !== null && read[member] === null && at.problems.every(({ path }) => !path.toLowerCase().startsWith(member.toLowerCase()))) {
      refuse({ ...at, path: member }, 'this member is required')
    }
  }
  const [first, ...others] = at.problems
  if (first) throw new InvalidPolicy([first, ...others])

  return { identity: read!.signInIdentity!, target: read!.signInContext!, conditions: read!.signInConditions!, appliedPoliciesOnly: read!.appliedPoliciesOnly ?? false }
}

const readBody = objectOf({
  signInIdentity: readIdentity,
  signInContext: readContext,
  signInConditions: readConditions,
  appliedPoliciesOnly: readTruth,
})

const externalUserTypes: GuestOrExternalUserType[] = [
  'internalGuest', 'b2bCollaborationGuest', 'b2bCollaborationMember', 'b2bDirectConnectUser', 'otherExternalUser', 'serviceProvider',
]

function readIdentity(value: unknown, at: At): WhatIfRequest['identity'] | null {
  const identity = objectOf({
    userId: optionalText,
    externalTenantId: optionalText,
    externalUserType: oneOf<GuestOrExternalUserType | 'none'>('none', ...externalUserTypes),
    servicePrincipalId: optionalText,
  })(value, at)
  if (identity === null) return null
  const { userId, servicePrincipalId, externalTenantId, externalUserType } = identity
  if (userId) return { kind: 'user', userId, externalTenantId, externalUserType: externalUserType === 'none' ? null : externalUserType }
  if (servicePrincipalId) return { kind: 'servicePrincipal', servicePrincipalId }
  refuse(at, 'give a userId, or a servicePrincipalId')

  return null
}

/** The words of What If for what a policy calls by a URN. */
const userActions: Record<string, UserAction> = {
  registersecurityinformation: 'urn:user:registersecurityinfo',
  registerorjoindevices: 'urn:user:registerdevice',
  'urn:user:registersecurityinfo': 'urn:user:registersecurityinfo',
  'urn:user:registerdevice': 'urn:user:registerdevice',
}

function readContext(value: unknown, at: At): WhatIfTarget | null {
  const context = objectOf({ includeApplications: readOneOrMore, authenticationContextValue: optionalText, authenticationContext: optionalText, userAction: optionalText })(value, at)
  if (context === null) return null
  const { includeApplications, userAction } = context
  const authenticationContext = context.authenticationContextValue ?? context.authenticationContext
  if (includeApplications.length > 0) return { applications: includeApplications }
  if (authenticationContext) return { authenticationContext: authenticationContext.toLowerCase() }
  const action = userActions[(userAction ?? '').toLowerCase()]
  if (action !== undefined) return { userAction: action }
  refuse(at, userAction ? `"${userAction}" is no user action; there are registerSecurityInformation and registerOrJoinDevices` : 'give includeApplications, an authenticationContextValue or a userAction')

  return null
}

function readOneOrMore(value: unknown, at: At): string[] {
  return listOf(optionalText)(typeof value === 'string' ? [value] : value, at)
}

function readConditions(value: unknown, at: At): WhatIfConditions | null {
  const risk = oneOf<RiskLevel | 'hidden'>('low', 'medium', 'high', 'none', 'hidden')
  const read = objectOf({
    devicePlatform: oneOf<Platform | 'all'>('android', 'iOS', 'windows', 'windowsPhone', 'macOS', 'linux', 'all'),
    clientAppType: oneOf<ClientAppType | 'all' | 'easSupported'>('browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'other', 'all', 'easSupported'),
    signInRiskLevel: risk,
    userRiskLevel: risk,
    servicePrincipalRiskLevel: risk,
    insiderRiskLevel: oneOf<InsiderRiskLevel | 'none'>('minor', 'moderate', 'elevated', 'none'),
    country: readCountry,
    ipAddress: readAddress,
    authenticationFlow: objectOf({ transferMethod: oneOf<TransferMethod | 'none'>('none', 'deviceCodeFlow', 'authenticationTransfer') }),
    deviceInfo: readDevice,
  })(Array.isArray(value) ? null : value, at)
  if (read === null) return null
  const { devicePlatform, clientAppType, authenticationFlow, deviceInfo } = read
  const given = {
    platform: devicePlatform === 'all' ? null : devicePlatform,
    clientAppType: clientAppType === 'all' ? null : clientAppType,
    signInRiskLevel: known(read.signInRiskLevel),
    userRiskLevel: known(read.userRiskLevel),
    servicePrincipalRiskLevel: known(read.servicePrincipalRiskLevel),
    insiderRiskLevel: read.insiderRiskLevel,
    country: read.country,
    ipAddress: read.ipAddress,
    device: deviceInfo,
  }
  const flow = authenticationFlow?.transferMethod

  return {
    ...(Object.fromEntries(Object.entries(given).filter(([, one]) => one !== null)) as WhatIfConditions),
    ...(flow ? { transferMethod: flow === 'none' ? null : flow } : {}),
  }
}

function known(level: RiskLevel | 'hidden' | null): RiskLevel | null {
  return level === 'hidden' ? null : level
}

function readAddress(value: unknown, at: At): string | null {
  const text = optionalText(value, at)
  if (text === null || text === '' || parseAddress(text) !== null) return text || null
  refuse(at, `"${text}" is no IP address`)

  return null
}

function readCountry(value: unknown, at: At): string | null {
  const text = optionalText(value, at)
  if (text === null || text === '' || /^[a-z]{2}$/i.test(text)) return text || null
  refuse(at, `"${text}" is no country; write two letters (ISO 3166-1), such as "DE"`)

  return null
}

function readTruth(value: unknown, at: At): boolean | null {
  return optionalFlag(typeof value === 'string' && /^(true|false)$/i.test(value) ? value.toLowerCase() === 'true' : value, at)
}

const deviceMembers = [
  'deviceId', 'displayName', 'enrollmentProfileName', 'isCompliant', 'manufacturer', 'mdmAppId', 'model', 'operatingSystem', 'operatingSystemVersion',
  'ownership', 'physicalIds', 'profileType', 'systemLabels', 'trustType', ...Array.from({ length: 15 }, (_, at) => `extensionAttribute${at + 1}`),
]

/** The device taken literally; what Graph calls `ownership` here is `deviceOwnership` in a filter. */
const readDevice: Read<Device | null> = (value, at) => {
  if (isMissing(value)) return null
  if (!isObject(value)) {
    refuse(at, 'expected an object')

    return null
  }
  const members = Object.entries(value).flatMap(([written, member]): [string, unknown][] => {
    const name = wordIn(deviceMembers, written)
    const inside = { ...at, path: `${at.path}.${written}` }
    if (name === undefined) {
      if (!written.includes('@odata.')) refuse(inside, `there is no member ${written}`)

      return []
    }

    return isMissing(member) ? [] : [[name === 'ownership' ? 'deviceOwnership' : name, name === 'isCompliant' ? readTruth(member, inside) : member]]
  })

  return Object.fromEntries(members) as Device
}

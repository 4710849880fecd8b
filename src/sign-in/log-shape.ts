import type { Shape, Value } from '../store/rows/shape.ts'
import type { NewSignIn } from './log.ts'

type Member = string | readonly [member: string, of: string]

/**
 * What Graph finds sign-ins by (reference 9.1, and the beta's own), by the name of the property. A list is found by any of
 * its elements.
 */
const members: Readonly<Record<string, Member>> = {
  userDisplayName: 'userDisplayName',
  userPrincipalName: 'userPrincipalName',
  userId: 'userId',
  appId: 'appId',
  appDisplayName: 'appDisplayName',
  ipAddress: 'ipAddress',
  clientAppUsed: 'clientAppUsed',
  conditionalAccessStatus: 'conditionalAccessStatus',
  resourceDisplayName: 'resourceDisplayName',
  resourceId: 'resourceId',
  riskDetail: 'riskDetail',
  riskLevelAggregated: 'riskLevelAggregated',
  riskLevelDuringSignIn: 'riskLevelDuringSignIn',
  riskState: 'riskState',
  riskEventTypes: 'riskEventTypes',
  riskEventTypes_v2: 'riskEventTypes_v2',
  'status/errorCode': ['status', 'errorCode'],
  'deviceDetail/browser': ['deviceDetail', 'browser'],
  'deviceDetail/operatingSystem': ['deviceDetail', 'operatingSystem'],
  'location/city': ['location', 'city'],
  'location/state': ['location', 'state'],
  'location/countryOrRegion': ['location', 'countryOrRegion'],
  signInEventTypes: 'signInEventTypes',
  authenticationRequirement: 'authenticationRequirement',
  conditionalAccessAudiences: 'conditionalAccessAudiences',
  servicePrincipalId: 'servicePrincipalId',
  servicePrincipalName: 'servicePrincipalName',
  tokenIssuerName: 'tokenIssuerName',
  userAgent: 'userAgent',
}

/** How the sign-in log is kept and found. Every policy's part in a sign-in is the same in many rows. */
export const signInShape: Shape<NewSignIn> = {
  name: 'sign-ins',
  instantOf: ({ createdDateTime }) => Date.parse(createdDateTime),
  columns: Object.fromEntries(Object.entries(members).map(([name, member]) => [name, reader(member)])),
  unique: {
    id: ({ id }) => id,
    correlationId: ({ correlationId }) => String(correlationId).toLowerCase(),
    originalRequestId: ({ originalRequestId }) => String(originalRequestId),
  },
  shared: 'appliedConditionalAccessPolicies',
}

function reader(member: Member): (row: NewSignIn) => Value {
  if (typeof member === 'string') return (row) => (row[member] ?? null) as Value
  const [outer, inner] = member

  return (row) => ((row[outer] as Record<string, Value> | undefined)?.[inner] ?? null)
}

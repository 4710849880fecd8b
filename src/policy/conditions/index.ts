import type { ConditionSet } from '../policy.ts'
import { applications } from './applications.ts'
import { authenticationFlows } from './authentication-flows.ts'
import { clientAppTypes } from './client-app-types.ts'
import { clientApplications } from './client-applications.ts'
import type { Condition } from './condition.ts'
import { devices } from './devices.ts'
import { locations } from './locations.ts'
import { platforms } from './platforms.ts'
import { insiderRiskLevels, servicePrincipalRiskLevels, signInRiskLevels, userRiskLevels } from './risks.ts'
import { users } from './users.ts'

/** Every condition a policy may have, in the order in which the service looks at them and the log stops. */
export const conditions: Record<keyof ConditionSet, Condition> = {
  applications,
  users,
  clientApplications,
  locations,
  platforms,
  clientAppTypes,
  devices,
  signInRiskLevels,
  userRiskLevels,
  servicePrincipalRiskLevels,
  insiderRiskLevels,
  authenticationFlows,
}

import ipaddr from 'ipaddr.js'
import type { Device, GuestsOrExternalUsers, NamedLocation, Policy, PolicySource, ServicePrincipalIdentity, SignIn, UserIdentity } from '../../src/policy/index.ts'
import { applicationGroups, earlyBound, wellKnown } from '../../src/policy/well-known.ts'

/**
 * Conditional Access once more, as slowly and plainly as reference 4 reads: one policy after the other, one range after
 * the other, nothing compiled and nothing remembered. The compiled evaluation must agree with it. It knows what the
 * random cases hold: mfa, devices, block and termsOfUse, sign-in frequencies, no federation. What a rule over devices means
 * is told by whoever made it up.
 */
export function plainEvaluation(source: PolicySource, signIn: SignIn, meaning: (rule: string) => (device: Device | null) => boolean) {
  const results = source.policies.map((policy) => ({ policy, applies: applies(policy, signIn, source, meaning) }))
  const enforced = results.filter(({ policy, applies: does }) => does && policy.state === 'enabled' && source.licence !== 'none').map(({ policy }) => policy)
  const outcome = outcomeOf(enforced, signIn)

  return {
    outcome,
    results: Object.fromEntries(results.map(({ policy, applies: does }) => [policy.id, resultOf(policy, does, enforced, outcome, signIn, source)])),
  }
}

function applies({ conditions }: Policy, signIn: SignIn, source: PolicySource, meaning: (rule: string) => (device: Device | null) => boolean): boolean {
  const { conditions: shown, identity } = signIn
  const { users, locations, platforms, authenticationFlows: flows, clientAppTypes: types } = conditions
  const flowsShown = [shown.transferMethod, shown.originalTransferMethod]
  const riskHolds = (levels: readonly string[], level: string) => levels.length === 0 || levels.includes(level)
  const isLicensed = source.licence !== 'P1' || conditions.signInRiskLevels.length + conditions.userRiskLevels.length === 0

  return (
    (identity.kind === 'user'
      ? isAmong(identity, users.includeUsers, users.includeGroups, users.includeRoles, users.includeGuestsOrExternalUsers) &&
        !isAmong(identity, users.excludeUsers, users.excludeGroups, users.excludeRoles, users.excludeGuestsOrExternalUsers)
      : isWorkload(identity, conditions.clientApplications)) &&
    isTarget(conditions.applications, signIn, source) &&
    (types.includes('all') || types.includes(shown.clientAppType) || (types.includes('easSupported') && shown.clientAppType === 'exchangeActiveSync' && shown.platform !== null)) &&
    (locations === null || (locations.includeLocations.some((entry) => isAt(entry, signIn, source)) && !locations.excludeLocations.some((entry) => isAt(entry, signIn, source)))) &&
    (platforms === null || (isPlatform(platforms.includePlatforms, shown.platform) && !isPlatform(platforms.excludePlatforms, shown.platform))) &&
    (conditions.devices === null || meaning(conditions.devices.deviceFilter!.rule)(shown.device) === (conditions.devices.deviceFilter!.mode === 'include')) &&
    isLicensed &&
    riskHolds(conditions.signInRiskLevels, shown.signInRiskLevel) &&
    riskHolds(conditions.userRiskLevels, shown.userRiskLevel) &&
    riskHolds(conditions.servicePrincipalRiskLevels, shown.servicePrincipalRiskLevel) &&
    riskHolds(conditions.insiderRiskLevels ?? [], shown.insiderRiskLevel) &&
    (flows === null || flows.transferMethods.some((method) => flowsShown.includes(method)))
  )
}

function isWorkload({ id, isManagedIdentity, isOwnedByTenant }: ServicePrincipalIdentity, listed: Policy['conditions']['clientApplications']): boolean {
  const { includeServicePrincipals = [], excludeServicePrincipals = [] } = listed ?? {}
  const isIncluded = includeServicePrincipals.includes('ServicePrincipalsInMyTenant') || includeServicePrincipals.includes(id)

  return isOwnedByTenant && !isManagedIdentity && isIncluded && !excludeServicePrincipals.includes(id)
}

function isPlatform(list: readonly string[], platform: string | null): boolean {
  return list.includes('all') || (platform !== null && list.includes(platform))
}

function isAmong(user: UserIdentity, users: readonly string[], groups: readonly string[], roles: readonly string[], guests: GuestsOrExternalUsers | null): boolean {
  const type = user.externalUserType
  const isHome = guests?.externalTenants?.membershipKind !== 'enumerated' || (user.homeTenantId !== null && guests.externalTenants.members.includes(user.homeTenantId))

  return (
    users.includes('All') ||
    users.includes(user.id) ||
    (users.includes('GuestsOrExternalUsers') && type !== null) ||
    user.groupIds.some((id) => groups.includes(id)) ||
    user.roleTemplateIds.some((id) => roles.includes(id)) ||
    (guests !== null && type !== null && guests.guestOrExternalUserTypes.includes(type) && isHome)
  )
}

function isTarget(condition: Policy['conditions']['applications'], { target }: SignIn, { lowPrivilegeScopeEnforcement }: PolicySource): boolean {
  const { includeApplications, excludeApplications, includeUserActions, includeAuthenticationContextClassReferences: contexts } = condition
  if (target.authenticationContexts.some((context) => contexts.includes(context))) return true
  if (target.userAction !== null) return includeUserActions.includes(target.userAction)
  const names = (list: readonly string[], id: string) => list.some((entry) => (applicationGroups[entry] ?? [entry]).includes(id))
  const isLowPrivilege = target.resources.every((id) => id === wellKnown.microsoftGraph) && target.scopes.length > 0 && target.scopes.every((scope) => ['openid', 'User.Read'].includes(scope))
  if (isLowPrivilege && lowPrivilegeScopeEnforcement === 'legacy' && includeApplications.includes('All') && excludeApplications.length > 0) return false

  return target.resources
    .flatMap((id) => (id === wellKnown.microsoftGraph ? servicesBehind(target.scopes) : [id, ...(earlyBound[id] ?? [])]))
    .some((id) => (includeApplications.includes('All') || names(includeApplications, id)) && !names(excludeApplications, id))
}

function servicesBehind(scopes: readonly string[]): string[] {
  const services = scopes.flatMap((scope) => (scope === 'Mail.Read' ? wellKnown.exchangeOnline : scope === 'Directory.Read.All' ? wellKnown.windowsAzureActiveDirectory : []))

  return services.length > 0 ? services : [wellKnown.windowsAzureActiveDirectory]
}

function isAt(entry: string, { conditions }: SignIn, { namedLocations, mfaServiceSettings }: PolicySource): boolean {
  const address = conditions.ipAddress === null ? null : ipaddr.process(conditions.ipAddress)
  const isIn = (cidr: string) => {
    const [network, bits] = ipaddr.parseCIDR(cidr)

    return address !== null && address.kind() === network.kind() && address.match([network, bits] as never)
  }
  const contains = (location: NamedLocation): boolean => {
    if (location['@odata.type'] === '#microsoft.graph.ipNamedLocation') return location.ipRanges.some((range) => 'cidrAddress' in range && isIn(range.cidrAddress))
    if (location['@odata.type'] !== '#microsoft.graph.countryNamedLocation') return false

    return conditions.country === null ? location.includeUnknownCountriesAndRegions : location.countriesAndRegions.includes(conditions.country)
  }
  const isMfaTrusted = mfaServiceSettings.trustedIps.some(isIn)
  if (entry === 'All') return true
  if (entry === '00000000-0000-0000-0000-000000000000') return isMfaTrusted
  if (entry === 'AllTrusted') return isMfaTrusted || namedLocations.some((location) => 'isTrusted' in location && location.isTrusted && contains(location))

  return namedLocations.some((location) => location.id === entry && contains(location))
}

const deviceControls: readonly string[] = ['compliantDevice', 'domainJoinedDevice']

type Outcome = { readonly kind: 'granted' | 'blocked' } | { readonly kind: 'interrupted'; readonly first: string }

/** Block before everything, then what is too old, then MFA, then the device, then terms. */
function outcomeOf(enforced: readonly Policy[], signIn: SignIn): Outcome {
  if (enforced.some((policy) => wants(policy).includes('block'))) return { kind: 'blocked' }
  if (enforced.some((policy) => isPrimaryOld(policy, signIn))) return isLegacy(signIn) ? { kind: 'blocked' } : { kind: 'interrupted', first: 'reauthenticate' }
  const isFresh = !enforced.some((policy) => isSecondOld(policy, signIn))
  for (const control of ['mfa', ...deviceControls, 'terms']) {
    for (const policy of enforced) {
      if (isSatisfied(policy, signIn, isFresh) || !asksFor(policy, control, signIn, isFresh)) continue
      if (isLegacy(signIn) || deviceControls.includes(control) || (control === 'mfa' && enforced.some((other) => isTooRisky(other, signIn, isFresh)))) return { kind: 'blocked' }

      return { kind: 'interrupted', first: control === 'mfa' ? (canDoMfa(signIn) ? 'mfa' : 'register') : 'termsOfUse' }
    }
  }

  return { kind: 'granted' }
}

function wants({ grantControls }: Policy): string[] {
  return grantControls === null ? [] : [...grantControls.builtInControls, ...grantControls.termsOfUse]
}

/** One control of several suffices: then the first that can be asked is, and what cannot be asked refuses only alone. */
function asksFor(policy: Policy, control: string, signIn: SignIn, isFresh: boolean): boolean {
  const listed = wants(policy).map(kindOf)
  if (!listed.includes(control)) return false
  if (policy.grantControls!.operator === 'AND') return control === 'terms' ? wants(policy).some((id) => kindOf(id) === 'terms' && !isMet(id, signIn, isFresh)) : !isMet(control, signIn, isFresh)
  if (isLegacy(signIn)) return true
  const isAskable = listed.includes('mfa') && (canDoMfa(signIn) || policy.conditions.signInRiskLevels.length === 0)
  const first = isAskable ? 'mfa' : listed.includes('terms') ? 'terms' : listed.includes('mfa') ? 'mfa' : deviceControls.find((device) => listed.includes(device))

  return control === first
}

/** Nobody registers a second factor because of a risk. */
function isTooRisky(policy: Policy, signIn: SignIn, isFresh: boolean): boolean {
  return policy.conditions.signInRiskLevels.length > 0 && !canDoMfa(signIn) && !isSatisfied(policy, signIn, isFresh) && asksFor(policy, 'mfa', signIn, isFresh)
}

function kindOf(id: string): string {
  return ['mfa', ...deviceControls, 'block'].includes(id) ? id : 'terms'
}

function isSatisfied(policy: Policy, signIn: SignIn, isFresh: boolean): boolean {
  const met = wants(policy).map((id) => isMet(id, signIn, isFresh))

  return met.length === 0 || (policy.grantControls!.operator === 'AND' ? met.every(Boolean) : met.some(Boolean))
}

function isMet(id: string, { session, conditions }: SignIn, isFresh: boolean): boolean {
  if (id === 'block') return false
  if (id === 'mfa') return isFresh && session.methods.some(({ method }) => method === 'softwareOath')
  if (deviceControls.includes(id)) return (id === 'compliantDevice' ? conditions.device?.isCompliant === true : conditions.device?.trustType === 'ServerAD') && !isLegacy({ conditions }) && ![conditions.transferMethod, conditions.originalTransferMethod].includes('deviceCodeFlow')

  return session.acceptedTermsOfUse.includes(id)
}

function isLegacy({ conditions }: Pick<SignIn, 'conditions'>): boolean {
  return conditions.clientAppType === 'other' || conditions.clientAppType === 'exchangeActiveSync'
}

function canDoMfa({ identity }: SignIn): boolean {
  return identity.kind === 'user' && identity.registeredMethods.includes('softwareOath')
}

function periodOf({ sessionControls }: Policy): number | null {
  const frequency = sessionControls?.signInFrequency

  return !frequency ? null : frequency.frequencyInterval === 'everyTime' ? 300_000 : frequency.value! * 3_600_000
}

function isPrimaryOld(policy: Policy, signIn: SignIn): boolean {
  const period = periodOf(policy)

  return period !== null && policy.sessionControls!.signInFrequency!.authenticationType !== 'secondaryAuthentication' && isOlder(signIn, 'password', period)
}

function isSecondOld(policy: Policy, signIn: SignIn): boolean {
  const period = periodOf(policy)

  return period !== null && isOlder(signIn, 'softwareOath', period)
}

function isOlder({ session, now }: SignIn, method: string, period: number): boolean {
  const used = session.methods.find((one) => one.method === method)

  return used !== undefined && now - used.at > period
}

function resultOf(policy: Policy, does: boolean, enforced: readonly Policy[], outcome: Outcome, signIn: SignIn, { licence }: PolicySource): string {
  if (policy.state === 'disabled' || licence === 'none') return 'notEnabled'
  const isReported = policy.state === 'enabledForReportingButNotEnforced'
  if (!does || (isReported && policy.conditions.applications.includeUserActions.length > 0)) return isReported ? 'reportOnlyNotApplied' : 'notApplied'
  const isSecondPassed = isSecondOld(policy, signIn)
  const needsSecond = isSecondPassed && enforced.some((other) => isSatisfied(other, signIn, true) && !isSatisfied(other, signIn, false))
  const isTooOld = isPrimaryOld(policy, signIn) || needsSecond
  const isMfaAsked = outcome.kind === 'interrupted' && isMfaStep(enforced, signIn)
  const counted = isMfaAsked ? { ...signIn, session: { ...signIn.session, acceptedTermsOfUse: [] } } : signIn
  const isDone = isSatisfied(policy, counted, !isSecondPassed)
  if (!isReported) return isDone && !isTooOld ? 'success' : 'failure'
  if (isDone && !isTooOld) return 'reportOnlySuccess'

  return !isDone && isHopeless(policy, counted, !isSecondPassed) ? 'reportOnlyFailure' : 'reportOnlyInterrupted'
}

/** Whether a second factor is among the things that are asked now: nothing before it refuses. */
function isMfaStep(enforced: readonly Policy[], signIn: SignIn): boolean {
  const isFresh = !enforced.some((policy) => isSecondOld(policy, signIn))

  return enforced.some((policy) => !isSatisfied(policy, signIn, isFresh) && asksFor(policy, 'mfa', signIn, isFresh) && !isTooRisky(policy, signIn, isFresh))
}

function isHopeless(policy: Policy, signIn: SignIn, isFresh: boolean): boolean {
  const unmet = wants(policy).filter((id) => !isMet(id, signIn, isFresh))
  const isRisky = policy.conditions.signInRiskLevels.length > 0 && !canDoMfa(signIn)
  const isImpossible = (id: string) => isLegacy(signIn) || id === 'block' || deviceControls.includes(id) || (id === 'mfa' && isRisky)

  return policy.grantControls!.operator === 'AND' ? unmet.some(isImpossible) : unmet.every(isImpossible)
}

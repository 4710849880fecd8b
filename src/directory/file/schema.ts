import * as v from 'valibot'
import { agreement, application, authenticationContext, authenticationStrength, tokenLifetimePolicy } from './schema-applications.ts'
import { anything, flag, graphObject, list, name, oneOf, readOnlyOf, text, texts, whole } from './schema-parts.ts'
import { device, domain, group, user } from './schema-people.ts'

const graphDates = ['createdDateTime', 'modifiedDateTime', 'deletedDateTime'] as const

const ipRange = v.union([
  v.pipe(v.string(), v.description('The short form: 198.51.100.0/24')),
  v.strictObject({ '@odata.type': text('May be left out.'), cidrAddress: name('198.51.100.0/24 or 2001:db8:100::/48') }),
  v.strictObject({ '@odata.type': text('May be left out.'), lowerAddress: name('First address.'), upperAddress: name('Last address.') }),
])

export const namedLocation = graphObject({
  '@odata.type': text('May be left out where ipRanges or countriesAndRegions say it.'),
  displayName: name('Name of the location.'),
  id: text('Object id (GUID). Left out: always the same one, made of the tenant and the name.'),
  isTrusted: flag('Whether AllTrusted means it. Default false.'),
  ipRanges: list(ipRange, 'The addresses it is made of.'),
  countriesAndRegions: texts('ISO 3166-1 alpha-2 codes.'),
  countryLookupMethod: oneOf(['clientIpAddress', 'authenticatorAppGps'], 'Default clientIpAddress.'),
  includeUnknownCountriesAndRegions: flag('Whether an address in no known country is in it. Default false.'),
  compliantNetworkType: text('allTenantCompliantNetworks'),
}, [...graphDates])

/** Loose on purpose: what a policy may say is known, and refused, where policies are understood. */
const policyEntries = { displayName: anything('Name of the policy.'), id: text('Object id (GUID).') }
readOnlyOf.set(policyEntries, [...graphDates, 'partialEnablementStrategy', 'templateId'])
const policy = v.pipe(
  v.looseObject(policyEntries),
  v.description('As Graph spells it (conditionalAccessPolicy); names are accepted where Graph wants ids.'),
)

const settings = v.strictObject({
  kmsiPromptEnabled: flag('Whether "Stay signed in?" is asked. Default true.'),
  lowPrivilegeScopeEnforcement: oneOf(['legacy', 'enforced'], 'Whether policies on all resources with exclusions reach low-privilege scopes. Default enforced.'),
  hourlyPolicyCheck: flag('Whether the sample app fetches a new ID token every hour. Default false.'),
  inboundTrust: v.optional(v.pipe(v.strictObject({
    mfa: flag('MFA done in the home tenant counts. Default false.'),
    compliantDevice: flag('Compliance known to the home tenant counts. Default false.'),
    hybridDevice: flag('Hybrid join in the home tenant counts. Default false.'),
  }), v.description('What is believed of the home tenants of guests.'))),
  smartLockout: v.optional(v.pipe(v.strictObject({
    threshold: whole(1, 1000, 'Wrong passwords before the account is locked. Default 10.'),
    seconds: whole(1, 86_400, 'How long the first lock lasts. Default 60.'),
  }), v.description('When wrong passwords lock an account.'))),
  activatedRoles: texts('Directory roles that are listed as active although nobody has them, by name or template id.'),
  limits: v.optional(v.pipe(v.strictObject(Object.fromEntries(
    [
      'policies', 'namedLocations', 'authContexts', 'termsOfUse', 'roleAssignableGroups', 'dynamicGroups', 'groupOwners', 'groupsPerUserBeforeBlock',
      'membersPerPatch', 'checkMemberGroupsIds', 'filterRuleChars', 'tokens', 'sessions', 'signInFrequency', 'dynamics', 'cae', 'totp', 'tap',
      'smartLockout', 'securityDefaults', 'signInLog', 'groupsClaimOverage',
    ].map((limit) => [limit, anything('Overrides the limit.')]),
  )), v.description("Where the tenant has other limits than the service."))),
})

/** A tenant file, with the schema of a policy as somebody wants it: loose to load, whole for an editor. */
export function tenantFileSchema(policySchema: v.GenericSchema = policy) {
  const tenant = graphObject({
    id: text('Tenant id (GUID). Left out: always the same one, made of the default domain.'),
    displayName: text('Name of the organisation. Left out: the default domain.'),
    profile: oneOf(['entra', 'standard'], 'What the tenant speaks: Entra, or exact OpenID Connect. Default entra.'),
    licence: oneOf(['none', 'lapsed', 'P1', 'P2'], 'Which Premium licence it has. Default P2.'),
    securityDefaults: flag('Whether security defaults are on. Default false.'),
    domains: list(domain, 'Verified domains. Left out: those of the users.'),
    mfaServiceSettings: v.optional(v.pipe(v.strictObject({
      trustedIps: texts('MFA trusted IPs: IPv4 ranges, at most 50.'),
      skipMfaForFederatedUsersOnIntranet: flag('Whether the claim insidecorporatenetwork makes a federated request trusted. Default false.'),
      rememberMfaDays: whole(0, 365, 'How long a browser is not asked again; 0 = off, the default.'),
    }), v.description('The settings of the older MFA service.'))),
    settings: v.optional(v.pipe(settings, v.description('What else the tenant is set to.'))),
    users: list(user, 'Users.'),
    groups: list(group, 'Groups.'),
    applications: list(application, "The tenant's own applications; Microsoft's are there without being listed."),
    devices: list(device, 'Registered devices.'),
    namedLocations: list(namedLocation, 'Named locations.'),
    conditionalAccessPolicies: list(policySchema, 'Conditional Access policies.'),
    authenticationStrengths: list(authenticationStrength, 'Custom authentication strengths; the built-in ones are there without being listed.'),
    authenticationContextClassReferences: list(authenticationContext, 'Authentication contexts; one that a policy names is there without being listed.'),
    tokenLifetimePolicies: list(tokenLifetimePolicy, 'Token lifetime policies.'),
    agreements: list(agreement, 'Terms of use that policies may ask to be accepted.'),
    countries: v.optional(v.pipe(v.record(v.string(), v.string()), v.description('CIDR range → ISO 3166-1 alpha-2; the longest prefix wins.'))),
  }, ['createdDateTime', 'deletedDateTime', 'verifiedDomains', 'tenantType'])

  return v.strictObject({
    $schema: text('Where editors find this schema.'),
    tenants: v.pipe(v.array(tenant), v.nonEmpty(), v.description('The first one answers to unscoped paths.')),
  })
}

export type TenantFile = v.InferOutput<ReturnType<typeof tenantFileSchema>>
export type TenantEntry = TenantFile['tenants'][number]

import { readObjects, readTokenPolicies, useTokenPolicies, writeTokenPolicies } from './directory/permissions.ts'
import { answerList } from './odata/collection.ts'
import type { Collection } from './odata/collection.ts'
import { flag, many, text } from './odata/types.ts'
import type { Endpoint } from './protocol/endpoint.ts'
import type { Permissions } from './protocol/permissions.ts'
import { GraphRefusal } from './protocol/refusal.ts'

/** There are none, which is the truth that an exporter wants to hear. */
const realmPolicies: Collection<never> = {
  type: { name: 'homeRealmDiscoveryPolicy', key: () => '', properties: { id: text(), definition: many(text()), displayName: text(), isOrganizationDefault: flag() } },
  context: 'policies/homeRealmDiscoveryPolicies',
  source: { list: () => [] },
}
const realms = 'homeRealmDiscoveryPolicies'
const holders = ['/applications/{id}', '/applications/appId={appId}', '/servicePrincipals/{id}', '/servicePrincipals/appId={appId}']

const noRealms = 'Home realm discovery policies are not kept here: the suffix of a user name alone says where somebody signs in. Federate the domain (federationConfiguration), and leave the policy out.'
const noDelta = 'Delta queries are not answered here. List the collection again; it is never long, and consistent at once.'
const methodsStay = 'The authentication methods policy cannot be changed here: every method that the sign-in pages know is on for everybody. Narrow it with an authentication strength.'

const withDelta = ['users', 'groups', 'applications', 'servicePrincipals', 'devices', 'directoryObjects', 'directoryRoles', 'oauth2PermissionGrants']
const writeMethodsPolicy: Permissions = { delegated: ['Policy.ReadWrite.AuthenticationMethod'], application: ['Policy.ReadWrite.AuthenticationMethod'], denial: 'AccessDenied' }

/** What callers of Graph look for and this tenant does not keep: empty where it is read, refused in words where it is written. */
export const notKeptEndpoints: readonly Endpoint[] = [
  ...['/policies', ...holders].map((path): Endpoint => ({ method: 'GET', path: `${path}/${realms}`, permissions: readTokenPolicies, answer: (asked) => answerList(realmPolicies, asked) })),
  refused('POST', `/policies/${realms}`, writeTokenPolicies, noRealms),
  ...holders.map((path) => refused('POST', `${path}/${realms}/$ref`, useTokenPolicies, noRealms)),
  ...withDelta.map((collection) => refused('GET', `/${collection}/delta`, readObjects, noDelta)),
  refused('PATCH', '/policies/authenticationMethodsPolicy', writeMethodsPolicy, methodsStay),
  refused('PATCH', '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{id}', writeMethodsPolicy, methodsStay),
]

function refused(method: Endpoint['method'], path: string, permissions: Permissions, why: string): Endpoint {
  return {
    method,
    path,
    permissions,
    answer() {
      throw new GraphRefusal(501, 'NotImplemented', why)
    },
  }
}

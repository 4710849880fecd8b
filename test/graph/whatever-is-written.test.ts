import { expect, test } from 'vitest'
import { applicationType } from '../../src/graph/directory/application-type.ts'
import { deviceType } from '../../src/graph/directory/device-type.ts'
import { groupType } from '../../src/graph/directory/group-type.ts'
import { servicePrincipalType } from '../../src/graph/directory/service-principal-type.ts'
import { userType } from '../../src/graph/directory/user-type.ts'
import { people, useMock } from '../support/mock.ts'
import { adminOf } from './admin.ts'
import type { Said } from './ask.ts'

const server = useMock()
const id = (last: string) => `c0ffee00-0000-4000-8000-0000000000${last}`
const password = '28c10230-6103-485e-b985-444c60001490'

/** Values that are of another type than the property, or of none. */
const values: readonly unknown[] = [
  null, true, 42, '', 'x', '\u0000', [], [null], ['x'], [{}], [{ id: 'x' }], {}, { x: 1 }, { redirectUris: [null] }, { oauth2PermissionScopes: [{}] }, { oauth2PermissionScopes: null, requestedAccessTokenVersion: 9 },
  { password: null }, [{ id: id('91'), value: null, allowedMemberTypes: null }], [{ value: 'a' }, { value: 'a' }], { implicitGrantSettings: null }, [{ resourceAppId: 1 }], { extensionAttribute1: null },
]
const name = () => crypto.randomUUID().slice(0, 8)
type Writing = readonly [method: string, path: string, sound: () => object, properties: readonly string[]]
const of = (type: { readonly properties: object }, ...more: readonly string[]) => [...Object.keys(type.properties), ...more]
const writings: readonly Writing[] = [
  ['POST', '/users', () => ({ accountEnabled: true, displayName: 'Z', mailNickname: 'z', userPrincipalName: `${name()}@contoso.example`, passwordProfile: { password: 'Brand-New-1!' } }), of(userType)],
  ['PATCH', `/users/${people.bob}`, () => ({}), of(userType)],
  ['POST', '/groups', () => ({ displayName: 'Team', mailEnabled: false, mailNickname: 'team', securityEnabled: true }), of(groupType, 'members@odata.bind', 'owners@odata.bind')],
  ['PATCH', `/groups/${id('c2')}`, () => ({}), of(groupType, 'members@odata.bind')],
  ['POST', '/applications', () => ({ displayName: 'App' }), of(applicationType, 'owners@odata.bind')],
  ['PATCH', `/applications/${id('a5')}`, () => ({}), of(applicationType)],
  ['PATCH', `/servicePrincipals/${id('f5')}`, () => ({}), of(servicePrincipalType)],
  ['POST', '/devices', () => ({ displayName: 'D', deviceId: crypto.randomUUID(), operatingSystem: 'W', operatingSystemVersion: '1', accountEnabled: true }), of(deviceType)],
  ['POST', '/roleManagement/directory/roleAssignments', () => ({ principalId: people.dave, roleDefinitionId: '729827e3-9c14-49f7-bb1b-9608f156bbb8', directoryScopeId: '/' }), ['principalId', 'roleDefinitionId', 'directoryScopeId', 'appScopeId']],
  ['POST', '/oauth2PermissionGrants', () => ({ clientId: id('f4'), consentType: 'AllPrincipals', resourceId: id('f6'), scope: 'x' }), ['clientId', 'consentType', 'resourceId', 'scope', 'principalId', 'startTime']],
  ['POST', `/users/${people.dave}/appRoleAssignments`, () => ({ principalId: people.dave, resourceId: id('f5'), appRoleId: '00000000-0000-0000-0000-000000000000' }), ['principalId', 'resourceId', 'appRoleId']],
  ['POST', '/domains/contoso.example/federationConfiguration', () => ({ issuerUri: 'a', passiveSignInUri: 'b' }), ['issuerUri', 'displayName', 'isSignedAuthenticationRequestRequired', 'promptLoginBehavior']],
  ['POST', '/domains', () => ({ id: `${name()}.example` }), ['id', 'isDefault', 'supportedServices']],
  ['POST', `/users/${people.bob}/authentication/phoneMethods`, () => ({ phoneNumber: '+1 5551234567', phoneType: 'mobile' }), ['phoneNumber', 'phoneType']],
  ['POST', `/users/${people.bob}/authentication/temporaryAccessPassMethods`, () => ({}), ['lifetimeInMinutes', 'isUsableOnce', 'startDateTime']],
  ['POST', `/users/${people.bob}/authentication/softwareOathMethods`, () => ({}), ['secretKey']],
  ['POST', `/users/${people.bob}/authentication/methods/${password}/resetPassword`, () => ({}), ['newPassword']],
  ['POST', `/users/${people.bob}/assignLicense`, () => ({ addLicenses: [], removeLicenses: [] }), ['addLicenses', 'removeLicenses']],
  ['POST', `/applications/${id('a5')}/addPassword`, () => ({}), ['passwordCredential']],
  ['POST', `/applications/${id('a5')}/removePassword`, () => ({}), ['keyId']],
  ['POST', `/applications/${id('a5')}/federatedIdentityCredentials`, () => ({ name: name(), issuer: 'https://a.example', subject: 's', audiences: ['a'] }), ['name', 'issuer', 'subject', 'audiences', 'description']],
  ['POST', '/invitations', () => ({ invitedUserEmailAddress: `${name()}@x.example`, inviteRedirectUrl: 'https://x' }), ['invitedUserEmailAddress', 'inviteRedirectUrl', 'invitedUserType', 'invitedUserDisplayName']],
  ['POST', '/directoryObjects/getByIds', () => ({ ids: [people.bob] }), ['ids', 'types']],
]

test('whatever value is written to a property of the directory, it is taken or refused, and what was taken is read, exported and loaded again', async () => {
  const { graph, sandbox } = await adminOf(server.mock)
  const mistakes: string[] = []
  for (const [at, [method, path, sound, properties]] of writings.entries()) {
    for (const [index, property] of properties.entries()) {
      for (let n = 0; n < 4; n++) {
        const body = JSON.stringify({ ...sound(), [property]: values[(index * 5 + at + n * 4) % values.length] })
        const said = await graph.send(method, path, { headers: { 'content-type': 'application/json' }, body })
        if (!isOfGraph(said)) mistakes.push(`${method} ${path} ${body}: ${said.status} ${said.text.slice(0, 160)}`)
      }
    }
  }
  for (const path of [`/users?$top=999&$select=${of(userType).join(',')}`, '/groups?$top=999', '/applications?$top=999', '/servicePrincipals?$top=999', '/devices?$top=999']) {
    expect([path, (await graph.get(path)).status]).toEqual([path, 200])
  }

  expect(mistakes).toEqual([])
  await sandbox.restore(await sandbox.snapshot())
}, 60_000)

function isOfGraph({ status, body }: Said): boolean {
  return status < 400 || (status < 500 && typeof body.error?.code === 'string' && body.error.message !== '')
}

import { describe, expect, test } from 'vitest'
import { createDirectory, verifyPassword } from '../../src/directory/index.ts'
import { contoso } from '../support/contoso.ts'

const id = (last: string) => `c0ffee00-0000-4000-8000-${last.padStart(12, '0')}`

describe('the shipped Contoso', async () => {
  const directory = createDirectory(await contoso())
  const idOf = (name: string) => directory.named('users', name)?.id ?? ''

  test.each([
    ['alice', 'b1', 'alice@contoso.example', 'Alice Adams'],
    ['bob', 'b2', 'bob@contoso.example', 'Bob Baker'],
    ['carol', 'b3', 'carol@contoso.example', 'Carol Clark'],
    ['dave', 'b4', 'dave@contoso.example', 'Dave Doyle'],
    ['erin', 'b5', 'erin@contoso.example', 'Erin Evans'],
    ['breakglass', 'b6', 'breakglass@contoso.example', 'Break Glass'],
    ['fiona', 'b7', 'fiona@fed.contoso.example', 'Fiona Frey'],
  ])('%s has the id …%s', async (name, last, userPrincipalName, displayName) => {
    const user = directory.named('users', name)

    expect(user).toMatchObject({ id: id(last), userPrincipalName, displayName })
    expect(await verifyPassword('Portcullis1!', user?.passwordHash ?? '')).toBe(true)
  })

  test('alice, bob and fiona are in Sales', () => {
    expect(directory.get('groups', id('c1'))?.members).toEqual([id('b1'), id('b2'), id('b7')])
    expect(directory.groupIdsOf(idOf('alice'))).toEqual([id('c1')])
    expect(directory.groupIdsOf(idOf('dave'))).toEqual([])
  })

  test('carol and Break Glass are Global Administrators', () => {
    const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10'

    expect(directory.roleTemplateIdsOf(idOf('carol'))).toEqual([globalAdministrator])
    expect(directory.roleTemplateIdsOf(idOf('breakglass'))).toEqual([globalAdministrator])
    expect(directory.roleTemplateIdsOf(idOf('alice'))).toEqual([])
  })

  test('alice, carol and dave have an authenticator', () => {
    const withSecret = directory.list('users').filter(({ authenticationMethods }) => authenticationMethods.some(({ secret }) => secret))

    expect(withSecret.map(({ displayName }) => displayName)).toEqual(['Alice Adams', 'Carol Clark', 'Dave Doyle'])
  })

  test.each([
    ['a1', 'Sales Hub'], ['a2', 'Sales SPA'], ['a3', 'Sales Mobile'], ['a4', 'Nightly Job'], ['a5', 'Sales API'], ['a6', 'Admin Shell'],
  ])('application …%s is %s, consented to the orders and to User.Read', (last, displayName) => {
    const application = directory.application(id(last))

    expect(application?.displayName).toBe(displayName)
    expect(application?.consents).toEqual([
      { resource: id('a5'), scopes: ['Orders.Read', 'Orders.Write'] },
      { resource: '00000003-0000-0000-c000-000000000000', scopes: expect.arrayContaining(['User.Read']) },
    ])
  })

  test('the nightly job may process orders', () => {
    const [assignment] = directory.resource('api://sales-api')?.assignments ?? []

    expect(assignment?.principal).toBe(directory.application(id('a4'))?.servicePrincipalId)
    expect(directory.resource('Sales API')?.appRoles).toMatchObject([{ id: assignment?.role, value: 'Orders.Process' }])
  })

  test.each([
    ['e1', 'Sales Hub only from trusted locations', 'enabled'],
    ['e2', 'MFA outside trusted locations', 'enabled'],
    ['e3', 'MFA for administrators', 'enabled'],
    ['e4', 'Sales Hub session', 'enabled'],
    ['e5', 'Compliant device for Sales API', 'enabledForReportingButNotEnforced'],
    ['e6', 'Block legacy authentication', 'enabled'],
  ])('policy …%s is "%s", and spares Break glass', (last, displayName, state) => {
    const policy = directory.get('conditionalAccessPolicies', id(last))

    expect(policy).toMatchObject({ displayName, state })
    expect(policy?.conditions.users.excludeGroups).toEqual([id('c3')])
  })

  test.each([
    ['198.51.100.7', 'US'], ['2001:db8:100::7', 'US'], ['203.0.113.9', 'DE'], ['::ffff:203.0.113.9', 'DE'],
    ['198.19.255.255', 'FR'], ['233.252.0.1', 'KP'], ['192.0.2.1', null], ['nowhere', null],
  ])('%s is in %s', (ipAddress, country) => {
    expect(directory.countryOf(ipAddress)).toBe(country)
  })
})

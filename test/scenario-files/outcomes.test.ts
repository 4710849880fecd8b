import { describe, expect, test } from 'vitest'
import { cases, told } from './told.ts'

const office = 'from: 198.51.100.7'
const cafe = 'from: 203.0.113.9'
const noTransfers = '{displayName: No transfers, state: enabled, conditions: {users: {includeUsers: [All]}, applications: {includeApplications: [All]}, authenticationFlows: {transferMethods: authenticationTransfer}}, grantControls: {operator: OR, builtInControls: [block]}}'

/** Cases that are as expected, each with an expectation that is not. */
const facts: Record<string, [story: string, right: string, wrong: string, got: string]> = {
  'an address': [`user: alice, app: Sales Hub, ${cafe}`, 'outcome: blocked', 'outcome: granted', 'blocked (AADSTS53003)'],
  'a named location': ['user: alice, app: Sales Hub, from: Head office', 'outcome: granted', 'outcome: blocked', 'granted'],
  'a country that is a named location': ['user: dave, app: Sales Hub, from: Sanctioned countries', 'outcome: interrupted', 'trusted: true', 'false'],
  'no place at all, which is nowhere that is trusted': ['user: dave, app: Sales Hub', 'needs: mfa', 'needs: []', 'mfa'],
  'everybody who blocks': [`user: alice, app: Sales Hub, ${cafe}`, 'by: Sales Hub only from trusted locations', 'by: MFA outside trusted locations', 'Sales Hub only from trusted locations'],
  'the code': [`user: alice, app: Sales Hub, ${cafe}`, 'code: 53003', 'code: 50076', 'AADSTS53003'],
  'the code in full': [`user: dave, app: Sales Hub, ${cafe}`, 'code: AADSTS50074', 'code: AADSTS50076', 'AADSTS50074'],
  'a silent request hears another code': [`user: dave, app: Sales Hub, ${cafe}, flow: silent`, 'code: 50076', 'code: 50074', 'AADSTS50076'],
  'a user who has to register': [`user: bob, app: Sales SPA, ${cafe}`, 'needs: register', 'needs: mfa', 'register'],
  'a second factor': [`user: dave, app: Sales Hub, ${cafe}, with: [password, one-time code]`, 'outcome: granted', 'outcome: interrupted', 'granted'],
  'nobody signed in': [`user: dave, app: Sales Hub, ${cafe}, with: []`, 'needs: signIn', 'needs: mfa', 'signIn'],
  'a password of long ago': [`user: alice, app: Sales Hub, ${office}, with: password 9 hours ago`, 'needs: reauthenticate', 'outcome: granted', 'interrupted (AADSTS70044), needs reauthenticate'],
  'a wrong password': [`user: alice, app: Sales Hub, ${office}, password: wrong`, 'code: 50126', 'outcome: granted', 'failed (AADSTS50126)'],
  'the right password': [`user: alice, app: Sales Hub, ${office}, password: Portcullis1!`, 'outcome: granted', 'outcome: failed', 'granted'],
  'a platform and a risk that no policy asks about': [`user: alice, app: Sales Hub, ${office}, on: iOS, risk: {signIn: high}`, 'outcome: granted', 'outcome: blocked', 'granted'],
  'a device described on the spot': [`user: alice, client: Sales SPA, app: Sales API, ${office}, on: {isCompliant: true}`, 'results: {Compliant device for Sales API: reportOnlySuccess}', 'results: {Compliant device for Sales API: reportOnlyFailure}', 'reportOnlySuccess'],
  'legacy authentication': [`user: alice, app: Sales Hub, ${office}, signals: {clientAppType: other}`, 'by: Block legacy authentication', 'outcome: granted', 'blocked (AADSTS53003)'],
  'authentication carried over from another device': [`user: alice, app: Sales Hub, ${office}, changes: {conditionalAccessPolicies: [${noTransfers}]}, signals: {transferMethod: authenticationTransfer}`, 'by: No transfers', 'outcome: granted', 'blocked (AADSTS53003)'],
  'policies that apply': [`user: dave, app: Sales Hub, ${cafe}`, 'applied: [MFA outside trusted locations, Sales Hub session]', 'applied: Sales Hub only from trusted locations', 'notApplied'],
  'policies that do not apply': [`user: dave, app: Sales Hub, ${cafe}`, 'notApplied: Sales Hub only from trusted locations', 'notApplied: MFA outside trusted locations', 'failure'],
  'scopes of an API': [`user: alice, app: Sales SPA, ${office}, scopes: api://sales-api/Orders.Read`, 'applied: Compliant device for Sales API', 'notApplied: Compliant device for Sales API', 'reportOnlyFailure'],
  'a daemon': [`application: Nightly Job, app: Sales API, ${cafe}`, 'outcome: granted', 'outcome: blocked', 'granted'],
  'the session': [`user: alice, app: Sales Hub, ${office}`, 'session: {signInFrequency: 8 hours, persistentBrowser: null}', 'session: {signInFrequency: 9 hours}', 'signInFrequency 8 hours'.replace('signInFrequency ', '')],
  'the session timeout of an application': [`user: alice, app: Sales Hub, ${office}`, 'session: {idTokenLifetime: 480 minutes}', 'session: {idTokenLifetime: 1 hour}', '8 hours'],
  'a change of the tenant': [`user: alice, app: Sales Hub, ${cafe}, changes: {licence: none}`, 'outcome: granted', 'outcome: blocked', 'granted'],
  'a user who is changed': [`user: alice, app: Sales Hub, ${office}, changes: {users: [{userPrincipalName: alice@contoso.example, accountEnabled: false}]}`, 'code: 50057', 'outcome: granted', 'failed (AADSTS50057)'],
}

describe('a case is decided as a sign-in is, by', () => {
  for (const [fact, [story, right, wrong, got]] of Object.entries(facts)) {
    test(fact, async () => {
      const answer = await told(cases(`
  - {name: as it is, ${story}, ${right}}
  - {name: as it is not, ${story}, ${wrong}}`))

      expect(answer.problems).toEqual([])
      expect(answer.failures).toEqual([expect.stringMatching(/^3: /)])
      expect(answer.failures[0]?.endsWith(`, got ${got}`), answer.failures[0]).toBe(true)
    })
  }
})

describe('what happens then', () => {
  const day = (step: string) => cases(`
  - user: alice
    app: Sales Hub
    from: Head office
    outcome: granted
    then:
      - ${step}`)

  const steps: Record<string, [step: string, got: string]> = {
    'an hour later a refresh in the office is granted': ['{later: 1 hour, do: refresh, from: Head office, outcome: blocked}', 'granted'],
    'a refresh in the café is not': ['{later: 1 hour, do: refresh, from: 203.0.113.9, outcome: granted}', 'blocked (AADSTS53003)'],
    'after the session timeout the refresh is too old': ['{later: 9 hours, do: refresh, from: Head office, outcome: granted}', 'interrupted (AADSTS70043), needs reauthenticate'],
    'the browser is still signed in': ['{later: PT1H, from: Head office, outcome: failed}', 'granted'],
    'the browser is asked again after eight hours': ['{later: 8 hours 1 minute, from: Head office, outcome: granted}', 'interrupted (AADSTS70044), needs reauthenticate'],
    'and is let in with the password': ['{later: 9 hours, from: Head office, with: password, outcome: blocked}', 'granted'],
    'a browser that rested for more than a day has forgotten her': ['{later: 25 hours, from: Head office, outcome: granted}', 'interrupted (AADSTS50058), needs signIn'],
  }
  for (const [fact, [step, got]] of Object.entries(steps)) {
    test(fact, async () => {
      const { problems, failures } = await told(day(step))

      expect(problems).toEqual([])
      expect(failures).toEqual([expect.stringMatching(/^7: outcome: expected/)])
      expect(failures[0]).toContain(`got ${got}`)
    })
  }

  test('nothing can be refreshed where nothing was granted', async () => {
    const { failures } = await told(cases(`
  - {user: alice, app: Sales Hub, from: 203.0.113.9, outcome: blocked, then: [{do: refresh, outcome: granted}]}`))

    expect(failures).toEqual([expect.stringContaining('nothing was granted before')])
  })
})

test('a row of a table is a case: what it says outranks what stands around it, and its failure is in its line', async () => {
  const { names, failures } = await told(cases(`
  - name: Around the Hub
    app: Sales Hub
    outcome: blocked
    table:
      columns: [user, from, outcome]
      rows:
        - [alice, 203.0.113.9, ~]
        - [alice, Head office, granted]
        - [dave, 203.0.113.9, granted]`))

  expect(names).toEqual(['Around the Hub: alice, 203.0.113.9', 'Around the Hub: alice, Head office', 'Around the Hub: dave, 203.0.113.9'])
  expect(failures).toEqual(['10: outcome: expected granted, got interrupted (AADSTS50074), needs mfa'])
})

test('a failure is explained by every policy that matters, and no other', async () => {
  const { why } = await told(cases('  - {user: alice, app: Sales Hub, from: 203.0.113.9, outcome: granted}'))

  expect(why).toEqual([
    expect.stringMatching(/^failure: "Sales Hub only from trusted locations" ./),
    expect.stringMatching(/^\w+: "MFA outside trusted locations" ./),
    expect.stringMatching(/^success: "Sales Hub session" ./),
  ])
})

test('a grant that was not expected is explained by the policies that did not apply', async () => {
  const { why } = await told(cases('  - {user: alice, app: Sales Hub, from: Head office, outcome: blocked}'))

  expect(why).toContainEqual(expect.stringMatching(/^notApplied: "Sales Hub only from trusted locations" ./))
})

test('cases know nothing of one another: a user locked out in one is not in the next', async () => {
  const { failures } = await told(cases(`
  - {user: alice, app: Sales Hub, from: Head office, password: wrong, code: 50126, then: [${Array.from({ length: 9 }, () => '{password: wrong, from: Head office, code: 50126}').map((step, at) => step.replace('wrong', `wrong${at}`)).join(', ')}, {password: other, from: Head office, code: 50053}]}
  - {user: alice, app: Sales Hub, from: Head office, password: Portcullis1!, outcome: granted}`))

  expect(failures).toEqual([])
})

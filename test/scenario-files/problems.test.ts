import { describe, expect, test } from 'vitest'
import { cases, told } from './told.ts'

const good = 'user: alice, app: Sales Hub, from: Head office, outcome: granted'

const mistakes: Record<string, [text: string, problems: string[]]> = {
  'an empty file': ['', ['1: The file is empty. Write `cases:` and a list under it.']],
  'a file that is not YAML': ['cases:\n  - {user: alice\n', [expect.stringMatching(/^[23]: This is not YAML: /)]],
  'a file that is a list': ['- user: alice', ['1: The file is not an object. Write `cases:` and the list under it.']],
  'two documents': [`cases:\n  - {${good}}\n---\ncases: []\n`, ['3: A second document begins here. Write one document, all cases in one list.']],
  'a member said twice': ['cases: []\ncases: []', ['2: This is not YAML: Map keys must be unique.']],
  'no cases': ['places: {}', [expect.stringContaining('"cases" is missing.')]],
  'an empty list of cases': ['cases: []', [expect.stringContaining('it must not be empty')]],
  'a member misspelled': [cases(`  - {${good}}\n  - {${good}, outcom: granted}`), ['3: There is no member "outcom" here. Did you mean "outcome"?']],
  'a member of the file misspelled': [`case:\n  - {${good}}\n`, expect.arrayContaining(['1: There is no member "case" here. Did you mean "cases"?']) as never],
  'an outcome misspelled': [cases('  - user: alice\n    app: Sales Hub\n    outcome: blockd'), ['4: outcome: "blockd" is not one of granted, interrupted, blocked, failed. Did you mean "blocked"?']],
  'a need misspelled': [cases('  - user: alice\n    app: Sales Hub\n    needs: mfaa'), [expect.stringMatching(/^4: needs: "mfaa" is not one of .* Did you mean "mfa"\?$/)]],
  'a need misspelled in a list': [cases('  - user: alice\n    app: Sales Hub\n    needs: [mfa, registr]'), [expect.stringMatching(/^4: needs: "registr" is not one of .* Did you mean "register"\?$/)]],
  'a user nobody knows': [cases('  - {app: Sales Hub, outcome: granted, user: alise}'), ['2: There is no user "alise" in this tenant. Did you mean "alice"?'].map((text) => text.replace('2: ', '2: user: '))],
  'an application nobody knows': [cases('  - user: alice\n    app: Sales Hob\n    outcome: granted'), ['3: app: There is no application "Sales Hob" in this tenant. Did you mean "Sales Hub"?']],
  'a policy nobody knows': [cases('  - user: alice\n    app: Sales Hub\n    by: MFA for administrator'), ['4: by: There is no policy "MFA for administrator" in this tenant. Did you mean "MFA for administrators"?']],
  'a place nobody knows': [cases('  - user: alice\n    app: Sales Hub\n    outcome: granted\n    from: Hed office'), ['5: from: "Hed office" is neither an IP address nor a place that is known here. Did you mean "Head office"?']],
  'a place that is none': [`places:\n  moon: up there\ncases:\n  - {${good}}`, ['2: moon: "up there" is neither an IP address nor signals such as {country: FR}.']],
  'a method nobody knows': [cases(`  - {${good}, with: [password, one-time cod]}`), ['2: with: "one-time cod" is nothing that can be proved here. Did you mean "one-time code"?']],
  'a platform nobody knows': [cases(`  - {${good}, on: windoze}`), [expect.stringMatching(/^2: on: .*windows/)]],
  'a device that is not in the tenant': [cases(`  - {${good}, signals: {device: Laptop}}`), [expect.stringContaining('There is no device "Laptop" in this tenant.')]],
  'a length of time that is none': [cases(`  - {${good}, then: [{later: soon, outcome: granted}]}`), ['2: later: "soon" is not a length of time. Write `9 hours`, `30 minutes` or `PT9H`.']],
  'an instant that is none': [cases(`  - {${good}, at: yesterday}`), ['2: at: "yesterday" is not an instant such as 2026-01-05T08:00:00Z.']],
  'a scope nobody publishes': [cases(`  - {${good}, scopes: 'api://sales-api/Orders.Eat'}`), [expect.stringContaining('AADSTS70011')]],
  'nothing expected': [cases('  - {user: alice, app: Sales Hub}'), [expect.stringContaining('Nothing is expected.')]],
  'nothing expected of a step': [cases(`  - {${good}, then: [{later: 1 hour}]}`), [expect.stringContaining('Nothing is expected.')]],
  'the same said twice': [cases(`  - {${good}, expect: {outcome: blocked}}`), ['2: "outcome" is said twice: in `expect` and beside it. Leave one out.']],
  'nobody': [cases('  - {app: Sales Hub, outcome: granted}'), [expect.stringContaining('Who signs in is missing.')]],
  'nothing signed in to': [cases('  - {user: alice, outcome: granted}'), [expect.stringContaining('What is signed in to is missing.')]],
  'a user and an application for itself': [cases('  - {user: alice, application: Nightly Job, outcome: granted}'), [expect.stringContaining('not both')]],
  'a row that is too long': [cases(`  - ${'user: alice\n    app: Sales Hub\n    table:\n      columns: [from, outcome]\n      rows:\n        - [Head office, granted, 53003]'}`), ['7: rows: The row has 3 cells, but there are 2 columns.'.replace('rows: ', 'table: ')]],
  'a cell that means nothing': [cases('  - user: alice\n    app: Sales Hub\n    table:\n      columns: [from, outcome]\n      rows:\n        - [Head office, grantd]'), [expect.stringMatching(/^7: .*"grantd" is not one of .*Did you mean "granted"\?/)]],
  'a tenant file that is not there': [`tenant: nowhere.json\ncases:\n  - {${good}}`, ['1: tenant: There is no /home/alice/nowhere.json.']],
  'a change that the tenant does not take': [cases(`  - {${good}, changes: {licence: P3}}`), [expect.stringMatching(/^2: changes: The tenant does not load: .*licence.*P3/)]],
}

describe('a scenario file is refused with line and reason for', () => {
  for (const [mistake, [text, problems]] of Object.entries(mistakes)) {
    test(mistake, async () => expect((await told(text)).problems).toEqual(problems))
  }
})

test('every problem of a file is told at once, in the order of its lines', async () => {
  const { problems } = await told(cases(`
  - {user: alise, app: Sales Hob, from: Head office, outcome: granted}
  - {user: alice, app: Sales Hub, from: Head offce, outcome: granted}
  - {user: alice, app: Sales Hub, by: Nobody at all}`))

  expect(problems.map((problem) => problem.slice(0, 2))).toEqual(['2:', '2:', '3:', '4:'])
})

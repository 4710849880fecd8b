import { expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { addPolicies, ask, block, logOf, mfa, policies, policy, resultsIn } from './telling.ts'

const server = useMock()
const reportOnly = 'enabledForReportingButNotEnforced'
const salesApiScope = { scope: 'openid offline_access api://sales-api/Orders.Read' }

test('the shipped report-only policy changes nothing for Sales API, and the log says what it would have done', async () => {
  const story = await newStory(server.mock)
  const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await ask(story, alice, apps.salesSpa, salesApiScope)
  await alice.signIn('alice@contoso.example')

  expect(alice.page.answer).toHaveProperty('code')
  const [row] = await logOf(story)
  expect(row?.status.errorCode).toBe(0)
  expect(resultsIn(row)).toMatchObject({ [policies.compliantDevice]: 'reportOnlyFailure' })
  expect(row?.conditionalAccessStatus, 'what is not enforced does not count').toBe('notApplied')
})

/** What a policy that is not enforced leaves in the log of Alice's sign-in at the office. */
const cases: Record<string, { policy: Record<string, unknown>; signals?: string; result: string }> = {
  'a block': { policy: { grantControls: block }, result: 'reportOnlyFailure' },
  'MFA, which she could do': { policy: { grantControls: mfa }, result: 'reportOnlyInterrupted' },
  'a device that is not compliant': { policy: { grantControls: { operator: 'OR', builtInControls: ['compliantDevice'] } }, result: 'reportOnlyFailure' },
  'somewhere else': { policy: { conditions: { locations: { includeLocations: ['Branch'] } }, grantControls: block }, result: 'reportOnlyNotApplied' },
  'a session control': { policy: { sessionControls: { persistentBrowser: { isEnabled: true, mode: 'never' } } }, result: 'reportOnlySuccess' },
}

test.for(Object.entries(cases))('reported only: %s', async ([name, { policy: written, result }]) => {
  const story = await newStory(server.mock)
  await addPolicies(story, { ...policy(name, written), state: reportOnly })
  const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await ask(story, alice, apps.salesSpa)
  await alice.signIn('alice@contoso.example')

  expect(alice.page.answer, 'she notices nothing').toHaveProperty('code')
  expect(resultsIn((await logOf(story)).at(-1))).toMatchObject({ [name]: result })
})

test('a policy that is off is in the log as that', async () => {
  const story = await newStory(server.mock)
  await addPolicies(story, { ...policy('Off', { grantControls: block }), state: 'disabled' })
  const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await ask(story, alice, apps.salesSpa)
  await alice.signIn('alice@contoso.example')

  expect(alice.page.answer).toHaveProperty('code')
  expect(resultsIn((await logOf(story)).at(-1))).toMatchObject({ Off: 'notEnabled' })
})

test('switched on, the very same policy refuses', async () => {
  const story = await newStory(server.mock)
  await addPolicies(story, policy('Now for real', { grantControls: { operator: 'OR', builtInControls: ['compliantDevice'] } }))
  const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await ask(story, alice, apps.salesSpa)
  await alice.signIn('alice@contoso.example')

  expect(alice.page.text).toMatch(/53000|53001/)
  expect(alice.page.text).toContain('Now for real')
})

test('a compliant device is let in by it', async () => {
  const story = await newStory(server.mock)
  await addPolicies(story, policy('Now for real', { grantControls: { operator: 'OR', builtInControls: ['compliantDevice'] } }))
  const alice = visitor(server.mock, { signals: JSON.stringify({ ipAddress: places.office, device: { isCompliant: true, trustType: 'AzureAD' } }) })
  await ask(story, alice, apps.salesSpa)
  await alice.signIn('alice@contoso.example')

  expect(alice.page.answer, alice.page.text).toHaveProperty('code')
})

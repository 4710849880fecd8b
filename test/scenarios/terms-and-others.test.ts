import { expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import { authorizeRequest, visitor } from '../support/visitor.ts'

const server = useMock()
const all = { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] }, clientAppTypes: ['all'] }
const policy = (displayName: string, rest: Record<string, unknown>) => ({ displayName, state: 'enabled', conditions: all, ...rest })

test('Alice accepts the terms of use once and is not asked again', async () => {
  const story = await newStory(server.mock, {
    agreements: [{ displayName: 'House rules' }],
    conditionalAccessPolicies: [policy('Terms first', { grantControls: { operator: 'OR', termsOfUse: ['House rules'] } })],
  })
  const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await alice.open(authorizeRequest(story.issuer, apps.salesHub).url)
  await alice.signIn('alice@contoso.example')
  expect(alice.page.step).toBe('terms-of-use')

  await alice.submit({ accept: 'yes' })
  await alice.signIn('alice@contoso.example')
  expect(alice.page.answer).toHaveProperty('code')

  const elsewhere = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await elsewhere.open(authorizeRequest(story.issuer, apps.salesHub).url)
  await elsewhere.signIn('alice@contoso.example')
  expect(elsewhere.page.answer).toHaveProperty('code')
})

test('a custom control sends Alice to its provider before she gets in', async () => {
  const story = await newStory(server.mock, {
    conditionalAccessPolicies: [policy('Ask the provider', { grantControls: { operator: 'OR', customAuthenticationFactors: ['ExampleFactor'] } })],
  })
  const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await alice.open(authorizeRequest(story.issuer, apps.salesHub).url)
  await alice.signIn('alice@contoso.example')
  expect(alice.page.step).toBe('external-challenge')
  expect(alice.page.text).toContain('ExampleFactor')

  await alice.submit({})
  await alice.signIn('alice@contoso.example')
  expect(alice.page.answer).toHaveProperty('code')
})

test('a risky user changes the password and goes on', async () => {
  const story = await newStory(server.mock, {
    conditionalAccessPolicies: [{
      displayName: 'Risky users change their password',
      state: 'enabled',
      conditions: { ...all, userRiskLevels: ['high'] },
      grantControls: { operator: 'AND', builtInControls: ['mfa', 'passwordChange'] },
    }],
  })
  const alice = visitor(server.mock, { signals: `ipAddress=${places.office}; userRiskLevel=high` })
  await alice.open(authorizeRequest(story.issuer, apps.salesHub).url)
  await alice.signIn('alice@contoso.example', { code: await story.code('alice') })
  expect(alice.page.step).toBe('change-password')

  await alice.submit({ password: 'Portcullis1!', newPassword: 'Drawbridge2?' })
  await alice.signIn('alice@contoso.example', { password: 'Drawbridge2?', code: await story.code('alice') })
  expect(alice.page.answer).toHaveProperty('code')
})

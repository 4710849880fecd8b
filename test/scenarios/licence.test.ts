import { describe, expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { addPolicies, ask, logOf, mfa, patchTenant, policies, policy, refresh, resultsIn, tokensOf } from './telling.ts'

const server = useMock()

async function aliceInTheCafe(story: Story) {
  const alice = visitor(server.mock, { signals: `ipAddress=${places.cafe}` })
  await ask(story, alice, apps.salesHub)
  await alice.signIn('alice@contoso.example')

  return alice
}

describe('a tenant that never had a licence', () => {
  test('has no Conditional Access: Alice is let in from the café', async () => {
    const story = await newStory(server.mock, { licence: 'none' })
    const alice = await aliceInTheCafe(story)

    expect(alice.page.answer).toHaveProperty('code')
    const [row] = await logOf(story)
    expect(row).toMatchObject({ conditionalAccessStatus: 'notApplied', authenticationRequirement: 'singleFactorAuthentication' })
    expect(new Set(Object.values(resultsIn(row))), 'they are there, and none was asked').toEqual(new Set(['notEnabled']))
  })

  test('still shows its policies, dormant', async () => {
    const story = await newStory(server.mock, { licence: 'none' })
    const { body } = await story.control('GET', '/snapshot')

    expect((body.conditionalAccessPolicies as { displayName: string }[]).map(({ displayName }) => displayName)).toEqual(Object.values(policies))
  })

  test('has them again on the day it buys one', async () => {
    const story = await newStory(server.mock, { licence: 'none' })
    const tokens = await tokensOf(story, visitor(server.mock, { signals: `ipAddress=${places.cafe}` }), 'alice@contoso.example', apps.salesHub)
    await patchTenant(story, { licence: 'P1' })

    expect((await refresh(story, apps.salesHub, tokens, places.cafe)).body).toMatchObject({ error: 'invalid_grant', error_codes: [53003] })
    expect((await aliceInTheCafe(story)).page.text).toContain('53003')
  })

  test('may have security defaults instead, which ask an administrator for a code', async () => {
    const story = await newStory(server.mock, { licence: 'none', securityDefaults: true })
    const carol = visitor(server.mock, { signals: `ipAddress=${places.office}` })
    await ask(story, carol, apps.salesSpa)
    await carol.signIn('carol@contoso.example')

    expect(carol.page.step).toBe('one-time-code')
  })
})

describe('a tenant whose licence lapsed', () => {
  test('goes on enforcing what was there', async () => {
    const story = await newStory(server.mock, { licence: 'lapsed' })
    const alice = await aliceInTheCafe(story)

    expect(alice.page.text).toContain('53003')
    expect(resultsIn((await logOf(story))[0])).toMatchObject({ [policies.salesHubOnlyFromTrusted]: 'failure' })
  })
})

describe('risk', () => {
  const risky = policy('MFA at risk', { conditions: { signInRiskLevels: ['high'] }, grantControls: mfa })

  test.for([['P2', 'one-time-code'], ['P1', null]] as const)('under %s, a condition on it leads to %s', async ([licence, step]) => {
    const story = await newStory(server.mock)
    await addPolicies(story, risky)
    await patchTenant(story, { licence })
    const alice = visitor(server.mock, { signals: `ipAddress=${places.office}; signInRiskLevel=high` })
    await ask(story, alice, apps.salesSpa)
    await alice.signIn('alice@contoso.example')

    expect(alice.page.step).toBe(step)
  })
})

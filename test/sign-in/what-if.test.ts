import { describe, expect, test } from 'vitest'
import { createDirectory, loadTenantFile } from '../../src/directory/index.ts'
import { readWhatIf } from '../../src/policy/index.ts'
import { policySetOf } from '../../src/sign-in/policy-set.ts'
import { answerToWhatIf } from '../../src/sign-in/what-if.ts'

const home = '11111111-1111-4111-8111-111111111111'
const policy = (displayName: string, users: object) => ({
  displayName, state: 'enabled', conditions: { users, applications: { includeApplications: ['All'] } }, grantControls: { operator: 'OR', builtInControls: ['mfa'] },
})
const guests = (more: object = {}) => ({ includeGuestsOrExternalUsers: { guestOrExternalUserTypes: 'b2bCollaborationGuest', ...more } })

async function tenant() {
  const { tenants: [data] } = await loadTenantFile(JSON.stringify({ tenants: [{
    domains: [{ id: 'fabrikam.example' }],
    users: [{ userPrincipalName: 'erin@fabrikam.example' }],
    applications: [{ displayName: 'Job', appId: '22222222-2222-4222-8222-222222222222' }],
    conditionalAccessPolicies: [
      policy('Everybody', { includeUsers: ['All'] }),
      policy('Guests', guests()),
      policy('Guests of Contoso', guests({ externalTenants: { '@odata.type': '#microsoft.graph.conditionalAccessEnumeratedExternalTenants', 'membershipKind': 'enumerated', 'members': [home] } })),
    ],
  }] }), 'tenant.json')
  const directory = createDirectory(data!)

  return { directory, policySet: policySetOf(directory) }
}

async function applying(identity: object, more: object = {}): Promise<readonly unknown[] | null> {
  const answer = answerToWhatIf(await tenant(), readWhatIf({ signInIdentity: identity, signInContext: { includeApplications: ['All'] }, signInConditions: {}, ...more }))

  return answer && answer.map(({ displayName, policyApplies }) => `${String(displayName)}: ${policyApplies}`)
}

describe('asked about', () => {
  const user = { userId: 'erin@fabrikam.example' }
  const asked: Record<string, [identity: object, policies: string[]]> = {
    'a member, the policies about guests do not apply': [user, ['Everybody: true', 'Guests: false', 'Guests of Contoso: false']],
    'the same person as a guest, they do': [{ ...user, externalUserType: 'b2bCollaborationGuest' }, ['Everybody: true', 'Guests: true', 'Guests of Contoso: false']],
    'a guest of a tenant, those about guests of it do': [{ ...user, externalUserType: 'b2bCollaborationGuest', externalTenantId: home }, ['Everybody: true', 'Guests: true', 'Guests of Contoso: true']],
    'an application for itself, none about users does': [{ servicePrincipalId: '22222222-2222-4222-8222-222222222222' }, ['Everybody: false', 'Guests: false', 'Guests of Contoso: false']],
  }
  test.each(Object.entries(asked))('%s', async (_, [identity, policies]) => expect(await applying(identity)).toEqual(policies))

  test('nobody, there is no answer', async () => {
    expect([await applying({ userId: 'nobody' }), await applying({ servicePrincipalId: 'nobody' })]).toEqual([null, null])
  })

  test('those that apply alone, the others are left out', async () => {
    expect(await applying(user, { appliedPoliciesOnly: true })).toEqual(['Everybody: true'])
  })
})

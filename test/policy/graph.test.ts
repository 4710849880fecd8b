import { describe, expect, it } from 'vitest'
import { mapReferences, toGraph, validatePolicy, type ReferenceKind } from '../../src/policy/index.ts'
import { frequency, policy } from './contoso.ts'

describe('Graph shows a policy', () => {
  it('with its members in the order of the service', () => {
    expect(toGraph({ ...policy({ grant: ['mfa'] }), createdDateTime: '2022-03-31T22:59:59.6688974Z' })).toEqual({
      id: 'P', templateId: null, displayName: 'P', createdDateTime: '2022-03-31T22:59:59.6688974Z', modifiedDateTime: null, state: 'enabled', deletedDateTime: null, partialEnablementStrategy: null,
      sessionControls: null,
      conditions: {
        userRiskLevels: [], signInRiskLevels: [], clientAppTypes: ['all'], servicePrincipalRiskLevels: [], insiderRiskLevels: null, platforms: null, locations: null, times: null, deviceStates: null,
        devices: null, clientApplications: null, authenticationFlows: null,
        applications: { includeApplications: ['All'], excludeApplications: [], includeUserActions: [], includeAuthenticationContextClassReferences: [], applicationFilter: null },
        users: { includeUsers: ['All'], excludeUsers: [], includeGroups: [], excludeGroups: [], includeRoles: [], excludeRoles: [], includeGuestsOrExternalUsers: null, excludeGuestsOrExternalUsers: null },
      },
      grantControls: { operator: 'OR', builtInControls: ['mfa'], customAuthenticationFactors: [], termsOfUse: [], authenticationStrength: null },
    })
  })

  it('with sets of words joined, and a strength written out', () => {
    const shown = toGraph(policy({
      users: { includeGuestsOrExternalUsers: { guestOrExternalUserTypes: ['internalGuest', 'b2bCollaborationGuest'], externalTenants: { membershipKind: 'enumerated', members: ['t'] } } },
      insiderRiskLevels: ['minor', 'elevated'],
      authenticationFlows: { transferMethods: ['deviceCodeFlow', 'authenticationTransfer'] },
      grant: { authenticationStrength: { id: '00000000-0000-0000-0000-000000000004' } },
    }))

    expect(shown).toMatchObject({
      conditions: {
        insiderRiskLevels: 'minor,elevated',
        authenticationFlows: { transferMethods: 'deviceCodeFlow,authenticationTransfer' },
        users: { includeGuestsOrExternalUsers: { guestOrExternalUserTypes: 'internalGuest,b2bCollaborationGuest', externalTenants: { '@odata.type': '#microsoft.graph.conditionalAccessEnumeratedExternalTenants', membershipKind: 'enumerated', members: ['t'] } } },
      },
      grantControls: { authenticationStrength: { id: '00000000-0000-0000-0000-000000000004', displayName: 'Phishing resistant MFA', policyType: 'builtIn', requirementsSatisfied: 'mfa', allowedCombinations: ['windowsHelloForBusiness', 'fido2', 'x509CertificateMultiFactor'] } },
    })
  })

  it('so that what it shows can be written again', () => {
    const written = policy({
      users: { includeUsers: ['All'], excludeGuestsOrExternalUsers: { guestOrExternalUserTypes: ['serviceProvider'], externalTenants: { membershipKind: 'all' } } },
      locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] }, insiderRiskLevels: ['minor'], grant: { operator: 'AND', builtInControls: ['compliantDevice'], authenticationStrength: { id: '00000000-0000-0000-0000-000000000002' } },
      devices: { deviceFilter: { mode: 'exclude', rule: 'device.isCompliant -eq True' } }, session: { signInFrequency: frequency(8), continuousAccessEvaluation: { mode: 'strictLocation' } },
    })

    expect(validatePolicy(toGraph(written))).toEqual(written)
  })
})

describe('names in a policy', () => {
  const named = {
    Conditions: {
      users: { includeUsers: ['All', 'alice@contoso.example'], excludeGroups: ['Break glass'], IncludeRoles: ['Global Administrator'], excludeUsers: ['guestsOrExternalUsers'] },
      applications: { includeApplications: ['Sales Hub', 'Office365', 'none'], includeUserActions: ['urn:user:registerdevice'] },
      locations: { includeLocations: ['all', 'Head office'], excludeLocations: ['AllTrusted', '00000000-0000-0000-0000-000000000000'] },
      clientApplications: { includeServicePrincipals: ['ServicePrincipalsInMyTenant', 'Nightly Job'] },
    },
    grantControls: { termsOfUse: ['House rules'], authenticationStrength: { displayName: 'Phishing resistant MFA' }, builtInControls: ['mfa'] },
  }

  it('are told with what they name and where, keywords never', () => {
    const asked: [ReferenceKind, string, string][] = []
    mapReferences(named, (kind, name, path) => void asked.push([kind, name, path]))

    expect(asked).toEqual([
      ['user', 'alice@contoso.example', 'Conditions.users.includeUsers[1]'],
      ['group', 'Break glass', 'Conditions.users.excludeGroups[0]'],
      ['role', 'Global Administrator', 'Conditions.users.IncludeRoles[0]'],
      ['application', 'Sales Hub', 'Conditions.applications.includeApplications[0]'],
      ['namedLocation', 'Head office', 'Conditions.locations.includeLocations[1]'],
      ['servicePrincipal', 'Nightly Job', 'Conditions.clientApplications.includeServicePrincipals[1]'],
      ['termsOfUse', 'House rules', 'grantControls.termsOfUse[0]'],
      ['authenticationStrength', 'Phishing resistant MFA', 'grantControls.authenticationStrength'],
    ])
  })

  it('become ids, and nothing else changes', () => {
    const mapped = mapReferences(named, (kind, name) => `${kind}:${name}`) as typeof named

    expect(mapped.Conditions.users).toEqual({ includeUsers: ['All', 'user:alice@contoso.example'], excludeGroups: ['group:Break glass'], IncludeRoles: ['role:Global Administrator'], excludeUsers: ['guestsOrExternalUsers'] })
    expect(mapped.Conditions.applications).toEqual({ includeApplications: ['application:Sales Hub', 'Office365', 'none'], includeUserActions: ['urn:user:registerdevice'] })
    expect(mapped.grantControls).toEqual({ termsOfUse: ['termsOfUse:House rules'], authenticationStrength: { displayName: 'Phishing resistant MFA', id: 'authenticationStrength:Phishing resistant MFA' }, builtInControls: ['mfa'] })
    expect(named.grantControls.authenticationStrength).not.toHaveProperty('id')
  })

  it('stay as they are written where nobody knows them', () => {
    expect(mapReferences({ conditions: { users: { includeGroups: ['ops'] } } }, () => undefined)).toEqual({ conditions: { users: { includeGroups: ['ops'] } } })
  })

  it('may be a strength alone', () => {
    expect(mapReferences({ grantControls: { authenticationStrength: 'Own' } }, () => 'own-id')).toEqual({ grantControls: { authenticationStrength: { id: 'own-id' } } })
  })

  it.for([null, 7, 'x', [], { conditions: [], grantControls: null }])('%j is left to validation', (input) => expect(mapReferences(input, () => 'id')).toEqual(input))
})

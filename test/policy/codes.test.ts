import { describe, expect, it } from 'vitest'
import { aadstsOf, type Blocked, type Challenge, type Event } from '../../src/policy/index.ts'

const page: Event = { isInteractive: true, event: 'authorize' }
const silent: Event = { isInteractive: false, event: 'authorize' }
const refresh: Event = { isInteractive: false, event: 'refreshToken' }

const challenges: Record<string, [Partial<Challenge> & Pick<Challenge, 'kind'>, Event, number]> = {
  'MFA, on a page': [{ kind: 'mfa' }, page, 50_074],
  'MFA, where no page can be shown': [{ kind: 'mfa' }, silent, 50_076],
  'MFA at a refresh': [{ kind: 'mfa' }, refresh, 50_076],
  'MFA again, by a frequency': [{ kind: 'mfa', authenticationType: 'secondaryAuthentication' }, page, 50_078],
  'registration, on a page': [{ kind: 'register' }, page, 50_072],
  'registration, silently': [{ kind: 'register' }, { isInteractive: false, event: 'password' }, 50_079],
  'registration that can be skipped': [{ kind: 'registerSkippable' }, page, 50_072],
  'MFA at home': [{ kind: 'federatedMfa' }, page, 50_079],
  'signing in again, at a refresh': [{ kind: 'reauthenticate' }, refresh, 70_043],
  'signing in again, silently': [{ kind: 'reauthenticate' }, silent, 70_044],
  'a password change': [{ kind: 'passwordChange' }, page, 50_135],
  'terms of use': [{ kind: 'termsOfUse' }, page, 50_158],
  'a custom control': [{ kind: 'custom' }, refresh, 50_158],
}

const refusals: Record<Blocked['by'], number> = {
  block: 53_003, compliantDevice: 53_000, domainJoinedDevice: 53_001, approvedApplication: 53_002, compliantApplication: 53_009, authenticationStrength: 53_003,
  legacyAuthentication: 53_003, proofUpRisk: 53_004, registerSecurityInfo: 53_010, securityDefaults: 530_035, perUserMfa: 50_076, other: 53_003,
}

describe('the AADSTS number', () => {
  it.for(Object.entries(challenges))('of %s', ([, [challenge, event, code]]) => {
    expect(aadstsOf({ outcome: 'interrupted', challenges: [{ policyIds: [], allowedMethods: null, ...challenge }], blocked: null }, event)).toBe(code)
  })

  it.for(Object.entries(refusals))('of a refusal by %s is %i', ([by, code]) => {
    expect(aadstsOf({ outcome: 'blocked', challenges: [], blocked: { by: by as Blocked['by'], policyIds: [] } }, page)).toBe(code)
  })

  it('of a block while proving up is its own', () => {
    expect(aadstsOf({ outcome: 'blocked', challenges: [], blocked: { by: 'block', policyIds: [] } }, { isInteractive: true, event: 'registerSecurityInfo' })).toBe(53_010)
  })

  it('of a grant is none', () => {
    expect(aadstsOf({ outcome: 'granted', challenges: [], blocked: null }, page)).toBeNull()
  })
})

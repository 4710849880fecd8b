import { generateSync } from 'otplib'
import { expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { ask, logOf, policy, resultsIn, standing } from './telling.ts'

const server = useMock()
const strengthOf = (id: string, more: Record<string, unknown> = {}) =>
  newStory(server.mock, { conditionalAccessPolicies: [policy('Strong', { grantControls: { operator: 'OR', authenticationStrength: { id } } })], ...more })

async function signIn(story: Awaited<ReturnType<typeof newStory>>) {
  const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await ask(story, alice, apps.salesHub)
  await alice.signIn('alice@contoso.example')

  return alice
}

test('a strength that a one-time code completes asks for it', async () => {
  const story = await strengthOf('Multifactor authentication')
  const alice = await signIn(story)
  expect(alice.page.step).toBe('one-time-code')

  await alice.signIn('alice@contoso.example', { code: await story.code('alice') })
  expect(standing(alice.page)).toBe('granted')
})

test('a strength that no page here can complete is refused, with the number, and not asked for in circles', async () => {
  const story = await strengthOf('Phishing resistant MFA')
  const alice = await signIn(story)

  expect(alice.page.step).toBeNull()
  expect(alice.page.status).toBe(400)
  expect(standing(alice.page)).toMatch(/^\d+$/)
  expect((await logOf(story)).at(-1)).toMatchObject({ conditionalAccessStatus: 'failure', status: { errorCode: Number(standing(alice.page)) } })
})

/** What a tenant calls strong: by its own combinations, several strengths at once, and what is shown or still to be registered. */
const own = {
  'One-time codes': ['password,softwareOath'],
  'Security keys': ['fido2'],
  'Keys or text messages': ['fido2', 'password,sms'],
  'Passwords': ['password'],
}
type Tale = { readonly strengths: readonly (keyof typeof own)[]; readonly user?: string; readonly methods?: readonly string[]; readonly comes: string | number | null }
const tales: Record<string, Tale> = {
  'what is registered completes it': { strengths: ['One-time codes'], comes: 'one-time-code' },
  'nothing is registered, and it can be': { strengths: ['One-time codes'], user: 'bob', comes: 'register' },
  'one factor is enough for it': { strengths: ['Passwords'], comes: 'granted' },
  'a security key was used': { strengths: ['Security keys'], methods: ['fido2'], comes: null },
  'a one-time code was used where a key is wanted': { strengths: ['Security keys'], methods: ['password', 'softwareOath'], comes: 50072 },
  'another second factor was used': { strengths: ['Keys or text messages'], methods: ['password', 'voice'], comes: 50072 },
  'the other combination was used': { strengths: ['Keys or text messages'], methods: ['password', 'sms'], comes: null },
  'two are wanted, each met by something else': { strengths: ['Security keys', 'One-time codes'], methods: ['password', 'softwareOath', 'fido2'], comes: null },
  'two are wanted, and one is met': { strengths: ['Security keys', 'One-time codes'], methods: ['fido2'], comes: 50074 },
}
test.for(Object.entries(tales))('a strength of one\'s own: %s', async ([, { strengths, user = 'alice', methods, comes }]) => {
  const story = await newStory(server.mock, {
    settings: { kmsiPromptEnabled: false },
    authenticationStrengths: Object.entries(own).map(([displayName, allowedCombinations]) => ({ displayName, allowedCombinations })),
    conditionalAccessPolicies: strengths.map((id) => policy(id, { grantControls: { operator: 'OR', authenticationStrength: { id } } })),
  })
  if (methods) {
    const { body } = await story.control('POST', '/sign-ins', { user, client: apps.salesHub, signals: { ipAddress: places.office }, methods })
    expect((body.error as { code: number } | undefined)?.code ?? null).toBe(comes)
    return
  }
  const browser = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await ask(story, browser, apps.salesHub)
  await browser.signIn(`${user}@contoso.example`)

  expect(standing(browser.page), browser.page.text).toBe(comes)
})

test('a strength that nothing registered completes is registered for, and the code that is shown then completes it', async () => {
  const story = await newStory(server.mock, {
    settings: { kmsiPromptEnabled: false },
    authenticationStrengths: [{ displayName: 'One-time codes', allowedCombinations: ['password,softwareOath'] }],
    conditionalAccessPolicies: [policy('Strong', { grantControls: { operator: 'OR', authenticationStrength: { id: 'One-time codes' } } })],
  })
  const bob = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await ask(story, bob, apps.salesHub)
  await bob.signIn('bob@contoso.example')
  expect(bob.page.step).toBe('register')
  await bob.submit({ code: generateSync({ secret: bob.page.root.querySelector('main a[href^="otpauth:"]')?.getAttribute('href')?.match(/secret=(\w+)/)?.[1] ?? '' }) })

  expect(standing(bob.page), bob.page.text).toBe('granted')
  expect(resultsIn((await logOf(story)).at(-1))).toMatchObject({ Strong: 'success' })
})

/** Keys of one model, certificates of one issuer: by what is registered. */
const particular: Record<string, { readonly has: readonly Record<string, unknown>[]; readonly used: readonly string[]; readonly comes: number | null }> = {
  'a key of the model': { has: [{ type: 'fido2', aaGuid: 'CB69481E-8FF7-4039-93EC-0A2729A154A8' }], used: ['fido2'], comes: null },
  'a key of another model, and the right one can be registered': { has: [{ type: 'fido2', aaGuid: 'ee882879-721c-4913-9775-3dfcce97072a' }], used: ['fido2'], comes: 50072 },
  'a key of which nothing is known': { has: [{ type: 'fido2' }], used: ['fido2'], comes: 50072 },
  'a certificate of the issuer and the policy': { has: [{ type: 'x509CertificateMultiFactor', issuerSki: '9A4248C6AC8C2931AB2A86537818E92E7B6C97B6', policyOIDs: ['1.2.3'] }], used: ['x509CertificateMultiFactor'], comes: null },
  'a certificate of the issuer by another policy': { has: [{ type: 'x509CertificateMultiFactor', issuerSki: '9A4248C6AC8C2931AB2A86537818E92E7B6C97B6', policyOIDs: ['1.2.4'] }], used: ['x509CertificateMultiFactor'], comes: 50072 },
}
test.for(Object.entries(particular))('a strength that names models and issuers: %s', async ([, { has, used, comes }]) => {
  const story = await newStory(server.mock, {
    authenticationStrengths: [{
      displayName: 'Ours', allowedCombinations: ['fido2', 'x509CertificateMultiFactor'],
      combinationConfigurations: [
        { '@odata.type': '#microsoft.graph.fido2CombinationConfiguration', 'appliesToCombinations': ['fido2'], 'allowedAAGUIDs': ['cb69481e-8ff7-4039-93ec-0a2729a154a8'] },
        { '@odata.type': '#microsoft.graph.x509CertificateCombinationConfiguration', 'appliesToCombinations': ['x509CertificateMultiFactor'], 'allowedIssuerSkis': ['9a4248c6ac8c2931ab2a86537818e92e7b6c97b6'], 'allowedPolicyOIDs': ['1.2.3'] },
      ],
    }],
    conditionalAccessPolicies: [policy('Strong', { grantControls: { operator: 'OR', authenticationStrength: { id: 'Ours' } } })],
  })
  const changed = await story.control('PATCH', '/users/alice', { authenticationMethods: has })
  expect(changed.status, JSON.stringify(changed.body)).toBe(200)
  const { body } = await story.control('POST', '/sign-ins', { user: 'alice', client: apps.salesHub, signals: { ipAddress: places.office }, methods: used })

  expect((body.error as { code: number } | undefined)?.code ?? null).toBe(comes)
})

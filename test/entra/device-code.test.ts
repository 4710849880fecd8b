import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { apps, newStory, people, places, useMock } from '../support/mock.ts'
import type { Story, TokenBody } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import type { Visitor } from '../support/visitor.ts'

const server = useMock()
const grant = 'urn:ietf:params:oauth:grant-type:device_code'

type DeviceAnswer = { readonly user_code: string; readonly device_code: string; readonly verification_uri: string; readonly message: string }

async function askForCode(story: Pick<Story, 'issuer'>, form: Record<string, string> = {}, path = '/oauth2/v2.0/devicecode'): Promise<{ status: number; body: DeviceAnswer & TokenBody }> {
  const response = await fetch(`${story.issuer.replace('/v2.0', '')}${path}`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: apps.salesMobile, scope: 'openid profile offline_access api://sales-api/Orders.Read', ...form }),
  })

  return { status: response.status, body: (await response.json()) as DeviceAnswer & TokenBody }
}

function poll(story: Story, { device_code: deviceCode }: DeviceAnswer, more: Record<string, string> = {}) {
  return story.token({ grant_type: 'device_code', client_id: apps.salesMobile, device_code: deviceCode, client_info: '1', ...more })
}

/** Somebody at a browser who types the code and signs in, up to the question whether the device is theirs. */
async function approach(device: DeviceAnswer, user: string, from = places.office, person: Visitor = visitor(server.mock, { signals: `ipAddress=${from}` })): Promise<Visitor> {
  await person.open(device.verification_uri)
  await person.submit({ user_code: device.user_code })
  await person.signIn(user)

  return person
}

const blockDeviceCode = {
  displayName: 'No device code',
  state: 'enabled',
  conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] }, clientAppTypes: ['all'], authenticationFlows: { transferMethods: 'deviceCodeFlow' } },
  grantControls: { operator: 'OR', builtInControls: ['block'] },
}

describe('a device code', () => {
  test('is given with everything that clients cannot do without', async () => {
    const story = await newStory(server.mock)
    const { status, body } = await askForCode(story)

    expect(status).toBe(200)
    expect(Object.keys(body).toSorted()).toEqual(['device_code', 'expires_in', 'interval', 'message', 'user_code', 'verification_uri'])
    expect(body).toMatchObject({ user_code: expect.stringMatching(/^[A-Z]{9}$/) as string, expires_in: 900, interval: 5, verification_uri: `${server.mock.http}/common/oauth2/deviceauth` })
    expect(body.message).toContain(body.user_code)
  })

  test('is pending until the user has signed in and said that the device is theirs; then it is good once', async () => {
    const story = await newStory(server.mock)
    const { body: device } = await askForCode(story)
    expect(await poll(story, device)).toMatchObject({ status: 400, body: { error: 'authorization_pending', error_codes: [70016] } })

    const alice = await approach(device, 'alice@contoso.example')
    expect(alice.page.text).toContain('Are you trying to sign in to Sales Mobile?')
    expect((await poll(story, device)).body.error).toBe('authorization_pending')
    await alice.submit({})
    expect(alice.page.title).toContain('Your device is signed in')

    const { status, body } = await poll(story, device)
    expect(status).toBe(200)
    expect(decodeJwt(body.access_token ?? '')).toMatchObject({ oid: people.alice, scp: 'Orders.Read', azpacr: '0' })
    expect(decodeJwt(body.id_token ?? '')).toMatchObject({ aud: apps.salesMobile, preferred_username: 'alice@contoso.example' })
    expect(body).toMatchObject({ client_info: expect.any(String) as string, refresh_token: expect.any(String) as string, scope: expect.stringContaining('api://sales-api/Orders.Read') as string })
    expect((await poll(story, device)).body).toMatchObject({ error: 'invalid_grant', error_codes: [54005] })
  })

  test('answers to the name of RFC 8628 too, also where the code comes twice', async () => {
    const story = await newStory(server.mock)
    const { body: device } = await askForCode(story)
    await (await approach(device, 'alice@contoso.example')).submit({})

    expect((await poll(story, device, { grant_type: grant, code: device.device_code })).status).toBe(200)
  })

  test('may be asked for at common, and typed at the short address', async () => {
    const { body: device } = await askForCode({ issuer: `${server.mock.http}/common/v2.0` })
    const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
    await alice.open(`${server.mock.http}/devicelogin`)
    await alice.submit({ user_code: device.user_code.toLowerCase() })
    await alice.signIn('alice@contoso.example')
    await alice.submit({})
    const response = await fetch(`${server.mock.http}/common/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'device_code', client_id: apps.salesMobile, device_code: device.device_code }) })

    expect(response.status).toBe(200)
  })

  test('at the v1 endpoint is for a resource', async () => {
    const story = await newStory(server.mock)
    const { body: device } = await askForCode(story, { scope: '', resource: 'api://sales-api' }, '/oauth2/devicecode')
    await (await approach(device, 'alice@contoso.example')).submit({})

    expect((await poll(story, device)).status).toBe(200)
  })

  test('that nobody knows is said on the page, and so is a used one', async () => {
    const story = await newStory(server.mock)
    const { body: device } = await askForCode(story)
    const alice = visitor(server.mock)
    await alice.open(device.verification_uri)
    await alice.submit({ user_code: 'BCDFGHJKL' })
    expect(alice.page.text).toContain('70018')
    expect(await poll(story, { ...device, device_code: 'nobody' })).toMatchObject({ status: 400, body: { error: 'bad_verification_code' } })
  })

  test('is asked of whoever is signed in already: which account', async () => {
    const story = await newStory(server.mock)
    const first = await askForCode(story)
    const alice = await approach(first.body, 'alice@contoso.example')
    await alice.submit({})
    const second = await askForCode(story)
    await alice.open(second.body.verification_uri)
    await alice.submit({ user_code: second.body.user_code })

    expect(alice.page.step).toBe('pick-account')
  })

  test('dies when the user cancels, and after a quarter of an hour', async () => {
    const story = await newStory(server.mock)
    const cancelled = await askForCode(story)
    const alice = await approach(cancelled.body, 'alice@contoso.example')
    const cancel = alice.page.root.querySelector('main form [formaction]')?.getAttribute('formaction') ?? ''
    alice.page.root.querySelector('main form')?.setAttribute('action', cancel)
    await alice.submit({})
    expect(alice.page.text).toContain('cancelled')
    expect((await poll(story, cancelled.body)).body).toMatchObject({ error: 'authorization_declined', error_codes: [65004] })

    const late = await askForCode(story)
    await story.control('POST', '/clock', { advance: 'PT16M' })
    expect((await poll(story, late.body)).body).toMatchObject({ error: 'expired_token', error_codes: [70019] })
  })

  test('is refused where policy forbids the flow, whatever else would be granted', async () => {
    const story = await newStory(server.mock)
    await story.control('PATCH', '/tenant', { conditionalAccessPolicies: [blockDeviceCode] })
    const { body: device } = await askForCode(story)
    const alice = await approach(device, 'alice@contoso.example')

    expect(alice.page.text).toContain('AADSTS53003')
    expect((await poll(story, device)).body.error).toBe('authorization_pending')
  })

  test('is judged under the signals of the browser that approves it, not of the device', async () => {
    const story = await newStory(server.mock)
    const { body: device } = await askForCode(story)
    const dave = await approach(device, 'dave@contoso.example', places.cafe)
    expect(dave.page.step).toBe('one-time-code')
    await dave.submit({ code: await story.code('dave') })
    await dave.submit({})

    expect((await poll(story, device)).status).toBe(200)
  })

  test('stays what it is: a refresh of a session born that way counts as that flow', async () => {
    const story = await newStory(server.mock)
    const { body: device } = await askForCode(story)
    await (await approach(device, 'alice@contoso.example')).submit({})
    const { body } = await poll(story, device)
    await story.control('PATCH', '/tenant', { conditionalAccessPolicies: [blockDeviceCode] })
    const refreshed = await story.token({ grant_type: 'refresh_token', client_id: apps.salesMobile, refresh_token: body.refresh_token ?? '' }, { 'x-mock-signals': `ipAddress=${places.office}` })

    expect(refreshed.body).toMatchObject({ error: 'invalid_grant', error_codes: [53003] })
  })

  const refusals: Record<string, { form: Record<string, string>; code: number }> = {
    'no scope': { form: { scope: '' }, code: 900144 },
    'an unknown application': { form: { client_id: 'c0ffee00-0000-4000-8000-0000000000ff' }, code: 700016 },
    'an unknown resource': { form: { scope: 'api://nobody/x' }, code: 500011 },
    'an unknown permission': { form: { scope: 'api://sales-api/Nothing' }, code: 70011 },
  }
  test.each(Object.entries(refusals))('is not given for %s', async (_fact, { form, code }) => {
    const story = await newStory(server.mock)

    expect(await askForCode(story, form)).toMatchObject({ status: 400, body: { error_codes: [code] } })
  })
})

import { describe, expect, test } from 'vitest'
import { newStory, people, places, useMock } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'

const server = useMock()

/** The sample app of a tenant of one's own, and somebody in front of it. */
async function appFrom(place: string) {
  const story = await newStory(server.mock)
  const home = `/app/${story.tenantId}`
  const person = visitor(server.mock, { signals: `ipAddress=${place}` })

  return { story, home, person }
}

describe('Alice in the sample app', () => {
  test('signs in at the office with her password alone, and sees until when', async () => {
    const { home, person: alice } = await appFrom(places.office)
    await alice.open(home)
    await alice.open(`${home}/sign-in`)
    await alice.signIn('alice@contoso.example')

    expect(new URL(alice.page.url).pathname).toBe(home)
    expect(alice.page.text).toContain('Hello, Alice Adams')
    expect(alice.page.text).toContain('Head office')
    expect(alice.page.text).toContain(places.office)
  })

  test('hears that the provider cannot be reached where a test drops the connection, and signs in when it is there again', async () => {
    const { story, home, person: alice } = await appFrom(places.office)
    await story.control('POST', '/faults', { on: 'token', drop: true, times: 1 })
    await alice.open(`${home}/sign-in`)
    await alice.signIn('alice@contoso.example')
    expect([alice.page.status, alice.page.title]).toEqual([502, 'Sign-in did not work · Sales Hub'])

    await alice.open(`${home}/sign-in`)
    expect(alice.page.text).toContain('Hello, Alice Adams')
  })

  test('keeps working in the café until the session timeout, and is refused there afterwards', async () => {
    const { story, home, person: alice } = await appFrom(places.office)
    await alice.open(`${home}/sign-in`)
    await alice.signIn('alice@contoso.example')
    alice.signals(`ipAddress=${places.cafe}`)

    await story.control('POST', '/clock', { advance: 'PT7H' })
    await alice.open(home)
    expect(alice.page.text).toContain('Hello, Alice Adams')
    expect(alice.page.text).toContain(`${places.office} at sign-in, ${places.cafe} now`)

    await story.control('POST', '/clock', { advance: 'PT1H' })
    await alice.open(home)
    expect(alice.page.text).toContain('Your session has expired')

    await alice.open(`${home}/sign-in`)
    expect(alice.page.text).toContain('53003')
    expect(alice.page.text).toContain('Sales Hub only from trusted locations')
  })

  test('who asks for a new session in the café loses the one she has, and reads which policy it was', async () => {
    const { home, person: alice } = await appFrom(places.office)
    await alice.open(`${home}/sign-in`)
    await alice.signIn('alice@contoso.example')
    alice.signals(`ipAddress=${places.cafe}`)
    await alice.open(`${home}/refresh`)

    expect(alice.page.status).toBe(403)
    expect(alice.page.text).toContain('AADSTS53003')
    expect(alice.page.text).toContain('Sales Hub only from trusted locations')
    await alice.open(home)
    expect(alice.page.text).not.toContain('Alice Adams')
  })

  test('is found out within the hour where the hourly check is on', async () => {
    const { story, home, person: alice } = await appFrom(places.office)
    await story.control('PATCH', '/tenant', { settings: { hourlyPolicyCheck: true } })
    await alice.open(`${home}/sign-in`)
    await alice.signIn('alice@contoso.example')

    await story.control('POST', '/clock', { advance: 'PT61M' })
    await alice.open(home)
    expect(alice.page.text).toContain('Hello, Alice Adams')

    alice.signals(`ipAddress=${places.cafe}`)
    await story.control('POST', '/clock', { advance: 'PT61M' })
    await alice.open(home)
    expect(alice.page.text).toContain('AADSTS53003')
  })

  test('is out at once when she is disabled and the app asks', async () => {
    const { story, home, person: alice } = await appFrom(places.office)
    await alice.open(`${home}/sign-in`)
    await alice.signIn('alice@contoso.example')
    await story.control('PATCH', `/users/${people.alice}`, { accountEnabled: false })
    await alice.open(`${home}/refresh`)

    expect(alice.page.status).toBe(403)
    expect(alice.page.text).toContain('AADSTS')
  })

  test('signs out of the app and of the provider', async () => {
    const { home, person: alice } = await appFrom(places.office)
    await alice.open(`${home}/sign-in`)
    await alice.signIn('alice@contoso.example')
    const out = alice.page.root.querySelectorAll('a').find((link) => link.getAttribute('href')?.includes('/sign-out'))
    await alice.open(out?.getAttribute('href') ?? '')
    expect(new URL(alice.page.url).pathname, 'the app says who it is about: nobody is asked').toBe(home)
    expect(alice.page.text).not.toContain('Alice Adams')

    await alice.open(`${home}/sign-in`)
    expect(alice.page.step).not.toBeNull()
  })

  test('is trusted by the app however far the clock was moved', async () => {
    const { story, home, person: alice } = await appFrom(places.office)
    await story.control('POST', '/clock', { advance: 'P400D' })
    await alice.open(`${home}/sign-in`)
    await alice.signIn('alice@contoso.example')

    expect(alice.page.text).toContain('Hello, Alice Adams')
  })

  test('has the same session timeout where tokens carry real time', async () => {
    const { story, home, person: alice } = await appFrom(places.office)
    await story.control('POST', '/clock', { advance: 'P400D' })
    await story.control('POST', '/clock', { tokens: 'wire' })
    await alice.open(`${home}/sign-in`)
    await alice.signIn('alice@contoso.example')
    expect(alice.page.text).toContain('Hello, Alice Adams')

    await story.control('POST', '/clock', { advance: 'PT7H59M' })
    await alice.open(home)
    expect(alice.page.text).toContain('Hello, Alice Adams')
    await story.control('POST', '/clock', { advance: 'PT2M' })
    await alice.open(home)
    expect(alice.page.text).toContain('Your session has expired')
  })
})

test('the first tenant is at /app', async () => {
  const dave = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await dave.open('/app')
  await dave.open('/app/sign-in')
  await dave.signIn('dave@contoso.example')

  expect(new URL(dave.page.url).pathname).toBe('/app')
  expect(dave.page.text).toContain('Hello, Dave Doyle')
})

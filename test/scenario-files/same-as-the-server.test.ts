import { expect, test } from 'vitest'
import { useMock } from '../support/mock.ts'
import { cases, told } from './told.ts'

const server = useMock()

const users = ['alice', 'bob', 'carol', 'dave', 'erin', 'breakglass', 'fiona']
const apps = ['Sales Hub', 'Sales SPA', 'Sales Mobile', 'Admin Shell']
const places = ['198.51.100.7', '203.0.113.9', '233.252.0.10']
const proofs = { password: 'password', 'password and code': '[password, one-time code]' }

for (const [proof, shown] of Object.entries(proofs)) {
  test(`a case with ${proof} ends as the sign-in at the server does: outcome, code and every policy's result`, async () => {
    const rows: string[] = []
    for (const user of users) for (const client of apps) for (const ipAddress of places) {
      const { outcome, error, why } = await server.mock.signIn({ user, client, signals: { ipAddress }, ...(shown === 'password' ? {} : { oneTimeCode: true }) })
      // Consent is a matter of the page, not of the decision.
      if (error?.code === 65001) continue
      const results = (why?.policies ?? []).map(({ displayName, result }) => `${displayName}: ${result}`).join(', ')
      rows.push(`  - {user: ${user}, app: ${client}, from: ${ipAddress}, with: ${shown}, outcome: ${outcome}${error ? `, code: ${error.code}` : ''}, results: {${results}}}`)
    }

    expect(rows.length).toBeGreaterThan(60)
    const { problems, failures } = await told(cases(rows.join('\n')))
    expect(problems).toEqual([])
    expect(failures).toEqual([])
  })
}

import { expect } from 'vitest'
import type { Portcullis } from '../../src/index.ts'
import { graphAt } from '../graph/ask.ts'
import { appId, ipNamed } from '../policy/stage-vector.ts'
import type { Vector, VectorDirectory } from '../policy/stage-vector.ts'
import { newStory } from '../support/mock.ts'
import { tenantOfVector } from './vector-tenant.ts'

type Named = { readonly id: string; readonly displayName: string; readonly appId?: string; readonly servicePrincipalId?: string }

/** A question to What If, asked of Graph: which policies would apply, and why the others would not, by the names of the case. */
export async function askGraph(vector: Vector, directory: VectorDirectory, mock: Portcullis): Promise<Vector['expect']> {
  const story = await newStory(mock, tenantOfVector(vector))
  const { body: known } = (await story.control('GET', '/snapshot')) as unknown as { body: { readonly users: readonly Named[]; readonly applications: readonly Named[] } }
  const [asker] = known.applications
  const { body: ordered } = await story.control('POST', '/tokens', {
    claims: { aud: 'https://graph.microsoft.com', roles: ['Policy.Read.All'], idtyp: 'app', appid: asker?.appId, oid: asker?.servicePrincipalId },
  })
  const graph = graphAt(mock.http!, { authorization: `Bearer ${String(ordered.token)}` })
  const { user, servicePrincipal, app, userAction, authenticationContextValue, ipAddress, authenticationFlow, ...conditions } = vector.whatIf!
  const { status, body } = await graph.post('/identity/conditionalAccess/evaluate', {
    signInIdentity: servicePrincipal === undefined ? { userId: known.users.find(({ displayName }) => displayName === user)?.id } : { servicePrincipalId: known.applications.find(({ displayName }) => displayName === servicePrincipal)?.servicePrincipalId },
    signInContext: authenticationContextValue !== undefined ? { authenticationContextValue } : userAction !== undefined ? { userAction } : { includeApplications: [app ?? []].flat().map((name) => appId(name, directory)) },
    signInConditions: {
      ...conditions,
      ...(ipAddress === undefined ? {} : { ipAddress: ipNamed(ipAddress, directory) }),
      ...(authenticationFlow === undefined ? {} : { authenticationFlow: typeof authenticationFlow === 'string' ? { transferMethod: authenticationFlow } : authenticationFlow }),
    },
  })
  expect(status, JSON.stringify(body)).toBe(200)
  const results = body.value as readonly { readonly displayName: string; readonly policyApplies: boolean; readonly analysisReasons: string }[]

  return {
    policyApplies: Object.fromEntries(results.map(({ displayName, policyApplies }) => [displayName, policyApplies])),
    analysisReasons: Object.fromEntries(results.map(({ displayName, analysisReasons }) => [displayName, analysisReasons])),
  }
}

import { readWhatIf } from '../../policy/index.ts'
import { answerToWhatIf } from '../../sign-in/what-if.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { noSuchObject } from '../protocol/refusal.ts'
import { readConditionalAccess } from './permissions.ts'

/** What If: which policies would apply to a sign-in that did not happen (reference 10.2). */
export const evaluateEndpoints: readonly Endpoint[] = [
  { method: 'POST', path: '/identity/conditionalAccess/evaluate', permissions: readConditionalAccess, answer: evaluate },
]

async function evaluate(asked: Asked): Promise<Answer> {
  const request = readWhatIf(await asked.body())
  const value = answerToWhatIf(asked.tenant, request)
  if (value === null) throw noSuchObject(request.identity.kind === 'user' ? request.identity.userId : request.identity.servicePrincipalId)

  return { body: { '@odata.context': `${asked.root}/$metadata#Collection(microsoft.graph.whatIfAnalysisResult)`, value } }
}

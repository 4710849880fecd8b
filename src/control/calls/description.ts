import * as answers from '../answers.ts'
import type { Call } from '../call.ts'
import { serverCall } from '../call.ts'
import { openApiOf } from '../openapi.ts'

/** The API about itself. */
export const description = (calls: () => readonly Call[]) => serverCall({
  method: 'GET',
  path: '/openapi.json',
  summary: 'This API as OpenAPI 3.1, made from the schemas that check it',
  answers: answers.anything,
  answer: ({ port }) => openApiOf(calls(), port.version),
})

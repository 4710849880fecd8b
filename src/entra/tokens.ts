/** What Entra's tokens say (wire 9): the door to the files that know. */
export { accessTokenClaims, accessTokenVersion } from './access-token.ts'
export type { AccessTokenFacts } from './access-token.ts'
export { idTokenClaimNames, idTokenClaims } from './id-token.ts'
export type { IdTokenFacts } from './id-token.ts'
export type { SessionFacts, TokenFacts } from './token-facts.ts'
export { clientInfo, clientInfoOf, pairwiseSubject } from './token-parts.ts'
export { tokenResponse } from './token-response.ts'
export type { ResponseFacts } from './token-response.ts'

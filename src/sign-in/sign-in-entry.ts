/** A row of the sign-in log: Graph's `signIn` (beta members included), every policy's part in it, and `sequence`. */
export type SignInEntry = NewSignIn & { readonly sequence: number }

/** A row that has no place in the log yet. */
export type NewSignIn = {
  readonly id: string
  readonly createdDateTime: string
  readonly [member: string]: unknown
}

import { met, owed, type GrantControl } from './grant-control.ts'

/** A control of another company's: the user is sent there and comes back with its word. */
export const customAuthenticationFactors: GrantControl = {
  wantedBy: ({ customAuthenticationFactors: factors }) => factors,
  compile: (id) => {
    const challenge = owed({ kind: 'custom', ids: [id] })

    return { words: `the custom control ${id}`, judge: ({ signIn }) => (signIn.session.passedCustomFactors.includes(id) ? met : challenge) }
  },
}

import { externalTypeOf } from '../conditions/users.ts'
import { impossible, met, owed, type GrantControl } from './grant-control.ts'

/** An agreement that the user has accepted, and whose acceptance has not expired. */
export const termsOfUse: GrantControl = {
  wantedBy: ({ termsOfUse: agreements }) => agreements,
  isAskedAfterMfa: true,
  compile: (id, { termsOfUse: names }) => {
    const agreement = owed({ kind: 'termsOfUse', ids: [id] })

    return {
      words: `the terms of use ${names?.[id] ? `"${names[id]}"` : id}`,
      judge: ({ signIn: { identity, session } }) => {
        if (identity.kind !== 'user' || externalTypeOf(identity) === 'b2bDirectConnectUser') return notSupported

        return session.acceptedTermsOfUse.includes(id) ? met : agreement
      },
    }
  },
}

const notSupported = impossible('other', 'terms of use cannot be shown to this identity')

import { isExternal } from '../conditions/users.ts'
import { methods } from '../methods.ts'
import { builtIn, impossible, met, owed, type Question } from './grant-control.ts'

/** A new password, which closes the user's risk. */
export const passwordChange = builtIn('passwordChange', 'a password change', judge)

/** Whatever closes the user's risk: a new password for those who use one, the strong method itself for the others. */
export const riskRemediation = builtIn('riskRemediation', 'risk remediation', (question) => {
  const isPasswordless = question.evidence.used !== 0 && (question.evidence.used & methods.password.bit) === 0

  return isPasswordless ? met : judge(question)
})

function judge({ signIn: { identity, session } }: Question) {
  if (session.passwordChangedAt !== null) return met
  if (identity.kind !== 'user' || isExternal(identity)) return atHomeOnly

  return change
}

const change = owed({ kind: 'passwordChange' })
const atHomeOnly = impossible('other', 'the password belongs to another tenant and cannot be changed here')

import { notLicensed } from '../../policy/index.ts'
import type { Answer, Asked } from './endpoint.ts'
import { GraphRefusal } from './refusal.ts'

/** What a tenant may write only with Entra ID P1 (reference 1.1): refused where it never had the licence, or lost it. */
export function licensed(answer: (asked: Asked) => Promise<Answer>): (asked: Asked) => Promise<Answer> {
  return async (asked) => {
    refuseUnlicensed(asked)

    return answer(asked)
  }
}

/** The same for what wants the licence only where its body says so. */
export function refuseUnlicensed({ directory: { settings: { licence } } }: Asked): void {
  if (licence === 'none' || licence === 'lapsed') throw new GraphRefusal(notLicensed.status, notLicensed.code, notLicensed.message, { details: [{ target: '', message: `${notLicensed.detail}.` }] })
}

import { decide } from '../../sign-in/decide.ts'
import { refuse } from './refuse.ts'
import { userOf, visitAttempt } from './visit.ts'
import type { Visit } from './visit.ts'

/** What the pages here can ask for, or register; security keys, Hello and push belong to devices that are not there. */
const askable: Readonly<Record<string, readonly string[]>> = {
  oneTimeCode: ['softwareOath', 'hardwareOath'],
  register: ['softwareOath'],
  registerSkippable: ['softwareOath'],
}

/** Whether a strength wants a method that no page here can show, so that asking for a code would only ask again. */
export function isBeyondPages({ details: { step, challenges } }: Visit): boolean {
  const methods = step === null ? undefined : askable[step]
  const wanted = challenges[0]?.allowedMethods ?? null

  return methods !== undefined && wanted !== null && !wanted.some((method) => methods.includes(method))
}

/** Ends the visit with the number of what is asked, which the log has already. */
export function refuseBeyondPages(visit: Visit): void {
  const { refusal } = decide(visitAttempt(visit, userOf(visit)), visit.host.tenant)

  refuse(visit, refusal ?? { code: 50074 })
}

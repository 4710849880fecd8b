import { errors } from 'oidc-provider'
import type { Refusal } from '../sign-in/refusal.ts'
import type { Profile, Situation } from './profile.ts'

/** A refusal on its way through the library, which redirects, renders or answers it as it does its own errors. */
export class RefusedError extends errors.CustomOIDCProviderError {
  readonly refusal: Refusal

  constructor(refusal: Refusal, profile: Profile, situation: Situation) {
    const words = profile.words(refusal, situation)
    super(words.error, words.description)
    this.refusal = refusal
    this.status = words.status
    this.statusCode = words.status
    // A page belongs to the person in front of it; only a silent request hands the refusal back to the application.
    this.allow_redirect = situation.endpoint !== 'authorize' || situation.isSilent
  }
}

/** The refusal behind an error the library hands back, or null where it is the library's own. */
export function refusalBehind(error: unknown): Refusal | null {
  return error instanceof RefusedError ? error.refusal : null
}

import type { SessionDecision } from '../decision.ts'
import type { SessionControls } from '../policy.ts'
import { cloudAppSecurity } from './cloud-app-security.ts'
import { continuousAccessEvaluation } from './continuous-access-evaluation.ts'
import { persistentBrowser } from './persistent-browser.ts'
import type { SessionControl } from './session-control.ts'
import { signInFrequency } from './sign-in-frequency.ts'
import { applicationEnforcedRestrictions, disableResilienceDefaults, secureSignInSession } from './switches.ts'

/** Every session control a policy may set, and what several make together. */
export const sessionControls: { readonly [K in keyof SessionControls]-?: SessionControl<unknown, SessionDecision[K]> } = {
  applicationEnforcedRestrictions,
  cloudAppSecurity,
  signInFrequency,
  persistentBrowser,
  disableResilienceDefaults,
  secureSignInSession,
  continuousAccessEvaluation,
}

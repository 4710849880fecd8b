import type { SessionControls } from '../policy.ts'
import type { SessionControl } from './session-control.ts'

/** Exchange and SharePoint are told to limit what the session may do. */
export const applicationEnforcedRestrictions = onceAnySays('restrictions by the application', (controls) => controls.applicationEnforcedRestrictions?.isEnabled)

/** In an outage the session is not extended on old facts. */
export const disableResilienceDefaults = onceAnySays('no resilience defaults', (controls) => controls.disableResilienceDefaults)

/** Token protection: tokens are bound to the device. */
export const secureSignInSession = onceAnySays('token protection', (controls) => controls.secureSignInSession?.isEnabled)

function onceAnySays(words: string, isOn: (controls: SessionControls) => boolean | null | undefined): SessionControl<true, boolean> {
  return { words, setting: (controls) => (isOn(controls) === true ? true : null), combine: () => true, unset: false }
}

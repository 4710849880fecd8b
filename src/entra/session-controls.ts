import type { Verdict } from '../sign-in/attempt.ts'

/**
 * What a token tells an application that has to act on it: what policies leave to the application, and what it may want to
 * know of the device for that. `app_res`: the application is to restrict what can be done. `ca_enf`: enforcement is left to
 * the proxy (Defender for Cloud Apps).
 *
 * @see docs/decisions/session-controls.md
 */
export function controlsOf({ decision }: Pick<Verdict, 'decision'>): readonly string[] {
  const { applicationEnforcedRestrictions = false, cloudAppSecurity = null } = decision?.session ?? {}

  return [...(applicationEnforcedRestrictions ? ['app_res'] : []), ...(cloudAppSecurity === null ? [] : ['ca_enf'])]
}

/** The `signin_state` claim: what is known of the device, whether the network is a trusted one, and whether the session stays. */
export function signInStateOf({ decision, signIn }: Pick<Verdict, 'decision' | 'signIn'>, isPersistent: boolean): readonly string[] {
  const device = signIn?.conditions.device ?? null
  const isCompliant = device?.isCompliant === true
  const isDomainJoined = device?.trustType === 'ServerAD'
  const states: readonly (readonly [string, boolean])[] = [
    ['dvc_mngd', isCompliant || isDomainJoined || device?.['isManaged'] === true],
    ['dvc_cmp', isCompliant],
    ['dvc_dmjd', isDomainJoined],
    ['inknownntwk', decision?.location.isTrusted === true],
    ['kmsi', isPersistent],
  ]

  return states.filter(([, isSo]) => isSo).map(([state]) => state)
}

import type { Policy, SessionControls } from '../policy.ts'

/**
 * Something a policy says about the session it lets in. When several policies say it, the answers are combined; one file
 * each, the list is `index.ts`.
 */
export type SessionControl<Setting, Combined> = {
  /** What it sets, in a sentence. */
  readonly words: string
  /** What the policy sets, or null when it sets nothing, or switches it off. */
  setting(controls: SessionControls): Setting | null
  /** The settings of all policies that apply, never empty, made one. */
  combine(settings: readonly Setting[]): Combined
  readonly unset: Combined
}

/** What a policy sets for this control. */
export function settingOf<Setting>(control: Pick<SessionControl<Setting, unknown>, 'setting'>, policy: Policy): Setting | null {
  return policy.sessionControls === null ? null : control.setting(policy.sessionControls)
}

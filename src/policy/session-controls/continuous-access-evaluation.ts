import type { SessionControls } from '../policy.ts'
import type { SessionControl } from './session-control.ts'

type Mode = NonNullable<SessionControls['continuousAccessEvaluation']>['mode']

/** How strictly resources watch a session after it began. Strict location wins; switched off only where nobody is strict. */
export const continuousAccessEvaluation: SessionControl<Mode, Mode | null> = {
  words: 'continuous access evaluation',
  setting: ({ continuousAccessEvaluation: evaluation }) => evaluation?.mode ?? null,
  combine: (modes) => strictestFirst.find((mode) => modes.includes(mode)) ?? null,
  unset: null,
}

const strictestFirst: readonly Mode[] = ['strictLocation', 'strictEnforcement', 'disabled']

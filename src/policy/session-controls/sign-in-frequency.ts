import type { SignInFrequencyDecision } from '../decision.ts'
import type { SessionControl } from './session-control.ts'

/** How long an authentication counts before it must be repeated. The shortest period wins, "every time" before all. */
export const signInFrequency: SessionControl<SignInFrequencyDecision, SignInFrequencyDecision | null> = {
  words: 'a sign-in frequency',
  setting: ({ signInFrequency: frequency }) => {
    if (!frequency?.isEnabled) return null
    const { value, type, frequencyInterval } = frequency
    const authenticationType = frequency.authenticationType ?? 'primaryAndSecondaryAuthentication'
    if (frequencyInterval === 'everyTime') return { seconds: 'everyTime', authenticationType }

    return value === null || type === null ? null : { seconds: value * secondsOf[type], authenticationType }
  },
  combine: (settings) => settings.reduce((shortest, next) => (toleratedMilliseconds(next) < toleratedMilliseconds(shortest) ? next : shortest)),
  unset: null,
}

const secondsOf = { hours: 3_600, days: 86_400 }

/** "Every time" leaves five minutes, so that the sign-in it just caused counts (reference 5.4). */
export function toleratedMilliseconds({ seconds }: SignInFrequencyDecision): number {
  return seconds === 'everyTime' ? 5 * 60_000 : seconds * 1_000
}

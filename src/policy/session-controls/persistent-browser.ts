import type { SessionControl } from './session-control.ts'

/** Whether the browser stays signed in when it is closed. Where policies disagree, it does not. */
export const persistentBrowser: SessionControl<'always' | 'never', 'always' | 'never' | null> = {
  words: 'whether the browser stays signed in',
  setting: ({ persistentBrowser: browser }) => (browser?.isEnabled ? browser.mode : null),
  combine: (modes) => (modes.includes('never') ? 'never' : 'always'),
  unset: null,
}

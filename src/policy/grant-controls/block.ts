import { builtIn, impossible, type GrantControl } from './grant-control.ts'

/** Nobody gets in whom the policy applies to; nothing can be done about it, so nothing is asked. */
export const block: GrantControl = { ...builtIn('block', 'a block', () => refusal), isUnconditional: true }

const refusal = impossible('block', '')

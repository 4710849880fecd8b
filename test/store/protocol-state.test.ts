import { createClock } from '../../src/clock/clock.ts'
import { createProtocolState } from '../../src/store/protocol-state.ts'
import { keepsProtocolState } from './protocol-state-contract.ts'

keepsProtocolState('in memory', () => {
  let wall = 1_700_000_000_000
  const clock = createClock(() => wall)

  return { state: createProtocolState(clock), clock, waitFor: (milliseconds) => void (wall += milliseconds) }
})

import type { Call } from '../call.ts'
import type { ControlPort } from '../port.ts'
import { moveClock, readClock } from './clock.ts'
import { description } from './description.ts'
import { addFault, clearFaults, listFaults, removeFault } from './faults.ts'
import { oneTimeCode } from './one-time-code.ts'
import { clearRequests, readRequests } from './requests.ts'
import { reset } from './reset.ts'
import { revoke } from './revoke.ts'
import { serverInformation } from './server-information.ts'
import { watchSignIns } from './sign-in-events.ts'
import { readSignIns } from './sign-in-log.ts'
import { signIn } from './sign-in.ts'
import { clearSignals, clearUserSignals, readSignals, readUserSignals, setSignals, setUserSignals } from './signals.ts'
import { readSnapshot, restoreSnapshot } from './snapshot.ts'
import { tokenStanding } from './standing.ts'
import { createSandbox, deleteSandbox } from './tenants.ts'
import { changeTenant, readTenant } from './tenant.ts'
import { orderToken } from './tokens.ts'
import { changeUser } from './users.ts'

/** Every call there is, in the order of the documentation. To teach the API a new one, write its file and add its row. */
export function callsOf(port: ControlPort): readonly Call[] {
  const calls: readonly Call[] = [
    serverInformation,
    readClock, moveClock,
    readSignals, setSignals, clearSignals,
    readUserSignals, setUserSignals, clearUserSignals,
    oneTimeCode,
    changeUser,
    readTenant, changeTenant,
    signIn,
    readSignIns, watchSignIns,
    readRequests, clearRequests,
    addFault, listFaults, clearFaults, removeFault,
    ...(port.orderToken ? [orderToken] : []),
    tokenStanding,
    revoke,
    createSandbox, deleteSandbox,
    readSnapshot, restoreSnapshot,
    reset,
    description(() => calls),
  ]

  return calls
}

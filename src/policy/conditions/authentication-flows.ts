import type { TransferMethod } from '../policy.ts'
import { valueCondition } from './condition.ts'

/**
 * Whether authentication was carried over from another device, by a device code or a transfer. A session born that way
 * stays so: each refresh of it counts as that flow.
 */
export const authenticationFlows = valueCondition<readonly TransferMethod[], Flow>({
  names: ['authenticationFlows'],
  weight: 5,
  whatIf: { reason: () => 'authenticationFlow', isGiven: ({ transferMethod }) => transferMethod !== undefined },
  member: ({ conditions }) => {
    const methods = conditions.authenticationFlows?.transferMethods ?? []

    return methods.length === 0 ? null : methods
  },
  value: ({ conditions: { transferMethod, originalTransferMethod } }) => flows[transferMethod ?? 'none'][originalTransferMethod ?? 'none'],
  holds: (methods, flow) => flow.some((method) => methods.includes(method)),
  rules: (methods, flow) => ({
    include: flow
      .filter((method) => methods.includes(method))
      .map((method) => ({ conditionalAccessCondition: 'authenticationFlows', ruleSatisfied: method }) as const),
  }),
  words: (flow) => (flow.length === 0 ? 'nothing was transferred from another device' : `the sign-in came by ${flow.map((method) => flowNames[method]).join(' and ')}`),
})

type Flow = readonly TransferMethod[]

const none: Flow = []
const code: Flow = ['deviceCodeFlow']
const transfer: Flow = ['authenticationTransfer']
const both: Flow = ['deviceCodeFlow', 'authenticationTransfer']

/** By what the request uses, then by what its session was born with. */
const flows: Record<TransferMethod | 'none', Record<TransferMethod | 'none', Flow>> = {
  none: { none, deviceCodeFlow: code, authenticationTransfer: transfer },
  deviceCodeFlow: { none: code, deviceCodeFlow: code, authenticationTransfer: both },
  authenticationTransfer: { none: transfer, deviceCodeFlow: both, authenticationTransfer: transfer },
}

const flowNames: Record<TransferMethod, string> = { deviceCodeFlow: 'device code', authenticationTransfer: 'authentication transfer' }

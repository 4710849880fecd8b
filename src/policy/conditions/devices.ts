import type { DevicesCondition } from '../policy.ts'
import type { Device } from '../sign-in.ts'
import { deviceFilterHolds, parseDeviceFilter } from '../filter-rule/device.ts'
import type { FilterRule } from '../filter-rule/parse.ts'
import { valueCondition } from './condition.ts'

/** What the device is like, by a filter rule; or, in policies of old, in which state it is. */
export const devices = valueCondition<DeviceDemand, Device | null>({
  names: ['deviceState'],
  weight: 7,
  whatIf: { reason: () => 'devices', isGiven: ({ device }) => device !== undefined },
  member: ({ conditions }) => demandOf(conditions.devices),
  value: ({ conditions }) => conditions.device,
  holds: ({ filter, include, exclude }, device) =>
    filter ? deviceFilterHolds(filter.rule, device) === (filter.mode === 'include') : isInState(include, device) && !isInState(exclude, device),
  rules: ({ filter, include, exclude }, device) => {
    if (!filter) return { include: stateRules(include, device), exclude: stateRules(exclude, device) }
    const isTrue = deviceFilterHolds(filter.rule, device)
    if (filter.mode === 'include') return isTrue ? { include: [rule('deviceFilter')] } : { exclude: [rule('deviceFilterIncludeRuleNotMatched')] }

    return isTrue ? { exclude: [rule('deviceFilter')] } : { include: [rule('allDevices')] }
  },
  words: (device, { filter }) => {
    const name = device === null ? 'an unregistered device' : device.displayName ? `the device "${device.displayName}"` : 'the device'
    if (!filter) return `${name} is ${device?.isCompliant ? '' : 'not '}compliant`

    return `${name} ${deviceFilterHolds(filter.rule, device) ? 'matches' : 'does not match'} its filter`
  },
})

type DeviceDemand = {
  readonly filter: { readonly mode: 'include' | 'exclude'; readonly rule: FilterRule } | null
  readonly include: readonly string[]
  readonly exclude: readonly string[]
}

/** Rules are read once per policy, and remembered while the policy lives. */
const demands = new WeakMap<DevicesCondition, DeviceDemand | null>()

function demandOf(condition: DevicesCondition | null): DeviceDemand | null {
  if (condition === null) return null
  const known = demands.get(condition)
  if (known !== undefined) return known
  const { deviceFilter, includeDevices = [], excludeDevices = [] } = condition
  const demand =
    deviceFilter || includeDevices.length > 0 || excludeDevices.length > 0
      ? {
          filter: deviceFilter && { mode: deviceFilter.mode, rule: parseDeviceFilter(deviceFilter.rule) },
          include: includeDevices.length > 0 ? includeDevices : ['All'],
          exclude: excludeDevices,
        }
      : null
  demands.set(condition, demand)

  return demand
}

function isInState(states: readonly string[], device: Device | null): boolean {
  return states.some((state) => deviceStates[state]?.(device) ?? false)
}

const deviceStates: Record<string, (device: Device | null) => boolean> = {
  All: () => true,
  Compliant: (device) => device?.isCompliant === true,
  DomainJoined: (device) => device?.trustType === 'ServerAD',
}

function stateRules(states: readonly string[], device: Device | null) {
  return isInState(states, device) ? [rule(states.includes('All') ? 'allDeviceStates' : 'deviceState')] : []
}

function rule(ruleSatisfied: string) {
  return { conditionalAccessCondition: 'deviceState', ruleSatisfied } as const
}

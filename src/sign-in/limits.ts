import type { TenantSettings } from '../directory/types.ts'

/** A number of the tenant's limits: overridden in its settings under the names of `limits.json`, or the documented one. */
export function limitOf(settings: Pick<TenantSettings, 'settings'>, group: string, name: string | null, documented: number): number {
  const own = memberOf(settings.settings.limits, group)
  const override = name === null ? own : memberOf(own, name)
  const value = typeof override === 'object' ? memberOf(override, 'value') : override

  return typeof value === 'number' && value >= 0 ? value : documented
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

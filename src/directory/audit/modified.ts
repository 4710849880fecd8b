import { isDeepStrictEqual } from 'node:util'

/** One property of what changed: its value before and after, as JSON; null = it had none. */
export type Modified = { readonly displayName: string; readonly oldValue: string | null; readonly newValue: string | null }

type Members = Readonly<Record<string, unknown>>

/** The names of the members that differ. Shared values are found to be the same without being looked into. */
export function changedMembers(before: Members, after: Members): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])

  return [...names].filter((name) => before[name] !== after[name] && !isDeepStrictEqual(before[name], after[name]))
}

/**
 * The properties among these names as Core Directory writes them: a list of one value for each, and at the end which ones
 * there were. Secrets are never among them.
 */
export function modifiedProperties(names: readonly string[], before: Members, after: Members): readonly Modified[] {
  const told = names.filter((name) => !isSecret(name)).map((name) => modified(titled(name), listed(before[name]), listed(after[name])))
  if (told.length === 0) return []

  return [...told, modified('Included Updated Properties', undefined, told.map(({ displayName }) => displayName).join(', '))]
}

/** A whole object before and after, as Conditional Access writes it. */
export function modifiedWhole(displayName: string, before: unknown, after: unknown): readonly Modified[] {
  return [modified(displayName, before ?? undefined, after ?? undefined)]
}

export function modified(displayName: string, oldValue: unknown, newValue: unknown): Modified {
  return { displayName, oldValue: json(oldValue), newValue: json(newValue) }
}

/** A property that came with something, or went with it. */
export function given(displayName: string, value: unknown, isAdded: boolean): Modified {
  return isAdded ? modified(displayName, undefined, value) : modified(displayName, value, undefined)
}

function json(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value, (name, inner: unknown) => (isSecret(name) ? undefined : inner))
}

function listed(value: unknown): unknown {
  if (value === undefined || value === null) return []

  return Array.isArray(value) ? value : [value]
}

/** What an audit never tells, wherever it stands. */
function isSecret(name: string): boolean {
  return /secret|hash$|^password$|passwordprofile|credential|privatekey/i.test(name)
}

function titled(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

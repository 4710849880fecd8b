import { json } from '../odata/types.ts'
import type { Properties } from '../odata/types.ts'

/** Properties that Graph knows and a tenant here has nothing to say of: null, or an empty list, to whoever selects them. */
export function unsaid<E>(nulls: readonly string[], lists: readonly string[] = []): Properties<E> {
  const named = (names: readonly string[], value: null | readonly never[]) => names.map((name) => [name, json<E>({ of: () => value, isOnRequest: true, isReadOnly: true })] as const)

  return Object.fromEntries([...named(nulls, null), ...named(lists, [])])
}

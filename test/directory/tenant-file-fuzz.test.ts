import { readFile } from 'node:fs/promises'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDirectory, DirectoryRefusal, loadTenantFile, problemText } from '../../src/directory/index.ts'

const shipped = await readFile(new URL('../../data/contoso.json', import.meta.url), 'utf8')
const paths = pathsIn(JSON.parse(shipped))

test('whatever a tenant file holds, it loads, or is refused in sentences', async () => {
  const damage = fc.array(fc.tuple(fc.constantFrom(...paths), fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant(undefined))), { minLength: 1, maxLength: 4 })
  await fc.assert(fc.asyncProperty(damage, async (changes) => {
    const file = JSON.parse(shipped) as unknown
    for (const [path, value] of changes) put(file, path, value)
    const { tenants, refusal } = await loadTenantFile(JSON.stringify(file) ?? 'null', 'damaged.json').then(
      (loaded) => ({ tenants: loaded.tenants, refusal: null }),
      (error: unknown) => ({ tenants: [], refusal: error }),
    )
    if (refusal !== null && !(refusal instanceof DirectoryRefusal)) throw refusal
    for (const problem of refusal?.problems ?? []) expect(problemText(problem)).toMatch(/^.*\S.*[.?]$/s)
    for (const tenant of tenants) for (const { id } of tenant.users) createDirectory(tenant).groupIdsOf(id)
  }), { numRuns: 200 })
})

type Path = readonly (string | number)[]

/** The way to everything in a value. */
function pathsIn(value: unknown, path: Path = []): Path[] {
  const inner = Array.isArray(value) ? value.map((item, index) => [index, item] as const) : typeof value === 'object' && value !== null ? Object.entries(value) : []

  return [...(path.length > 0 ? [path] : []), ...inner.flatMap(([key, item]) => pathsIn(item, [...path, key]))]
}

/** Puts a value where a path leads, if it still leads anywhere; undefined takes away. */
function put(whole: unknown, path: Path, value: unknown): void {
  const holder = path.slice(0, -1).reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | null)?.[key], whole)
  if (typeof holder === 'object' && holder !== null) (holder as Record<string | number, unknown>)[path.at(-1) ?? ''] = value
}

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { endpoints } from '../../src/graph/endpoints.ts'

const documentation = readFileSync(new URL('../../docs/graph.md', import.meta.url), 'utf8')
const rows = documentation.split('\n').filter((line) => line.startsWith('| `/'))
const roots = rows.flatMap((row) => [...row.matchAll(/`(\/[^`]+)`/g)].map(([, path = '']) => path))

test('everything that Graph can be asked is below a path that the documentation names', () => {
  const unknown = endpoints.filter(({ path }) => !roots.some((root) => path === root || path.startsWith(`${root}/`) || path.startsWith(`${root}(`)))

  expect([...new Set(unknown.map(({ path }) => path))]).toEqual([])
})

test('every path that the documentation names is served', () => {
  expect(roots.filter((root) => root !== '/$batch' && !endpoints.some(({ path }) => path === root || path.startsWith(`${root}/`)))).toEqual([])
})

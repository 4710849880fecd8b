import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'rolldown/utils'
import { describe, expect, test } from 'vitest'

/** What every protocol room stands on. */
const ground = ['sign-in', 'policy', 'directory', 'store', 'clock', 'http'] as const
/** What works through the port of a tenant knows its type and no more. */
const tenantType = 'type tenant'

/**
 * The doors of the house: which room may import which. `type x` opens a door for types only. Packages are free to every
 * room, but for those that a room below is said to have for itself.
 */
const doors: Record<string, readonly string[]> = {
  // A decision can be made, tested and explained with values.
  'policy': [],
  // They could be lifted out.
  'clock': [],
  'keys': [],
  'http': [],
  'package': [],
  // A tenant file's policies are checked where policies are understood.
  'directory': ['policy'],
  'store': ['directory', 'clock'],
  // It knows no protocol.
  'sign-in': ['policy', 'directory', 'store', 'clock', 'http'],
  // The library is met in one room; how to decide is handed in.
  'oidc': [...ground, 'keys'],
  // The standard profile is `oidc` without `entra`.
  'entra': [...ground, 'keys', 'oidc'],
  // A page cannot change how an API behaves: what they need of one another is handed in by `server`.
  'graph': [...ground, 'keys', tenantType],
  'control': [...ground, 'keys', tenantType],
  'admin': [...ground, 'keys', tenantType],
  'app': [...ground, 'keys', tenantType],
  'federation': [...ground, 'keys', tenantType],
  // A case is decided by what decides a sign-in; what its scopes ask for is read as the token endpoint reads it.
  'scenarios': ['policy', 'directory', 'sign-in', 'clock', 'entra', 'package'],
  // `doctor` asks who has the data folder open, and what time it really is.
  'cli': ['index', 'directory', 'policy', 'package', 'scenarios', 'store', 'clock'],
  // We use what we give away.
  'testing': ['index'],
}

/** Wiring is visible in these, and they may open every door. */
const wiring = ['index', 'server', 'tenant', 'main']

/** Packages that one room keeps to itself, and all that `policy` may use. */
const packagesOfOneRoom: Record<string, string> = { 'oidc-provider': 'oidc', 'lowdb': 'store' }
const packagesOf: Record<string, readonly string[]> = { policy: ['ipaddr.js'] }

/** What may be read only where it is kept: the environment at the entrance, the real time in the clock. */
const keepers: Record<string, { readonly room: string; readonly isRead: (code: string) => boolean }> = {
  'the environment': { room: 'main', isRead: (code) => /\bprocess\s*\.\s*env\b|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b/.test(code) },
  'the real time': {
    room: 'clock',
    isRead: (code) => /\bDate\s*\.\s*now\b|\bnew\s+Date\b(?!\s*\(\s*[^\s)])|(?<!\w\s*)\bDate\s*\(|\bperformance\s*\.\s*(?:now|timeOrigin)\b|\bhrtime\b/.test(code),
  },
}

const root = fileURLToPath(new URL('..', import.meta.url))
const files = sourceFiles('src')

describe('every room opens only the doors it has', () => {
  for (const room of Object.keys(doors)) {
    test(room, () => {
      const own = files.filter(({ path }) => roomOf(path) === room)

      expect(own.flatMap((file) => forbiddenImportsOf(file).map((from) => `${file.path} imports ${from}`))).toEqual([])
    })
  }
})

for (const [what, { room, isRead }] of Object.entries(keepers)) {
  test(`only ${room} reads ${what}`, () => {
    expect(files.filter((file) => roomOf(file.path) !== room && isRead(file.code)).map(({ path }) => path)).toEqual([])
  })
}

test('every room has a row in the table of doors', () => {
  const rooms = new Set(files.map(({ path }) => roomOf(path)))

  expect([...rooms].filter((room) => !(room in doors) && !wiring.includes(room))).toEqual([])
})

test('a file is one idea: none is longer than 600 lines, and no more than three are longer than 400', () => {
  const long = [...files, ...sourceFiles('test')]
    .map(({ path, text }) => ({ path, lines: text.split('\n').length }))
    .filter(({ lines }) => lines > 400)

  expect(long.filter(({ lines }) => lines > 600)).toEqual([])
  expect(long.length, JSON.stringify(long, null, 1)).toBeLessThanOrEqual(3)
})

describe('the checks themselves notice', () => {
  const readings: Record<string, [code: string, what: keyof typeof keepers & string]> = {
    'the environment': ['const home = process.env.HOME', 'the environment'],
    'the environment taken apart': ['const { env } = process', 'the environment'],
    'the time now': ['const now = Date.now()', 'the real time'],
    'the time handed on': ['const wall = Date.now', 'the real time'],
    'a date of now': ['const today = new Date()', 'the real time'],
    'a date of now without brackets': ['const today = new Date', 'the real time'],
    'a stopwatch': ['performance.now()', 'the real time'],
  }
  for (const [what, [code, kept]] of Object.entries(readings)) {
    test(what, () => expect(keepers[kept]!.isRead(code)).toBe(true))
  }

  const innocent = ['new Date(clock.now())', 'new Date( entry.at )', 'Date.UTC(2026, 0, 1)', 'Date.parse(text)', 'toDate(x)', 'environment.HOME']
  for (const code of innocent) {
    test(`nothing in ${code}`, () => expect(Object.values(keepers).some(({ isRead }) => isRead(code))).toBe(false))
  }

  const forbidden: Record<string, [path: string, code: string]> = {
    'a room reached through a closed door': ['src/policy/evaluate.ts', 'import { openKeys } from \'../keys/keys.ts\''],
    'a package that is not this room\'s': ['src/entra/tenant.ts', 'import Provider from \'oidc-provider\''],
    'a path inside such a package': ['src/sign-in/x.ts', 'import x from \'oidc-provider/lib/x.js\''],
    'a package in the pure room': ['src/policy/evaluate.ts', 'import * as v from \'valibot\''],
    'a module of Node in the pure room': ['src/policy/evaluate.ts', 'import { isIP } from \'node:net\''],
    'a door for types used for more': ['src/graph/users.ts', 'import { createTenant } from \'../tenant.ts\''],
    'an import made on the way': ['src/http/x.ts', 'const { openKeys } = await import(\'../keys/keys.ts\')'],
    'what is exported again': ['src/http/x.ts', 'export { openKeys } from \'../keys/keys.ts\''],
  }
  for (const [what, [path, code]] of Object.entries(forbidden)) {
    test(what, () => expect(forbiddenImportsOf({ path, code, text: code })).toHaveLength(1))
  }

  test('nothing in a door that is open', () => {
    const code = 'import type { Tenant } from \'../tenant.ts\'; import { evaluate } from \'../policy/evaluate.ts\'; import { x } from \'./users.ts\''

    expect(forbiddenImportsOf({ path: 'src/graph/users.ts', code, text: code })).toEqual([])
  })
})

type SourceFile = { readonly path: string; readonly text: string; /** Without comments. */ readonly code: string }

function sourceFiles(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const text = readFileSync(join(entry.parentPath, entry.name), 'utf8')
      const path = relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/')

      return { path, text, code: withoutComments(path, text) }
    })
}

/** `src/policy/conditions/locations.ts` → `policy`; `src/tenant.ts` → `tenant`. */
const roomOf = (path: string) => (path.split('/')[1] ?? '').replace(/\.ts$/, '')

type Import = { readonly from: string; readonly isTypeOnly: boolean }

function forbiddenImportsOf(file: SourceFile): string[] {
  const room = roomOf(file.path)

  return importsOf(file).filter((imported) => !isAllowed(room, file.path, imported)).map(({ from }) => from)
}

function isAllowed(room: string, path: string, { from, isTypeOnly }: Import): boolean {
  if (!from.startsWith('.')) {
    const name = packageOf(from)
    const owner = packagesOfOneRoom[name]

    return owner === undefined ? packagesOf[room]?.includes(name) ?? true : owner === room
  }

  const target = posix.normalize(posix.join(dirname(path), from))
  const other = roomOf(target)
  if (!target.startsWith('src/') || other === room || wiring.includes(room)) return true

  return Boolean(doors[room]?.includes(other) || (isTypeOnly && doors[room]?.includes(`type ${other}`)))
}

const packageOf = (specifier: string) => specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/')

function importsOf({ path, text }: SourceFile): Import[] {
  const { module } = parseSync(path, text)
  const fixed = module.staticImports.map(({ moduleRequest, entries }) =>
    ({ from: moduleRequest.value, isTypeOnly: entries.length > 0 && entries.every(({ isType }) => isType) }))
  const exported = module.staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest, isType }) =>
    moduleRequest ? [{ from: moduleRequest.value, isTypeOnly: isType }] : []))
  const onTheWay = module.dynamicImports.map(({ moduleRequest }) =>
    ({ from: text.slice(moduleRequest.start + 1, moduleRequest.end - 1), isTypeOnly: false }))

  return [...fixed, ...exported, ...onTheWay]
}

function withoutComments(path: string, text: string): string {
  return parseSync(path, text).comments.toReversed().reduce((code, { start, end }) => code.slice(0, start) + code.slice(end), text)
}

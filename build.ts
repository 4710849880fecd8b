/**
 * Makes `dist/`, the publishable package: `npm run build`. Node refuses to strip types below node_modules, so what is
 * published is JavaScript; it is one bundle cut where the source loads lazily, because loading 300 small files is what
 * makes a start slow. `views/` and `data/` are published as they are, beside `dist/` as beside `src/`.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { rolldown } from 'rolldown'
import { libraryClockPlugin } from './src/clock/library-hook.ts'

const relativeImport = /(['"]\.{1,2}\/[^'"]+)\.ts(['"])/g

rmSync('dist', { recursive: true, force: true })

const bundle = await rolldown({
  input: { main: 'src/main.ts', index: 'src/index.ts', policy: 'src/policy/index.ts', vitest: 'src/testing/vitest.ts', playwright: 'src/testing/playwright.ts' },
  // Whoever uses its fixtures has it.
  external: ['vitest'],
  platform: 'node',
  plugins: [libraryClockPlugin],
  onLog: (level, log, report) => {
    // Other people's packages have their warnings; a bundle of ours that does not resolve is no bundle.
    if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message)
    if (!log.id?.includes('node_modules') && !log.message.includes('node_modules')) report(level, log)
  },
})
const { output } = await bundle.write({ dir: 'dist', format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' })
await bundle.close()
chmodSync('dist/main.js', 0o755)

const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []))
writeFileSync('dist/THIRD-PARTY.md', noticesOf(packagesOf(modules)))

execFileSync('node_modules/.bin/tsc', ['-p', 'tsconfig.types.json'], { stdio: 'inherit' })
const published = declarationsFrom(['dist/types/index.d.ts', 'dist/types/policy/index.d.ts', 'dist/types/testing/vitest.d.ts', 'dist/types/testing/playwright.d.ts'])
for (const file of readdirSync('dist/types', { recursive: true, encoding: 'utf8' }).map((name) => join('dist/types', name))) {
  if (!file.endsWith('.d.ts')) continue
  // tsc leaves `.ts` in the paths of declarations, where it finds no file of that name.
  if (published.has(file)) writeFileSync(file, readFileSync(file, 'utf8').replaceAll(relativeImport, '$1.js$2'))
  else rmSync(file)
}

/** What can be reached from the doors; tsc writes down every other file too, and with them the types of packages. */
function declarationsFrom(doors: readonly string[]): Set<string> {
  const reached = new Set<string>()
  const reach = (file: string) => {
    if (reached.has(file)) return
    reached.add(file)
    for (const [path] of readFileSync(file, 'utf8').matchAll(relativeImport)) reach(join(dirname(file), path.slice(1, -1)).replace(/\.ts$/, '.d.ts'))
  }
  for (const door of doors) reach(door)

  return reached
}

/** The folders of the packages that went into the bundle. */
function packagesOf(moduleIds: readonly string[]): string[] {
  const folders = moduleIds.flatMap((id) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id)?.[0] ?? [])

  return [...new Set(folders)].toSorted()
}

/** Whose work is in the bundle, under which licence, in their own words: what most of the licences ask for. */
function noticesOf(folders: readonly string[]): string {
  const notices = folders.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))

    return `## ${name} ${version} (${license})\n\n${file ? readFileSync(join(folder, file), 'utf8').trim() : ''}`
  })

  return ['# What Portcullis brings along', ...notices].join('\n\n').concat('\n')
}

/**
 * Makes `dist/`, the publishable package: `npm run build`. Node refuses to strip types below node_modules, so what is
 * published is JavaScript; it is one bundle cut where the source loads lazily, because loading 300 small files is what
 * makes a start slow. `views/` and `data/` are published as they are, beside `dist/` as beside `src/`.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, rmSync } from 'node:fs'
import { rolldown } from 'rolldown'
import { libraryClockPlugin } from './src/clock/library-hook.ts'

rmSync('dist', { recursive: true, force: true })

const bundle = await rolldown({
  input: { main: 'src/main.ts', index: 'src/index.ts', policy: 'src/policy/index.ts' },
  platform: 'node',
  plugins: [libraryClockPlugin],
  onLog: (level, log, report) => {
    // Other people's packages have their warnings; a bundle of ours that does not resolve is no bundle.
    if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message)
    if (!log.id?.includes('node_modules') && !log.message.includes('node_modules')) report(level, log)
  },
})
await bundle.write({ dir: 'dist', format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' })
await bundle.close()
chmodSync('dist/main.js', 0o755)

execFileSync('node_modules/.bin/tsc', ['-p', 'tsconfig.types.json'], { stdio: 'inherit' })

#!/usr/bin/env node
/**
 * `npm start`: Portcullis from source, quickly. What is published starts at `dist/main.js` and needs none of this.
 *
 * Node would load its type stripper for the first TypeScript file it meets before anything could tell it to cache what
 * it strips; and it asks the file system, for some 500 modules, where a relative path leads, which is known.
 */
import * as nodeModule from 'node:module'

// Named, what an old Node has not got would be a stack trace.
if (nodeModule.registerHooks === undefined) {
  process.stderr.write(`Portcullis needs Node 22.18 or newer, and this is ${process.version}. npm start brings its own.\n`)
  process.exit(2)
}
nodeModule.enableCompileCache()
nodeModule.registerHooks({
  resolve(specifier, { parentURL = '' }, next) {
    const isRelative = specifier.startsWith('./') || specifier.startsWith('../')
    const format = isRelative && specifier.endsWith('.ts') ? 'module-typescript'
      : isRelative && specifier.endsWith('.js') && parentURL.includes('/node_modules/oidc-provider/lib/') ? 'module'
        : null

    return format === null ? next(specifier) : { url: new URL(specifier, parentURL).href, format, shortCircuit: true }
  },
})

await import('../src/main.ts')

#!/usr/bin/env node
/**
 * `npm start`: Portcullis from source, quickly. What is published starts at `dist/main.js` and needs none of this.
 *
 * Node would load its type stripper for the first TypeScript file it meets before anything could tell it to cache what
 * it strips; and it asks the file system, for some 500 modules, where a relative path leads, which is known.
 */
import { enableCompileCache, registerHooks } from 'node:module'

enableCompileCache()
registerHooks({
  resolve(specifier, { parentURL = '' }, next) {
    const isRelative = specifier.startsWith('./') || specifier.startsWith('../')
    const format = isRelative && specifier.endsWith('.ts') ? 'module-typescript'
      : isRelative && specifier.endsWith('.js') && parentURL.includes('/node_modules/oidc-provider/lib/') ? 'module'
        : null

    return format === null ? next(specifier) : { url: new URL(specifier, parentURL).href, format, shortCircuit: true }
  },
})

await import('../src/main.ts')

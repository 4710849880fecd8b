import { readFileSync } from 'node:fs'

/** Where the package lies: one folder above this file, in the source as in the bundle. `views/` and `data/` are there. */
export const packageFolder = new URL('../', import.meta.url)

/** What `portcullis --version` and `GET /_mock` say. */
export const version = (JSON.parse(readFileSync(new URL('package.json', packageFolder), 'utf8')) as { version: string }).version

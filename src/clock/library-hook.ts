import { registerHooks } from 'node:module'
import { createClock, realNow } from './clock.ts'
import { clockOf, runWithClock } from './scope.ts'

/**
 * Makes oidc-provider follow the tenant's clock: sessions, codes and tokens are issued and expire by it. The library
 * reads the time in one module of one line, and that module is replaced as it is loaded, so this must run before
 * anything imports the library; {@link assertLibraryFollows} notices when it did not.
 */
export function installLibraryClock(): void {
  if (registry[nowMilliseconds]) return

  registry[nowMilliseconds] = () => clockOf()?.now() ?? realNow()
  registerHooks({
    load: (url, context, nextLoad) =>
      isLibraryTime(url) ? { format: 'module', source: followingModule, shortCircuit: true } : nextLoad(url, context),
  })
}

/** The same replacement for a bundle, where no module is left to be loaded. A rolldown, rollup or esbuild-style plugin. */
export const libraryClockPlugin = {
  name: 'portcullis-clock',
  load: (id: string) => (isLibraryTime(id) ? followingModule : null),
}

/**
 * The self-check at start: `libraryNow` makes the library stamp something and tells the second it stamped. Real time
 * would mean that moving the clock moves nothing, in silence; so it is a mistake that stops the start.
 */
export async function assertLibraryFollows(libraryNow: () => number | Promise<number>): Promise<void> {
  for (const second of [0, 1_000_000_000]) {
    const seen = await runWithClock(createClock(() => second * 1000), libraryNow)
    if (seen === second) continue

    throw new Error(
      `oidc-provider does not follow the tenant's clock: at second ${second} it stamped ${seen}. `
      + 'It was loaded before installLibraryClock() ran, or an upgrade moved its lib/helpers/epoch_time.js.',
    )
  }
}

const isLibraryTime = (url: string) => /[\\/]oidc-provider[\\/]lib[\\/]helpers[\\/]epoch_time\.js$/.test(url)

// A registered symbol, not an import: the library is loaded by the process even where our modules come from a test
// runner, so that an import would find another instance of them.
const nowMilliseconds = Symbol.for('portcullis.nowMs')
const registry = globalThis as unknown as Record<symbol, (() => number) | undefined>
const followingModule = `export default (date = globalThis[Symbol.for('portcullis.nowMs')]?.() ?? Date.now()) => Math.floor(date / 1000)`

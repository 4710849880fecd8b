import { installLibraryClock } from './clock/library-hook.ts'
import type { Portcullis } from './server/handle.ts'
import type { PortcullisOptions } from './server/options.ts'

export { controlClient, ControlRefused, type ControlClient } from './testing/client.ts'
export type { ControlAnswers, ControlCalls } from './testing/control-calls.ts'
export type { Decision } from './policy/decision.ts'
export type { CapturedRequest } from './http/request-log.ts'
export type {
  FaultWish, Portcullis, Sandbox, SandboxChanges, TenantChanges, TenantHandle, TenantSummary, TokenStanding, TokenWish,
} from './server/handle.ts'
export type { HeadlessAnswer, HeadlessSignIn } from './sign-in/headless.ts'
export type { SignInEntry } from './sign-in/sign-in-entry.ts'
export type { Signals } from './sign-in/signals.ts'
export type { PortcullisOptions } from './server/options.ts'

/**
 * Starts a tenant, or several, in this process: ephemeral unless told otherwise (product.md 6).
 *
 * The library's clock is put in place first, and only then anything that imports the library.
 */
export async function startPortcullis(options: PortcullisOptions = {}): Promise<Portcullis> {
  installLibraryClock()
  const { start } = await import('./server.ts')

  return start(options)
}

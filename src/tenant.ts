import { createClock } from './clock/clock.ts'
import { auditsOf } from './directory/audit/audit.ts'
import type { Directory, Initiator, TenantData } from './directory/types.ts'
import type { PolicySet } from './policy/policy-set.ts'
import type { SignInTenant } from './sign-in/attempt.ts'
import { policySetOf } from './sign-in/policy-set.ts'
import { createSignInMemory } from './sign-in/memory.ts'
import { createSignInLog } from './sign-in/log.ts'
import { signInShape } from './sign-in/log-shape.ts'
import { createSignalBoard } from './sign-in/signals.ts'
import type { HeadlessAnswer, HeadlessSignIn } from './sign-in/headless.ts'
import { createProtocolState } from './store/protocol-state.ts'
import type { ProtocolState } from './store/protocol-state.ts'
import { auditShape, type AuditLog } from './store/audit-log.ts'
import type { RowLog } from './store/rows/log.ts'
import { createMemoryRows } from './store/rows/memory.ts'
import type { Row, Shape } from './store/rows/shape.ts'
import { createFaultBoard } from './http/faults.ts'
import type { FaultBoard } from './http/faults.ts'
import { createRequestLog } from './http/request-log.ts'
import type { RequestLog } from './http/request-log.ts'

export type { HeadlessAnswer, HeadlessSignIn } from './sign-in/headless.ts'

/** One tenant at run time: the port that graph, control, admin and app work through (others import its type only). */
export type Tenant = SignInTenant & {
  readonly id: string
  /** The default domain. */
  readonly domain: string
  /** Sessions, codes, tokens: gone with the process. */
  readonly state: ProtocolState
  readonly faults: FaultBoard
  /** What reached its protocol endpoints, and Graph. */
  readonly requests: RequestLog
  /** What a reset returns to, and what sandboxes are made like. */
  readonly seed: TenantData
  /** What was done to its directory, and by whom. */
  readonly audits: AuditLog
  /** Ends every session and refresh token of a user; unsaid, it is Portcullis that does. */
  revoke(userId: string, by?: Initiator): Promise<void>
  /** A whole sign-in without a browser (product.md 5). */
  signIn(request: HeadlessSignIn): Promise<HeadlessAnswer>
  /** Back to the seed: directory, log, clock, signals, faults, sessions. */
  reset(): Promise<void>
  /** Clock back to real time; used codes and lockouts forgotten. */
  resetClock(): void
}

export type TenantParts = {
  readonly directory: Directory
  /** What `reset` returns to. */
  readonly seed: TenantData
  readonly isSimulationOn: boolean
  /** Where its logs are kept: in memory unless said. */
  readonly rows?: <R extends Row>(shape: Shape<R>) => RowLog<R>
  signIn(tenant: Tenant, request: HeadlessSignIn): Promise<HeadlessAnswer>
}

/** Puts a tenant together. Its policy set is compiled when first asked after a change of the directory, not per request. */
export function createTenant({ directory, seed, isSimulationOn, rows = createMemoryRows, signIn }: TenantParts): Tenant {
  const clock = createClock()
  let compiled: { readonly version: number; readonly policySet: PolicySet } | null = null

  const audits = rows(auditShape)
  directory.onMade((made) => {
    for (const audit of auditsOf(made, clock.now(), directory)) audits.append(audit)
  })

  const tenant: Tenant = {
    get id() {
      return directory.settings.id
    },
    get domain() {
      const domains = directory.list('domains')
      return (domains.find(({ isDefault }) => isDefault) ?? domains[0])?.id ?? directory.settings.id
    },
    directory,
    seed,
    clock,
    signals: createSignalBoard({ simulation: isSimulationOn }),
    memory: createSignInMemory(),
    log: createSignInLog({ rows: rows(signInShape) }),
    state: createProtocolState(clock),
    faults: createFaultBoard(),
    requests: createRequestLog(),
    get policySet() {
      if (compiled?.version !== directory.version) compiled = { version: directory.version, policySet: policySetOf(directory) }
      return compiled.policySet
    },
    audits,
    async revoke(userId, by) {
      const user = directory.get('users', userId)
      const changing = by ? directory.by(by) : directory
      if (user) await changing.put('users', { ...user, signInSessionsValidFromDateTime: new Date(clock.now()).toISOString() })
    },
    signIn: (request) => signIn(tenant, request),
    resetClock() {
      clock.reset()
      tenant.memory.reset()
    },
    async reset() {
      await directory.replace(seed)
      tenant.resetClock()
      tenant.signals.reset()
      tenant.log.reset()
      audits.reset()
      tenant.state.clear()
      tenant.faults.clear()
      tenant.requests.clear()
    },
  }

  return tenant
}

import { createClock } from '../clock/clock.ts'
import type { Clock } from '../clock/clock.ts'
import { parsedFile } from '../directory/file/parse.ts'
import { createDirectory, loadTenantFile } from '../directory/index.ts'
import type { Directory } from '../directory/types.ts'
import type { PolicySet } from '../policy/policy-set.ts'
import type { SignInTenant } from '../sign-in/attempt.ts'
import { createSignInLog } from '../sign-in/log.ts'
import { createSignInMemory } from '../sign-in/memory.ts'
import { policySetOf } from '../sign-in/policy-set.ts'
import { createSignalBoard } from '../sign-in/signals.ts'

/** The tenant that cases are told of. */
export type Stage = { readonly directory: Directory; readonly policySet: PolicySet }
export type Changes = Readonly<Record<string, unknown>>

/** A tenant file, and the tenant it makes under any changes; each is loaded once. The loader's refusal passes through. */
export function stagesOf(text: string, name: string): (changes: readonly Changes[]) => Promise<Stage> {
  const stages = new Map<string, Promise<Stage>>()

  return (changes) => {
    const key = JSON.stringify(changes)
    const known = stages.get(key)
    if (known) return known
    const stage = loadStage(text, name, changes)
    stages.set(key, stage)

    return stage
  }
}

async function loadStage(text: string, name: string, changes: readonly Changes[]): Promise<Stage> {
  const changed = changes.length === 0 ? text : JSON.stringify(withChanges(await parsedFile(text, name), changes))
  const { tenants: [data] } = await loadTenantFile(changed, changes.length === 0 ? name : 'changes.json')
  if (!data) throw new Error(`${name} holds no tenant.`)
  const directory = createDirectory(data)

  return { directory, policySet: policySetOf(directory) }
}

/** A tenant that nobody has signed in to yet, with a clock of its own that stands until a step moves it. */
export function freshTenant({ directory, policySet }: Stage, now: number): SignInTenant & { readonly clock: Clock } {
  return {
    directory,
    policySet,
    clock: createClock(() => now),
    signals: createSignalBoard(),
    memory: createSignInMemory(),
    log: createSignInLog(),
  }
}

function withChanges(file: unknown, changes: readonly Changes[]): unknown {
  const { tenants = [], ...rest } = file as { tenants?: Changes[] }
  const [first, ...others] = tenants

  return { ...rest, tenants: [changes.reduce<Changes>((tenant, change) => laidOver(tenant, change), first ?? {}), ...others] }
}

/** Objects member by member; of a list of named things those of the same name, others added; anything else as it now is. */
function laidOver(before: Changes, change: Changes): Changes {
  return { ...before, ...Object.fromEntries(Object.entries(change).map(([name, value]) => [name, changedValue(before[name], value)])) }
}

function changedValue(before: unknown, value: unknown): unknown {
  if (isObject(before) && isObject(value)) return laidOver(before, value)
  if (!Array.isArray(before) || !Array.isArray(value) || ![...before, ...value].every(isObject)) return value
  const added = [...before] as Changes[]
  for (const entry of value as Changes[]) {
    const at = added.findIndex((known) => isSame(known, entry))
    if (at < 0) added.push(entry)
    else added[at] = laidOver(added[at]!, entry)
  }

  return added
}

function isSame(known: Changes, entry: Changes): boolean {
  return ['id', 'userPrincipalName', 'appId', 'displayName'].some((key) => typeof entry[key] === 'string' && lower(entry[key]) === lower(known[key]))
}

const lower = (value: unknown) => (typeof value === 'string' ? value.toLowerCase() : value)
const isObject = (value: unknown): value is Changes => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A simulated fault (product.md 5): what goes wrong, where, for whom and how often. */
export type Fault = {
  readonly id: string
  readonly on: FaultPoint
  readonly error?: { readonly code: number } | { readonly status: number } | { readonly oauth: string }
  /** Milliseconds. */
  readonly delay?: number
  /** Close the connection without an answer. */
  readonly drop?: boolean
  /** How often it still happens; absent = until cleared. */
  readonly times?: number
  readonly where?: FaultTarget
}

export type FaultPoint = 'token' | 'authorize' | 'discovery' | 'keys' | 'graph' | 'userinfo' | 'devicecode' | 'logout'
export type FaultTarget = { readonly user?: string; readonly client?: string; readonly grant?: string }

export type FaultBoard = {
  add(fault: Omit<Fault, 'id'>): Fault
  readonly list: readonly Fault[]
  /** The first fault that is set for this point and target, counted down; null = all is well. */
  take(on: FaultPoint, target: FaultTarget): Fault | null
  remove(id: string): boolean
  clear(): void
}

export function createFaultBoard(): FaultBoard {
  let faults: Fault[] = []

  return {
    get list() {
      return faults
    },
    add(fault) {
      const added = { ...fault, id: crypto.randomUUID() }
      faults.push(added)
      return added
    },
    take(on, target) {
      const fault = faults.find((candidate) => candidate.on === on && concerns(candidate.where ?? {}, target))
      if (!fault) return null
      if (fault.times !== undefined) {
        const left = { ...fault, times: fault.times - 1 }
        faults = left.times > 0 ? faults.map((other) => (other === fault ? left : other)) : faults.filter((other) => other !== fault)
      }
      return fault
    },
    remove(id) {
      const before = faults.length
      faults = faults.filter((fault) => fault.id !== id)
      return faults.length < before
    },
    clear() {
      faults = []
    },
  }
}

function concerns(where: FaultTarget, target: FaultTarget): boolean {
  return (['user', 'client', 'grant'] as const).every((member) => where[member] === undefined || where[member].toLowerCase() === target[member]?.toLowerCase())
}

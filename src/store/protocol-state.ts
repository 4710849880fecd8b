import type { Clock } from '../clock/clock.ts'

/** What a protocol remembers under an id: a session, a code, a grant. Plain data. */
export type Payload = Readonly<Record<string, unknown>>

/**
 * What one tenant's protocols remember: sessions, grants, codes, tokens. It ends with the process, and with the tenant.
 * What is found is a copy: to change what is remembered, say it with `upsert`.
 */
export type ProtocolState = {
  find(model: string, id: string): Payload | undefined
  findByUid(model: string, uid: string): Payload | undefined
  findByUserCode(model: string, userCode: string): Payload | undefined
  /** Remembers for so many seconds of the tenant's time; without them, for good. */
  upsert(model: string, id: string, payload: object, expiresInSeconds?: number): void
  /** Marks as used, once: false when it was used already, or is not there. Of many at once exactly one is told true. */
  consume(model: string, id: string): boolean
  destroy(model: string, id: string): void
  /** Forgets every code and token of a grant. */
  revokeByGrantId(grantId: string): void
  /** Everything of one kind, with its id. It may be changed while it is walked through. */
  all(model: string): Iterable<readonly [id: string, payload: Payload]>
  clear(): void
  readonly size: number
}

/** What goes when a grant is revoked; the grant itself, sessions and interactions have their own ways to end. */
const grantable: ReadonlySet<string> = new Set([
  'AccessToken', 'AuthorizationCode', 'RefreshToken', 'DeviceCode', 'BackchannelAuthenticationRequest', 'PreAuthorizedCode',
])

type Entry = {
  readonly model: string
  readonly id: string
  payload: Payload
  /** By the tenant's clock and by the real one, ms. It is forgotten when both have passed: until then it can be said that it expired. */
  readonly expiresAt: number
  readonly reallyExpiresAt: number
}

/** How many entries are looked at for each one that is added: enough that what expired never outgrows what lives. */
const sweptPerUpsert = 4

/** The protocol state of one tenant, in memory. There is no timer: when nobody holds it any more, it is gone. */
export function createProtocolState(clock: Clock): ProtocolState {
  const models = new Map<string, Map<string, Entry>>()
  const idsByUid = new Map<string, string>()
  const idsByUserCode = new Map<string, string>()
  const byGrant = new Map<string, Set<Entry>>()
  let size = 0
  let walk: Iterator<Entry> | null = null

  function entryOf(model: string, id: string): Entry | undefined {
    return models.get(model)?.get(id)
  }

  function forget(entry: Entry): void {
    if (!models.get(entry.model)?.delete(entry.id)) return
    size--
    const { uid, userCode } = entry.payload
    if (idsByUid.get(key(entry.model, uid)) === entry.id) idsByUid.delete(key(entry.model, uid))
    if (idsByUserCode.get(key(entry.model, userCode)) === entry.id) idsByUserCode.delete(key(entry.model, userCode))
    const grant = grantOf(entry)
    const members = grant === null ? undefined : byGrant.get(grant)
    members?.delete(entry)
    if (grant !== null && members?.size === 0) byGrant.delete(grant)
  }

  function sweep(): void {
    for (let looked = 0; looked < sweptPerUpsert; looked++) {
      walk ??= entries(models)
      const { value, done } = walk.next()
      if (done) {
        walk = null

        return
      }
      if (value.expiresAt <= clock.now() && value.reallyExpiresAt <= clock.realNow()) forget(value)
    }
  }

  return {
    find: (model, id) => copyOf(entryOf(model, id)?.payload),
    findByUid: (model, uid) => copyOf(entryOf(model, idsByUid.get(key(model, uid)) ?? '')?.payload),
    findByUserCode: (model, userCode) => copyOf(entryOf(model, idsByUserCode.get(key(model, userCode)) ?? '')?.payload),

    upsert(model, id, payload, expiresInSeconds) {
      sweep()
      const before = entryOf(model, id)
      if (before) forget(before)
      const lasts = expiresInSeconds === undefined ? Infinity : expiresInSeconds * 1000
      const entry: Entry = { model, id, payload: copyOf(payload as Payload), expiresAt: clock.now() + lasts, reallyExpiresAt: clock.realNow() + lasts }
      const ofModel = models.get(model) ?? new Map<string, Entry>()
      models.set(model, ofModel)
      ofModel.set(id, entry)
      size++

      const { uid, userCode } = entry.payload
      if (typeof uid === 'string') idsByUid.set(key(model, uid), id)
      if (typeof userCode === 'string') idsByUserCode.set(key(model, userCode), id)
      const grant = grantOf(entry)
      if (grant === null) return
      const members = byGrant.get(grant) ?? new Set()
      byGrant.set(grant, members)
      members.add(entry)
    },

    consume(model, id) {
      const entry = entryOf(model, id)
      if (!entry || entry.payload.consumed) return false
      entry.payload = { ...entry.payload, consumed: clock.epochSeconds() }

      return true
    },

    destroy(model, id) {
      const entry = entryOf(model, id)
      if (entry) forget(entry)
    },

    revokeByGrantId(grantId) {
      for (const entry of byGrant.get(grantId) ?? []) forget(entry)
    },

    *all(model) {
      for (const entry of models.get(model)?.values() ?? []) yield [entry.id, copyOf(entry.payload)] as const
    },

    clear() {
      for (const index of [models, idsByUid, idsByUserCode, byGrant]) index.clear()
      size = 0
      walk = null
    },

    get size() {
      return size
    },
  }
}

function* entries(models: ReadonlyMap<string, ReadonlyMap<string, Entry>>): Generator<Entry, void> {
  for (const ofModel of models.values()) yield* ofModel.values()
}

function grantOf({ model, payload }: Entry): string | null {
  return grantable.has(model) && typeof payload.grantId === 'string' ? payload.grantId : null
}

function key(model: string, name: unknown): string {
  return `${model} ${String(name)}`
}

/** A copy that shares nothing with the original; payloads are plain data. */
function copyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copyOf) as T
  const copy: Record<string, unknown> = {}
  for (const name in value) copy[name] = copyOf(value[name])

  return copy as T
}

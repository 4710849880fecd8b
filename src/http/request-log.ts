/** One request that reached a tenant's protocol endpoints or Graph, as a test may look at it: nothing in it can be used again. */
export type CapturedRequest = {
  readonly sequence: number
  /** When it came, in the tenant's time. */
  readonly at: string
  readonly method: string
  /** As it was written, without the query. */
  readonly path: string
  /** Query and form; secrets, passwords, codes and tokens read `***`. A parameter given several times is a list. */
  readonly parameters: Readonly<Record<string, string | readonly string[]>>
  /** The scheme of the `Authorization` header: `Basic`, `Bearer`, `DPoP`; null where there was none. */
  readonly authorization: string | null
  /** Null where the connection was dropped. */
  readonly status: number | null
  /** Joins the request to rows of the sign-in log. */
  readonly correlationId: string | null
}

/** The newest requests of one tenant, oldest first. */
export type RequestLog = {
  readonly entries: readonly CapturedRequest[]
  add(request: Omit<CapturedRequest, 'sequence'>): void
  clear(): void
}

/** A ring: however much is asked of a tenant, it keeps the newest `bound`. */
export function createRequestLog({ bound = 500 }: { readonly bound?: number } = {}): RequestLog {
  let kept: CapturedRequest[] = []
  let last = 0
  const newest = () => (kept.length > bound ? kept.slice(-bound) : kept)

  return {
    get entries() {
      return newest()
    },
    add(request) {
      kept.push({ ...request, sequence: ++last })
      // Twice the bound before the old half goes, so that a full ring costs no more per request than an empty one.
      if (kept.length >= bound * 2) kept = newest()
    },
    clear() {
      kept = []
    },
  }
}

const most = { parameters: 50, values: 10, characters: 1000 }
const secret = /secret|passw|assertion|verifier|token(?!_type)|csrf|credential|^(?:user_|device_|one_?time_?|new_|auth_?req_)?(?:code|otp|confirm|id_hint)$/i
const mask = '***'

/** Parameters as they may be kept: masked where they are secret, cut where they are long. */
export function maskedParameters(pairs: Iterable<readonly [string, string]>): CapturedRequest['parameters'] {
  const values = new Map<string, string[]>()
  for (const [name, value] of pairs) {
    const key = name.slice(0, 100)
    if (!values.has(key) && values.size >= most.parameters) continue
    const said = values.get(key) ?? []
    if (said.length < most.values) said.push(secret.test(name) ? mask : value.slice(0, most.characters))
    values.set(key, said)
  }

  return Object.fromEntries([...values].map(([name, said]) => [name, said.length === 1 ? (said[0] ?? '') : said]))
}

import { randomBytes } from 'node:crypto'

/** One authorization request that is under way, so that only its own answer is taken. */
export type Transaction = {
  readonly tenantId: string
  /** What the browser that began it shows in a cookie. */
  readonly browser: string
  readonly nonce: string
  readonly codeVerifier: string
  readonly redirectUri: string
  /** `check` asks whether the user is still welcome and keeps the session timeout; the others begin a session. */
  readonly kind: 'signIn' | 'refresh' | 'check'
  /** Where to go afterwards: a path of the app. */
  readonly home: string
  /** Real time, milliseconds: a person types, however the tenant's clock is moved. */
  readonly begunAt: number
}

const lifetime = 15 * 60 * 1000

/** The requests under way, by `state`. Each is taken once; those that nobody answered make room. */
export function createTransactions(most = 5000) {
  const transactions = new Map<string, Transaction>()

  return {
    begin(transaction: Transaction): string {
      for (const [state, { begunAt }] of transactions) {
        if (transactions.size < most && transaction.begunAt - begunAt < lifetime) break
        transactions.delete(state)
      }
      const state = randomBytes(32).toString('base64url')
      transactions.set(state, transaction)

      return state
    },
    /** The request that `state` answers, if this browser began it and it is not too old. */
    take(state: string, browser: string | undefined, now: number): Transaction | null {
      const transaction = transactions.get(state)
      if (!transaction || transaction.browser !== browser) return null
      transactions.delete(state)

      return now - transaction.begunAt < lifetime ? transaction : null
    },
  }
}

export type Transactions = ReturnType<typeof createTransactions>

import { randomBytes } from 'node:crypto'

/** One signed-in browser, as the app remembers it. Times are milliseconds of the tenant's clock. */
export type AppSession = {
  readonly tenantId: string
  /** Object id where the provider tells it, else the subject. */
  readonly subject: string
  readonly displayName: string
  readonly userPrincipalName: string
  /** Sent back at sign-out, so that the provider knows whom to sign out. */
  readonly idToken: string
  readonly since: number
  /** The session timeout: when the ID token of the sign-in expires (reference 5.6). */
  readonly until: number
  readonly lastUsedAt: number
  /** When the provider was last asked whether the user is still welcome. */
  readonly checkedAt: number
  /** Milliseconds without use that end it; null = none. */
  readonly inactivity: number | null
  readonly ipAddress: string
}

/** How a session stands at an instant. */
export type Standing = 'active' | 'expired' | 'inactive'

export function standingOf({ since, until, lastUsedAt, inactivity }: AppSession, now: number): Standing {
  // A clock that was reset stands before the sign-in: what was begun in that future is over.
  if (now >= until || now < since) return 'expired'

  return inactivity !== null && now - lastUsedAt >= inactivity ? 'inactive' : 'active'
}

/** The sessions of the app, by the opaque id in the browser's cookie. In memory, bounded: the oldest make room. */
export function createSessions(most = 5000) {
  const sessions = new Map<string, AppSession>()

  return {
    find: (id: string | undefined): AppSession | undefined => (id === undefined ? undefined : sessions.get(id)),
    /** A sign-in always gets an id of its own, so that nobody can plant one. */
    begin(session: AppSession): string {
      for (const oldest of sessions.keys()) {
        if (sessions.size < most) break
        sessions.delete(oldest)
      }
      const id = randomBytes(32).toString('base64url')
      sessions.set(id, session)

      return id
    },
    change(id: string, session: AppSession): void {
      if (sessions.has(id)) sessions.set(id, session)
    },
    end(id: string | undefined): void {
      if (id !== undefined) sessions.delete(id)
    },
  }
}

export type Sessions = ReturnType<typeof createSessions>

import { newCsrf } from '../http/csrf.ts'
import { begin } from './begin.ts'
import type { AppPages } from './pages.ts'
import { placeOf } from './place.ts'
import { isTrouble } from './refused.ts'
import { standingOf, type AppSession, type Standing } from './sessions.ts'
import { keepSession, presentAddress, sessionOf, show, type Visit } from './visit.ts'
import { instant, minutes } from './words.ts'

const hour = 3_600_000
const warningTime = 20 * 60_000

/** The app itself: "Sign in", or who is signed in, since when, until when, from where. */
export async function home(visit: Visit): Promise<void> {
  const { at: { tenant }, sessions } = visit
  const signInHref = `${visit.home}/sign-in`
  const known = sessionOf(visit)
  if (!known) return show(visit, 'app-signed-out', { signInHref, message: null })

  const now = tenant.clock.now()
  const standing = standingOf(known.session, now)
  if (standing !== 'active') {
    sessions.end(known.id)
    keepSession(visit, null)
    return show(visit, 'app-expired', { signInHref, message: over[standing] })
  }
  const session = { ...known.session, lastUsedAt: now }
  if (tenant.directory.settings.settings.hourlyPolicyCheck && now - session.checkedAt >= hour && (await isChecking(visit))) return

  sessions.change(known.id, session)
  show(visit, 'app-home', homeModel(visit, known.id, session, now))
}

/** Sent to the provider; false where it cannot be found just now, which is no reason to keep anybody from working. */
async function isChecking(visit: Visit): Promise<boolean> {
  try {
    await begin(visit, 'check')
    return true
  } catch (error) {
    if (!isTrouble(error)) throw error
    return false
  }
}

const over: Readonly<Record<Exclude<Standing, 'active'>, string>> = {
  expired: 'Your session has expired. Sign in again to go on.',
  inactive: 'You were signed out because you did nothing for a while. Sign in again to go on.',
}

function homeModel(visit: Visit, id: string, session: AppSession, now: number): AppPages['app-home'] {
  const { at: { tenant }, home, secret } = visit
  const { displayName, userPrincipalName, since, until, ipAddress, inactivity, subject } = session
  const present = presentAddress(visit, subject)

  return {
    displayName,
    userPrincipalName,
    since: instant(since),
    until: instant(until),
    from: present === ipAddress ? ipAddress : `${ipAddress} at sign-in, ${present} now`,
    placeName: placeOf(tenant.directory, ipAddress),
    idleUntil: inactivity === null ? null : instant(now + inactivity),
    warning: until - now > warningTime ? null : `Your session ends in ${minutes(until - now)}. Save your work and sign in again to go on.`,
    signOutHref: `${home}/sign-out?csrf=${newCsrf(secret, id)}`,
    refreshHref: `${home}/refresh`,
  }
}

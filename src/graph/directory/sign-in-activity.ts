import type { User } from '../../directory/types.ts'
import { wantsPremium } from '../audit-logs/sign-ins.ts'
import { complex, instant, text } from '../odata/types.ts'
import type { Properties, Property } from '../odata/types.ts'
import type { Asked } from '../protocol/endpoint.ts'

const when = instant<never>({ filter: 'eq ne ge le' })
const parts: Properties<never> = {
  lastSignInDateTime: when,
  lastSignInRequestId: text(),
  lastNonInteractiveSignInDateTime: when,
  lastNonInteractiveSignInRequestId: text(),
  lastSuccessfulSignInDateTime: when,
  lastSuccessfulSignInRequestId: text(),
}

/** When a user signed in last, by the sign-ins that are at hand: what tools look for who is not here any more. Needs a Premium licence, as the log does. */
export const signInActivity: Property<User> = complex(parts, { isOnRequest: true, isReadOnly: true, of: activityOf })

type Activity = { -readonly [Part in keyof typeof parts]?: unknown }

/** What each user did, gone through once for a request. */
const known = new WeakMap<Asked, ReadonlyMap<string, Activity>>()

function activityOf({ id }: User, asked: Asked): Activity | null {
  const activities = known.get(asked) ?? activitiesIn(asked)
  known.set(asked, activities)

  return activities.get(id) ?? null
}

function activitiesIn(asked: Asked): ReadonlyMap<string, Activity> {
  wantsPremium(asked)
  const activities = new Map<string, Activity>()
  for (const { userId, id, createdDateTime, isInteractive, status } of asked.tenant.log.entries) {
    if (typeof userId !== 'string' || userId === '') continue
    const activity = activities.get(userId) ?? Object.fromEntries(Object.keys(parts).map((part) => [part, null]))
    activities.set(userId, activity)
    const kind = isInteractive === true ? 'SignIn' : 'NonInteractiveSignIn'
    activity[`last${kind}DateTime`] = createdDateTime
    activity[`last${kind}RequestId`] = id
    if ((status as { readonly errorCode?: number } | undefined)?.errorCode !== 0) continue
    activity.lastSuccessfulSignInDateTime = createdDateTime
    activity.lastSuccessfulSignInRequestId = id
  }

  return activities
}

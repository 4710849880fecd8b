import type { User } from '../../directory/types.ts'
import { answerList, entityBody } from '../odata/collection.ts'
import type { Collection } from '../odata/collection.ts'
import { guid, json, text } from '../odata/types.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { badProperty } from '../protocol/refusal.ts'
import { ofUser, userOf } from './asking.ts'
import { licenceDetails, licencesOf, subscriptions, type AssignedLicence } from './licences.ts'
import { assignLicences, ownProfile, readLicences } from './permissions.ts'
import { users } from './users.ts'

type Detail = ReturnType<typeof licenceDetails>[number]

const detailsOf = (user: User): Collection<Detail> => ({
  type: { name: 'licenseDetails', key: ({ id }) => id, properties: { id: text(), skuId: guid(), skuPartNumber: text(), servicePlans: json() } },
  context: `users('${user.id}')/licenseDetails`,
  source: { list: ({ tenant }) => licenceDetails(user, tenant.directory) },
  options: ['select', 'top', 'format'],
})

/** The plans a user has, in full, and giving and taking them. */
export const licenceEndpoints: readonly Endpoint[] = [
  ...ofUser({ method: 'GET', suffix: '/licenseDetails', own: ownProfile, others: readLicences, answer: (asked, user) => answerList(detailsOf(user), asked) }),
  ...ofUser({ method: 'POST', suffix: '/assignLicense', own: null, others: assignLicences, status: 200, answer: assign }),
]

async function assign(asked: Asked, { id }: User): Promise<Answer> {
  const body = await asked.body()
  const { directory } = asked.tenant
  const user = userOf(asked, id)
  const removed = listIn(body, 'removeLicenses').map((one) => skuIn(one, 'removeLicenses', asked))
  const added = listIn(body, 'addLicenses').map((one): AssignedLicence => {
    const { skuId, disabledPlans } = (one ?? {}) as { readonly skuId?: unknown; readonly disabledPlans?: unknown }

    return { skuId: skuIn(skuId, 'addLicenses', asked), disabledPlans: Array.isArray(disabledPlans) ? disabledPlans.map(String) : [] }
  })
  const had = licencesOf(user, directory)
  const missing = removed.find((skuId) => !had.some((licence) => licence.skuId === skuId))
  if (missing !== undefined) throw badProperty('removeLicenses', `User does not have a corresponding license: ${missing}.`)
  const kept = had.filter(({ skuId }) => !removed.includes(skuId) && !added.some((licence) => licence.skuId === skuId))
  await asked.directory.put('users', { ...user, assignedLicenses: [...kept, ...added] })

  return { status: 200, body: entityBody(userOf(asked, id), users, asked) }
}

function listIn(body: Readonly<Record<string, unknown>>, name: string): readonly unknown[] {
  const list = body[name] ?? []
  if (!Array.isArray(list)) throw badProperty(name, `'${name}' is a list.`)

  return list
}

function skuIn(skuId: unknown, target: string, { tenant }: Asked): string {
  const found = subscriptions(tenant.directory).find((sku) => sku.skuId === String(skuId).toLowerCase() && sku.capabilityStatus === 'Enabled')
  if (!found) throw badProperty(target, `License ${String(skuId).slice(0, 60)} does not correspond to a valid company License. GET /subscribedSkus lists those of the tenant.`)

  return found.skuId
}

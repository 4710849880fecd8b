import * as v from 'valibot'
import { DirectoryRefusal, exportTenantFile, loadTenantFile, problemText } from '../directory/index.ts'
import type { TenantData } from '../directory/types.ts'
import { deletedFrom, writtenDeleted } from './deleted.ts'
import { badRequest } from './refusal.ts'

type Written = Readonly<Record<string, unknown>>

/** The lists of a tenant file. */
export const collectionNames = [
  'users', 'groups', 'applications', 'devices', 'domains', 'namedLocations', 'conditionalAccessPolicies', 'authenticationStrengths',
  'authenticationContextClassReferences', 'tokenLifetimePolicies', 'agreements',
] as const satisfies readonly (keyof TenantData)[]

/** A running tenant as a tenant file spells it, and what such a file has no word for: dates, until when secrets are good, what was deleted. */
export function writtenTenant(data: TenantData): Written {
  const [tenant = {}] = exportTenantFile(data).tenants
  const kept = collectionNames.flatMap((collection) => {
    const unsaid = new Map(data[collection].map((entity) => [entity.id, unsaidOf(entity)]))

    return tenant[collection] ? [[collection, listOf(tenant[collection]).map((entity) => ({ ...entity, ...unsaid.get(String(entity.id)) }))]] : []
  })

  return { ...tenant, ...Object.fromEntries(kept), ...writtenDeleted(data) }
}

/** What is written, checked as a tenant file is and ready to run. Refused with everything that is wrong with it. */
export async function tenantFrom(written: Written): Promise<TenantData> {
  const { deletedItems, ...file } = written
  const { tenants } = await loadTenantFile(JSON.stringify({ tenants: [file] }), 'body.json').catch(refuseAsBody)
  const [tenant] = tenants
  if (!tenant) throw badRequest('invalid_body', 'The body holds no tenant.')

  return { ...withUnsaid(tenant, written), deletedItems: deletedFrom(deletedItems, tenant) }
}

function refuseAsBody(error: unknown): never {
  if (!(error instanceof DirectoryRefusal)) throw error
  const problems = error.problems.slice(0, 20).map((problem) => problemText({ ...problem, path: problem.path.replace(/^tenants\[0\]\.?/, '') }))

  throw badRequest('invalid_body', problems.join('\n'))
}

/** A tenant file leaves out what Graph says is read-only; a snapshot keeps it. */
function withUnsaid(tenant: TenantData, written: Written): TenantData {
  const kept = collectionNames.map((collection) => {
    const unsaid = new Map(listOf(written[collection]).map((entity) => [String(entity.id).toLowerCase(), unsaidOf(entity)]))

    return [collection, tenant[collection].map((entity) => ({ ...entity, ...unsaid.get(entity.id) }))]
  })

  return { ...tenant, ...Object.fromEntries(kept) } as TenantData
}

function unsaidOf({ createdDateTime, modifiedDateTime, secrets, passwordCredentials }: Written): Written {
  const credentials = listOf(passwordCredentials).filter((credential) => v.is(passwordCredential, credential) && listOf(secrets).includes(credential.secretText as never))

  return {
    ...(typeof createdDateTime === 'string' ? { createdDateTime } : {}),
    ...(typeof modifiedDateTime === 'string' ? { modifiedDateTime } : {}),
    ...(credentials.length > 0 ? { passwordCredentials: credentials } : {}),
  }
}

/** Of a secret that was made over Graph. Whatever else a body has there is Graph's own, which is read-only. */
const passwordCredential = v.strictObject({
  keyId: v.string(),
  displayName: v.nullable(v.string()),
  startDateTime: v.pipe(v.string(), v.isoTimestamp()),
  endDateTime: v.pipe(v.string(), v.isoTimestamp()),
  secretText: v.string(),
})

const listOf = (value: unknown) => (Array.isArray(value) ? (value as readonly Written[]) : [])

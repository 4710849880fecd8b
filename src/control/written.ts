import { DirectoryRefusal, exportTenantFile, loadTenantFile, problemText } from '../directory/index.ts'
import type { TenantData } from '../directory/types.ts'
import { badRequest } from './refusal.ts'

type Written = Readonly<Record<string, unknown>>

/** The lists of a tenant file. */
export const collectionNames = [
  'users', 'groups', 'applications', 'devices', 'domains', 'namedLocations', 'conditionalAccessPolicies', 'authenticationStrengths',
  'authenticationContextClassReferences', 'tokenLifetimePolicies', 'agreements',
] as const satisfies readonly (keyof TenantData)[]

/** A running tenant as a tenant file spells it, and when its things were made and changed. */
export function writtenTenant(data: TenantData): Written {
  const [tenant = {}] = exportTenantFile(data).tenants
  const dated = collectionNames.flatMap((collection) => {
    const dates = new Map(data[collection].map((entity) => [entity.id, datesOf(entity)]))

    return tenant[collection] ? [[collection, listOf(tenant[collection]).map((entity) => ({ ...entity, ...dates.get(String(entity.id)) }))]] : []
  })

  return { ...tenant, ...Object.fromEntries(dated) }
}

/** What is written, checked as a tenant file is and ready to run. Refused with everything that is wrong with it. */
export async function tenantFrom(written: Written): Promise<TenantData> {
  const { tenants } = await loadTenantFile(JSON.stringify({ tenants: [written] }), 'body.json').catch(refuseAsBody)
  const [tenant] = tenants
  if (!tenant) throw badRequest('invalid_body', 'The body holds no tenant.')

  return withDates(tenant, written)
}

function refuseAsBody(error: unknown): never {
  if (!(error instanceof DirectoryRefusal)) throw error
  const problems = error.problems.slice(0, 20).map((problem) => problemText({ ...problem, path: problem.path.replace(/^tenants\[0\]\.?/, '') }))

  throw badRequest('invalid_body', problems.join('\n'))
}

/** A tenant file leaves out what Graph says is read-only; a snapshot keeps when things were made and changed. */
function withDates(tenant: TenantData, written: Written): TenantData {
  const dated = collectionNames.map((collection) => {
    const dates = new Map(listOf(written[collection]).map((entity) => [String(entity.id).toLowerCase(), datesOf(entity)]))

    return [collection, tenant[collection].map((entity) => ({ ...entity, ...dates.get(entity.id) }))]
  })

  return { ...tenant, ...Object.fromEntries(dated) } as TenantData
}

function datesOf({ createdDateTime, modifiedDateTime }: Written): Written {
  return { ...(typeof createdDateTime === 'string' ? { createdDateTime } : {}), ...(typeof modifiedDateTime === 'string' ? { modifiedDateTime } : {}) }
}

const listOf = (value: unknown) => (Array.isArray(value) ? (value as readonly Written[]) : [])

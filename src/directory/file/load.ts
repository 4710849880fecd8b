import { isGuid } from '../ids.ts'
import { badRequest, type Problem } from '../refusal.ts'
import type { TenantData } from '../types.ts'
import { checked } from './checked.ts'
import { parsedFile } from './parse.ts'
import { tenantFileSchema, type TenantEntry } from './schema.ts'
import { builtTenant } from './tenant.ts'
import { hashedPasswords } from './hashed.ts'
import { problemsOfTenant } from './rules.ts'

/** What a tenant file holds, ready to run, and what was left out of it or is odd. */
export type LoadedFile = { readonly tenants: readonly TenantData[]; readonly notes: readonly string[] }

/**
 * Reads a tenant file: names become ids, what was left out gets its default, passwords are hashed. Rejects with a
 * {@link DirectoryRefusal} that holds every problem at once, each with its path and, where there is one, the name that was
 * probably meant.
 */
export async function loadTenantFile(text: string, name: string): Promise<LoadedFile> {
  const problems: Problem[] = []
  const dropped = new Map<string, { why: string; count: number }>()
  const notes: string[] = []
  const report = {
    problem: (problem: Problem) => void problems.push(problem),
    note: (note: string) => void notes.push(note),
    dropped(path: string, why: string) {
      const everywhere = path.replaceAll(/\[\d+\]/g, '[*]')
      const known = dropped.get(everywhere)
      dropped.set(everywhere, { why, count: (known?.count ?? 0) + 1 })
    },
  }

  const written = await parsedFile(text, name)
  if (isBareTenant(written)) throw badRequest([{ path: 'tenants', message: 'This is a tenant by itself; a tenant file holds a list of them. Write {"tenants": [ … ]} around it.' }])
  const file = checked(schema, written, report)
  const built = (file?.tenants ?? []).flatMap((entry: TenantEntry | undefined, index) => {
    if (entry === undefined) return []
    const path = `tenants[${index}]`
    const tenant = builtTenant(entry, path, report)
    for (const problem of problemsOfTenant(tenant, path)) report.problem(problem)

    return [tenant.data]
  })
  for (const problem of problemsOfIds(built)) report.problem(problem)
  if (problems.length > 0) throw badRequest(distinct(problems))

  const tenants = await Promise.all(built.map(hashedPasswords))
  for (const [path, { why, count }] of dropped) notes.push(`${path}: ${why}, left out${count > 1 ? ` (in ${count} places)` : ''}.`)

  return { tenants, notes }
}

const schema = tenantFileSchema()

/** One tenant where the file belongs, as a test may hand in: each of its properties would be unknown. */
function isBareTenant(written: unknown): boolean {
  return typeof written === 'object' && written !== null && !('tenants' in written) && ['domains', 'users', 'applications', 'conditionalAccessPolicies'].some((collection) => collection in written)
}

function problemsOfIds(tenants: readonly TenantData[]): readonly Problem[] {
  return tenants.flatMap(({ id }, index) => {
    if (!isGuid(id)) return [{ path: `tenants[${index}].id`, message: `"${id}" is not a GUID. Leave it out, or write one.` }]
    const first = tenants.findIndex((tenant) => tenant.id === id)

    return first === index ? [] : [{ path: `tenants[${index}].id`, message: `"${id}" is the id of tenants[${first}] already. Give each tenant its own.` }]
  })
}

function distinct(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.path}: ${problem.message}`, problem])).values()]
}

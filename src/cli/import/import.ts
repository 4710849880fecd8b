import { exportTenantFile, isPasswordHash } from '../../directory/index.ts'
import { isObject } from '../../directory/file/cleaned.ts'
import { readFiles } from './files.ts'
import { gathered, type LeftOut } from './gather.ts'
import { recognised, type Written } from './recognise.ts'
import { countsOf, type Report } from './report.ts'
import { settled } from './settle.ts'

/** What is to be imported, and the tenant file it is merged into. */
export type ImportWish = {
  readonly names: readonly string[]
  readonly workingFolder: string
  readonly own: { readonly tenants: readonly Written[] } | null
  readonly ownFile: string
  readonly createMissing: boolean
}

/** The tenant file that comes of it (null where nothing was found), and what became of everything that was read. */
export type Imported = { readonly tenant: object | null; readonly report: Report; /** Everything is in it, and all that is named is there. */ readonly isWhole: boolean }

/** Reads exports into the first tenant of a file; the others stay as they are. */
export async function imported({ names, workingFolder, own, ownFile, createMissing }: ImportWish): Promise<Imported> {
  const { files, ignored } = await readFiles(names, workingFolder)
  const unreadable = files.flatMap((file): LeftOut[] => ('problem' in file ? [{ from: file.name, what: 'the file', why: [`${file.problem}`] }] : []))
  const read = files.flatMap((file) => ('value' in file ? [recognised(file.value, file.name)] : []))
  const found = read.flatMap((one) => one.found)
  const skipped = read.flatMap((one) => one.skipped)
  const [first = null, ...others] = own?.tenants ?? []
  if (found.length === 0) {
    return { tenant: null, isWhole: false, report: { tenant: {}, unresolved: [], leftOut: unreadable, skipped, ignoredFiles: ignored, notes: [] } }
  }

  const { data, unresolved, leftOut, notes } = await settled(gathered(first, ownFile, found), createMissing)
  const { tenants } = exportTenantFile(data)
  const all = [...unreadable, ...leftOut]

  return {
    tenant: { ...own, tenants: [withPlainPasswords(tenants[0]!, first), ...others] },
    isWhole: unresolved.length === 0 && all.every(({ isHarmless }) => isHarmless),
    report: { tenant: countsOf(data), unresolved, leftOut: all, skipped, ignoredFiles: ignored, notes },
  }
}

/** Loading hashes passwords; whoever wrote them down wants to read them again. */
function withPlainPasswords(tenant: Written, own: Written | null): Written {
  const users = (list: unknown) => (Array.isArray(list) ? list.filter(isObject) : [])
  const key = ({ userPrincipalName }: Written) => String(userPrincipalName).toLowerCase()
  const plain = new Map(users(own?.users).flatMap((user) => (typeof user.password === 'string' && !isPasswordHash(user.password) ? [[key(user), user.password] as const] : [])))
  if (plain.size === 0) return tenant

  return { ...tenant, users: users(tenant.users).map((user) => (plain.has(key(user)) ? { ...user, password: plain.get(key(user)) } : user)) }
}

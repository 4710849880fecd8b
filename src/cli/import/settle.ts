import { checked } from '../../directory/file/checked.ts'
import { isObject } from '../../directory/file/cleaned.ts'
import { identified, namesIn } from '../../directory/file/identify.ts'
import type { Kind } from '../../directory/file/names.ts'
import { tenantFileSchema } from '../../directory/file/schema.ts'
import type { TenantEntry } from '../../directory/file/schema.ts'
import { builtInRoles, DirectoryRefusal, idFor, loadTenantFile, problemText, type Problem } from '../../directory/index.ts'
import type { TenantData } from '../../directory/types.ts'
import { builtInStrengths, mapReferences } from '../../policy/index.ts'
import { BadUse } from '../command.ts'
import { titleOf, type Gathered, type Item, type LeftOut } from './gather.ts'
import { listedCollections, type Collection, type Written } from './recognise.ts'
import { withRelations } from './relations.ts'
import { referencesIn, type References, type Unresolved } from './references.ts'

/** A tenant that loads, and everything that did not come into it as it was written. */
export type Settled = { readonly data: TenantData; readonly unresolved: readonly Unresolved[]; readonly leftOut: readonly LeftOut[]; readonly notes: readonly string[] }

/**
 * Makes a tenant of its pieces. What a tenant file cannot hold is left out, an entity at a time, until the rest loads:
 * whether it does is the tenant file's own loader to say.
 */
export async function settled(pieces: Gathered, createMissing: boolean): Promise<Settled> {
  let { items } = pieces
  const leftOut: LeftOut[] = [...pieces.leftOut]
  for (;;) {
    const { entry, told, unresolved, lost } = draft({ ...pieces, items }, createMissing)
    const { tenants, notes, problems } = await loadTenantFile(JSON.stringify({ tenants: [entry] }), 'the import').then(
      (loaded) => ({ ...loaded, problems: [] }),
      (error: unknown) => {
        if (!(error instanceof DirectoryRefusal)) throw error

        return { tenants: [], notes: [], problems: error.problems }
      },
    )
    const [data] = tenants
    // What is not to be found is told already, by name.
    const more = notes.filter((note) => !note.includes('nothing here has the id')).map(everywhere)
    if (data && lost.size === 0) return { data, unresolved, leftOut, notes: [...told, ...more] }
    const refused = new Map([...lost, ...byItem(problems, listsOf(items))])
    for (const [item, why] of refused) {
      if (item.isOwn) throw new BadUse(`${item.from} does not load: ${titleOf(item.collection, item.written)}: ${why.join(' ')} \`portcullis check\` says more.`)
      leftOut.push({ from: item.from, what: titleOf(item.collection, item.written), why })
    }
    items = items.filter((item) => !refused.has(item))
  }
}

type Draft = { readonly entry: Written; readonly told: readonly string[]; readonly unresolved: readonly Unresolved[]; readonly lost: ReadonlyMap<Item, readonly string[]> }

/** A tenant of these pieces as a tenant file has it, everything that is named being there. */
function draft({ settings, items, relations, servicePrincipals }: Gathered, createMissing: boolean): Draft {
  const { value, lost, told } = read(settings, items)
  const domain = mainDomain(value)
  const tenantId = value.id?.toLowerCase() ?? idFor('portcullis', 'tenant', domain)
  const known = identified(value, tenantId, 'tenants[0]', () => {})
  const references = referencesIn(namesIn(known), { tenantId, domain, createMissing, spelled: (kinds) => kinds.flatMap((kind) => spelledIn(kind, value)) })
  const related = withRelations(known, relations, servicePrincipals, references)
  const entry: Record<string, unknown> = { ...value, applications: related.applications, conditionalAccessPolicies: value.conditionalAccessPolicies?.map((policy) => withReferences(policy as Written, references)) }
  for (const [collection, lists] of Object.entries(listsOfNames)) {
    entry[collection] = related[collection as 'users'].map((one) => ({
      ...one,
      ...Object.fromEntries(Object.entries(lists).filter(([list]) => Array.isArray(one[list])).map(([list, kind]) =>
        [list, [...new Set((one[list] as string[]).flatMap((name) => references.resolve(kind, name, titleOf(collection as Collection, one)) ?? []))]])),
    }))
  }
  for (const { collection, written } of references.standIns()) entry[collection] = [...((entry[collection] as unknown[]) ?? []), written]
  entry.domains = domainsOf(entry)

  return { entry, lost, told, unresolved: references.unresolved() }
}

/** The lists of names that entities hold, and what they name. */
const listsOfNames = {
  users: { roles: 'roleOfSomebody' },
  groups: { members: 'member', owners: 'member', roles: 'roleOfSomebody' },
  devices: { registeredOwners: 'member' },
} as const

function withReferences(policy: Written, references: References): unknown {
  const title = titleOf('conditionalAccessPolicies', policy)

  return mapReferences(policy, (kind, text) => references.resolve(kind, text, title) ?? undefined)
}

/** The pieces held against the tenant file's schema: what it does not know is taken out, and told. */
function read(settings: Written, items: readonly Item[]) {
  const lists = listsOf(items)
  const written = { ...settings, ...Object.fromEntries(listedCollections.map((collection) => [collection, lists[collection]?.map((item) => item.written) ?? []])) }
  const problems: Problem[] = []
  const dropped = new Map<string, string>()
  const file = checked(schema, { tenants: [written] }, {
    problem: (problem) => void problems.push(problem),
    // The type says what an object is: it was read, not left out.
    dropped: (path, why) => void (path.endsWith('@odata.type') || dropped.set(everywhere(path), why)),
  })
  const value = (file.tenants[0] ?? {}) as TenantEntry
  const lost = new Map<Item, readonly string[]>()
  const found = byItem(problems, lists)
  const kept = Object.fromEntries(listedCollections.map((collection) => {
    const list = (value as Written)[collection] as readonly unknown[] | undefined ?? []

    return [collection, (lists[collection] ?? []).flatMap((item, index) => {
      const one = list[index]
      if (one === undefined) lost.set(item, found.get(item) ?? ['It is no object.'])

      return one === undefined ? [] : [withoutHoles(one)]
    })]
  }))
  const unknown = new Map<string, { message: string; count: number }>()
  for (const problem of problems) {
    const { path, message } = problem
    const item = itemAt(problem, lists)
    if (item.isOwn) throw new BadUse(`${item.from} does not load: ${titleOf(item.collection, item.written)}: ${message} \`portcullis check\` says more.`)
    if (!lost.has(item)) unknown.set(everywhere(path), { message, count: (unknown.get(everywhere(path))?.count ?? 0) + 1 })
  }
  const told = [...unknown].map(([path, { message, count }]) => `${path}: left out${count > 1 ? ` in ${count} places` : ''}. ${message}`)
  for (const [path, why] of dropped) told.push(`${path}: ${why}, left out.`)

  return { value: { ...value, ...kept } as TenantEntry, lost, told }
}

function listsOf(items: readonly Item[]): Lists {
  return Object.groupBy(items, ({ collection }) => collection) as Lists
}

const schema = tenantFileSchema()

function everywhere(path: string): string {
  return path.replace(/^tenants\[(?:0|\*)\]\./, '').replaceAll(/\[\d+\]/g, '[*]')
}

type Lists = Readonly<Record<string, readonly Item[]>>

/** Which item a problem of a tenant file is about: the place in its collection tells. What is about none is nobody's to leave out. */
function itemAt({ path, message }: Problem, lists: Lists): Item {
  const [, collection = '', index] = /^tenants\[0\]\.(\w+)\[(\d+)\]/.exec(path) ?? []
  const item = lists[collection]?.[Number(index)]
  if (item) return item

  throw new BadUse(problemText({ path: path.replace(/^tenants\[0\]\.?/, ''), message }))
}

function byItem(problems: readonly Problem[], lists: Lists): ReadonlyMap<Item, readonly string[]> {
  const found = new Map<Item, string[]>()
  for (const problem of problems) {
    const { path, message } = problem
    const item = itemAt(problem, lists)
    const inside = path.replace(/^tenants\[0\]\.\w+\[\d+\]\.?/, '')
    const told = found.get(item) ?? []
    found.set(item, told)
    told.push(problemText({ path: inside, message }))
  }

  return found
}

function withoutHoles(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((one) => one !== undefined).map(withoutHoles)

  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, withoutHoles(inner)])) : value
}

/** A domain for a tenant of which none was exported. */
const noDomain = 'imported.example'

function mainDomain(entry: TenantEntry): string {
  const domains = domainsOf(entry as Written)

  return (domains.find(({ isDefault }) => isDefault) ?? domains[0]!).id.toLowerCase()
}

/** The domains that were read, and those that users have beside them. */
function domainsOf({ domains, users }: Written): readonly { readonly id: string; readonly isDefault?: boolean }[] {
  const own = (domains as { id: string; isDefault?: boolean }[] | undefined) ?? []
  const known = new Set(own.map(({ id }) => id.toLowerCase()))
  const implied = ((users as { userPrincipalName: string }[] | undefined) ?? []).map(({ userPrincipalName }) => userPrincipalName.split('@')[1]?.toLowerCase() ?? '')
  const all = [...own, ...[...new Set(implied)].filter((id) => id !== '' && !known.has(id)).map((id) => ({ id }))]

  return all.length > 0 ? all : [{ id: noDomain, isDefault: true }]
}

function spelledIn(kind: Kind, entry: TenantEntry): readonly string[] {
  if (kind === 'roles') return builtInRoles.map(({ displayName }) => displayName)
  const collection = kind === 'servicePrincipals' ? 'applications' : kind
  const list = ((entry as Written)[collection] as readonly Written[] | undefined) ?? []

  const builtIn = kind === 'authenticationStrengths' ? builtInStrengths.map(({ displayName }) => displayName) : []

  return [...builtIn, ...list.map((one) => String((collection === 'users' ? one.userPrincipalName : one.displayName) ?? ''))]
}

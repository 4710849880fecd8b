import { mkdir, readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TenantData } from '../directory/types.ts'
import { packageFolder } from '../package.ts'
import { BadUse, defineCommand } from './command.ts'
import type { GraphFiles } from './export/graph-files.ts'
import { readGiven, whyNotWritten, writeGiven } from './given-file.ts'

/** `portcullis export`: a tenant as Graph JSON, which `import` reads back. */
export const exportCommand = defineCommand({
  summary: 'Writes a tenant as Graph JSON, which import reads back',
  flags: {
    'out': { value: 'DIR|FILE', says: 'A folder, one file for each object; or one .json file for all', otherwise: 'printed as one' },
    'force': { says: 'Overwrites what is there' },
    'tenant': { value: 'FILE', says: 'The tenant file to export', otherwise: 'the shipped Contoso' },
    'data': { value: 'DIR', says: 'Or: the data folder of a server that is not running' },
    'id': { value: 'ID', says: 'Which tenant, where there are several, by id or domain', otherwise: 'the first' },
  },
  operands: [],
  example: [
    'Examples:',
    '',
    '  portcullis export --out exported',
    '  portcullis export --tenant tenant.json --out exported.json',
    '  portcullis import exported.json --out again.json',
    '',
    'Policies, named locations and authentication strengths are as Graph\'s GET gives them. What Graph has no word for,',
    'such as a licence or a session timeout, stands beside it as a tenant file has it; so do passwords (hashed) and secrets.',
  ],
  async run({ flags }, world) {
    if (flags.tenant !== null && flags.data !== null) throw new BadUse('--tenant and --data are two tenants. Leave one of them out.')
    const tenants = flags.data === null
      ? await tenantsOfFile(flags.tenant === null ? fileURLToPath(new URL('data/contoso.json', packageFolder)) : resolve(world.workingFolder, flags.tenant))
      : await tenantsOfFolder(resolve(world.workingFolder, flags.data))
    const data = chosen(tenants, flags.id)
    const { graphFiles } = await import('./export/graph-files.ts')
    const files = graphFiles(data)

    if (flags.out === null) world.print(JSON.stringify(files, null, 2))
    else {
      const count = await write(files, resolve(world.workingFolder, flags.out), flags.out, flags.force)
      world.print(`Wrote ${data.displayName} to ${flags.out}${count > 1 ? `: ${count} files` : ''}. Back again: portcullis import ${flags.out} --out tenant.json`)
    }
    const others = flags.id === null ? tenants.length - 1 : 0
    if (others > 0) world.complain(`${others === 1 ? 'One more tenant is' : `${others} more tenants are`} there. Export another with --id ID.`)

    return 0
  },
})

async function tenantsOfFile(path: string): Promise<readonly TenantData[]> {
  const text = await readGiven(path, 'Give the tenant file in it, or --data.')
  const { DirectoryRefusal, loadTenantFile } = await import('../directory/index.ts')
  const { tenants } = await loadTenantFile(text, path).catch((error: unknown) => {
    throw error instanceof DirectoryRefusal ? new BadUse(error.message) : error
  })

  return tenants
}

async function tenantsOfFolder(folder: string): Promise<readonly TenantData[]> {
  if (!(await stat(folder).then((found) => found.isDirectory(), () => false))) throw new BadUse(`There is no folder ${folder}.`)
  const { DirectoryRefusal } = await import('../directory/index.ts')
  const { openDirectories } = await import('../store/directories.ts')
  const store = await openDirectories({ folder, seed: [] }).catch((error: unknown) => {
    if (!(error instanceof DirectoryRefusal)) throw error
    throw new BadUse(error.code === 'DataFolderInUse' ? `${folder} is in use by a Portcullis that runs. Stop it, or ask it: GET /_mock/snapshot.` : error.message)
  })
  try {
    return store.list().map((directory) => directory.snapshot())
  } finally {
    await store.close()
  }
}

function chosen(tenants: readonly TenantData[], wanted: string | null): TenantData {
  const name = wanted?.toLowerCase()
  const found = name === undefined ? tenants[0] : tenants.find(({ id, domains }) => id === name || domains.some((domain) => domain.id.toLowerCase() === name))
  if (found) return found

  throw new BadUse(name === undefined ? 'There is no tenant in it.' : `There is no tenant "${wanted}". There ${tenants.length === 1 ? 'is' : 'are'} ${tenants.map(({ id, displayName }) => `${displayName} (${id})`).join(', ')}.`)
}

/** Resolves to how many files it has written. */
async function write(files: GraphFiles, path: string, name: string, mayOverwrite: boolean): Promise<number> {
  if (/\.json$/i.test(name)) {
    if (!mayOverwrite && (await stat(path).then(() => true, () => false))) throw new BadUse(`${name} is there already, and it stays as it is. Give another name, or add --force.`)
    await writeGiven(path, name, jsonOf(files))

    return 1
  }
  const inside = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTDIR') throw new BadUse(`${name} is a file. Give a folder, or a name that ends in .json.`)
    if (error.code === 'ENOENT') return []

    throw error
  })
  if (inside.length > 0 && !mayOverwrite) throw new BadUse(`${name} has files in it, which an import of it would read too. Give another folder, or add --force.`)
  let count = 0
  for (const [folder, objects] of Object.entries(files)) {
    if (objects.length === 0) continue
    await mkdir(join(path, folder), { recursive: true }).catch((error: NodeJS.ErrnoException) => {
      throw whyNotWritten(error, name)
    })
    const taken = new Set<string>()
    for (const object of objects) {
      const file = `${fileNameOf(object, taken)}.json`
      await writeGiven(join(path, folder, file), join(name, folder, file), jsonOf(object))
      count++
    }
  }

  return count
}

/** What an object is called, so far as every file system bears it; two of one name are told apart by a number. */
function fileNameOf(object: Readonly<Record<string, unknown>>, taken: Set<string>): string {
  const name = String(object.userPrincipalName ?? object.displayName ?? object.id).replaceAll(/[^\p{L}\p{N}@._ -]+/gu, '_').slice(0, 100).trim() || 'object'
  let free = name
  for (let double = 2; taken.has(free.toLowerCase()); double++) free = `${name} (${double})`
  taken.add(free.toLowerCase())

  return free
}

function jsonOf(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Written } from './import/recognise.ts'
import { BadUse, defineCommand } from './command.ts'
import { readGiven, writeGiven } from './given-file.ts'

/** `portcullis import`: exports of a real tenant into a tenant file. */
export const importCommand = defineCommand({
  summary: 'Makes a tenant file of exported policies, locations, groups, users (Graph JSON)',
  flags: {
    'out': { value: 'FILE', says: 'Where to write the tenant file, JSON or YAML', otherwise: 'printed' },
    'force': { says: 'Overwrites a file that is there' },
    'tenant': { value: 'FILE', says: 'A tenant file to merge what was read into', otherwise: 'a new tenant' },
    'create-missing': { says: 'Makes an empty group, user or application for every id that nothing read goes by' },
    'strict': { says: 'Writes nothing, and exits 1, where anything is left out or not to be found' },
    'json': { says: 'Tells what became of it as one line of JSON' },
  },
  operands: [{ name: 'DIR|FILE', says: 'A folder of exports, read whole, or a file', isRepeatable: true }],
  example: [
    'Examples:',
    '',
    '  portcullis import exports --out tenant.json',
    '  portcullis import policies.json groups.json --tenant tenant.json --out tenant.json --force',
    '  portcullis import exports > tenant.json',
    '',
    'An export is Graph\'s JSON as GET gives it, one object a file, a list or a page of them, in UTF-8 or UTF-16;',
    'PowerShell\'s spelling, placeholders such as <Admins> and names in the place of ids are understood.',
    'What it names and nobody exported is listed, with what stands in for it. Without --out the listing goes to stderr.',
    'Exit codes: 0 everything is in it, 1 something was left out (the rest is written, but for --strict), 2 bad use.',
  ],
  async run({ flags, operands: names }, world) {
    if (names.length === 0) throw new BadUse('Name a folder of exports, or files: portcullis import DIR --out tenant.json. `portcullis import --help` says more.')
    const out = flags.out === null ? null : resolve(world.workingFolder, flags.out)
    const own = flags.tenant === null ? null : await readTenantFile(resolve(world.workingFolder, flags.tenant), flags.tenant)
    if (out !== null && !flags.force && (await isThere(out))) throw new BadUse(`${flags.out} is there already, and it stays as it is. Give another name, or add --force.`)

    const { imported } = await import('./import/import.ts')
    const { tenant, report, isWhole } = await imported({ names, workingFolder: world.workingFolder, own, ownFile: flags.tenant ?? '', createMissing: flags['create-missing'] })
    const isWanted = tenant !== null && (isWhole || !flags.strict)
    const text = isWanted ? await textOf(tenant, out) : null
    if (text !== null && out !== null) await writeGiven(out, flags.out!, text)
    else if (text !== null) world.print(text.trimEnd())

    const { linesOf } = await import('./import/report.ts')
    const tell = out === null ? world.complain : world.print
    for (const line of flags.json ? [JSON.stringify(report)] : linesOf(report)) tell(line)
    if (!isWanted) world.complain('Nothing was written.')
    else if (out !== null && !flags.json) world.print(`\nWrote ${flags.out}. Next: portcullis test FILE.yaml --tenant ${flags.out}, or portcullis start --seed ${flags.out} --reset`)

    const isEverythingThere = report.leftOut.every(({ isHarmless }) => isHarmless) && tenant !== null

    return (flags.strict ? isWanted : isEverythingThere) ? 0 : 1
  },
})

async function readTenantFile(path: string, name: string): Promise<{ readonly tenants: readonly Written[] }> {
  const text = await readGiven(path, 'Give the tenant file in it.')
  const { parsedFile } = await import('../directory/file/parse.ts')
  const { DirectoryRefusal } = await import('../directory/index.ts')
  const file = await parsedFile(text, name).catch((error: unknown) => {
    throw error instanceof DirectoryRefusal ? new BadUse(error.message) : error
  })
  const tenants = (file as { readonly tenants?: unknown } | null)?.tenants
  if (!Array.isArray(tenants) || tenants.length === 0) throw new BadUse(`${name} is no tenant file: it has no "tenants". \`portcullis check ${name}\` says more.`)

  return file as { readonly tenants: readonly Written[] }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(() => true, () => false)
}

async function textOf(tenant: object, out: string | null): Promise<string> {
  if (out === null || !/\.ya?ml$/i.test(out)) return `${JSON.stringify(tenant, null, 2)}\n`
  const { stringify } = await import('yaml')

  return stringify(tenant)
}

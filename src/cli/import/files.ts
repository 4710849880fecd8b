import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { DirectoryRefusal } from '../../directory/index.ts'
import { parsedFile } from '../../directory/file/parse.ts'
import { BadUse } from '../command.ts'

/** A file that was read: what is in it, or why it could not be understood. */
export type ReadFile = { readonly name: string } & ({ readonly value: unknown } | { readonly problem: string })

/** Every file that is named, and every JSON file of the folders that are; `ignored` are the others in those folders. */
export async function readFiles(names: readonly string[], workingFolder: string): Promise<{ readonly files: readonly ReadFile[]; readonly ignored: readonly string[] }> {
  const paths: string[] = []
  const ignored: string[] = []
  for (const name of names) {
    const path = resolve(workingFolder, name)
    const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') throw new BadUse(`There is no ${path}.`)

      throw error
    })
    if (!found.isDirectory()) paths.push(path)
    else for (const inside of await filesIn(path)) (/\.jsonc?$/i.test(inside) ? paths : ignored).push(inside)
  }
  const shown = (path: string) => {
    const from = relative(workingFolder, path)

    return from.startsWith('..') ? path : from
  }
  const files: ReadFile[] = []
  for (const path of new Set(paths)) files.push(await readOne(path, shown(path)))

  return { files, ignored: ignored.map(shown) }
}

/** In the order of their names, so that what is read twice is always told the same way. Hidden folders are nobody's export. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })

  return entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !/(^|[\\/])(\.|node_modules[\\/])/.test(relative(folder, path)))
    .toSorted((one, other) => (one < other ? -1 : 1))
}

async function readOne(path: string, name: string): Promise<ReadFile> {
  try {
    const bytes = await readFile(path)
    const value = await parsedFile(textOf(bytes), name)

    return isDeeper(value, mostLevels) ? { name, problem: `It has more than ${mostLevels} levels: no export has.` } : { name, value }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return { name, problem: `It cannot be read (${code}).` }
    if (!(error instanceof DirectoryRefusal)) throw error

    return { name, problem: error.problems.map(({ message }) => message.replace(`${name} cannot be read: `, '')).join(' ') }
  }
}

const mostLevels = 100

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false

  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1))
}

/** Exports are written in UTF-8 and, by PowerShell of old, in UTF-16; each with a byte order mark or without. */
export function textOf(bytes: Buffer): string {
  const encoding = encodingOf(bytes)

  return new TextDecoder(encoding).decode(bytes)
}

/** JSON begins with a letter of ASCII: where that is two bytes, the empty one tells which comes first. */
function encodingOf([first, second]: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le'
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0 && second !== undefined)) return 'utf-16be'

  return 'utf-8'
}

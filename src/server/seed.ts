import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parsedFile } from '../directory/file/parse.ts'
import { loadTenantFile } from '../directory/index.ts'
import type { TenantData } from '../directory/types.ts'
import { packageFolder } from '../package.ts'

/** A tenant file: where it is, or what it says. */
export type Seed = string | URL | Readonly<Record<string, unknown>>

/** The tenants a server starts with, and the passwords their file tells: the directory keeps only hashes. */
export type Seeded = {
  readonly tenants: readonly TenantData[]
  readonly notes: readonly string[]
  passwordOf(userPrincipalName: string): string | null
}

const shipped = new URL('data/contoso.json', packageFolder)

/** Reads the seed; throws what is wrong with it, every problem at once. */
export async function readSeed(seed: Seed = shipped): Promise<Seeded> {
  const isInline = typeof seed === 'object' && !(seed instanceof URL)
  const name = isInline ? 'the seed' : seed instanceof URL ? fileURLToPath(seed) : seed
  const text = isInline ? JSON.stringify(seed) : await readFile(name, 'utf8')
  const { tenants, notes } = await loadTenantFile(text, name)
  const passwords = passwordsIn(await parsedFile(text, name))

  return { tenants, notes, passwordOf: (userPrincipalName) => passwords.get(userPrincipalName.toLowerCase()) ?? null }
}

function passwordsIn(file: unknown): Map<string, string> {
  const { tenants = [] } = file as { tenants?: { users?: { userPrincipalName?: string; password?: string }[] }[] }
  const users = tenants.flatMap((tenant) => tenant.users ?? [])

  return new Map(users.flatMap(({ userPrincipalName, password }) => (userPrincipalName && password ? [[userPrincipalName.toLowerCase(), password]] : [])))
}

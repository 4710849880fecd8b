import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageFolder } from '../package.ts'
import { defineCommand } from './command.ts'
import { countOf } from './count-of.ts'
import { readGiven } from './given-file.ts'

/** `portcullis check`: whether a tenant file would load, and everything that keeps it from it. */
export const check = defineCommand({
  summary: 'Finds every problem in a tenant file',
  flags: {},
  operands: [{ name: 'FILE', says: 'The tenant file, JSON or YAML (otherwise the shipped Contoso)' }],
  async run({ operands: [name] }, world) {
    const file = name === undefined ? fileURLToPath(new URL('data/contoso.json', packageFolder)) : resolve(world.workingFolder, name)
    const text = await readGiven(file, 'Give the tenant file in it.')
    const { DirectoryRefusal, loadTenantFile, problemText } = await import('../directory/index.ts')

    try {
      const { tenants, notes } = await loadTenantFile(text, file)
      for (const note of notes) world.print(`note: ${note}`)
      for (const tenant of tenants) world.print(`${tenant.displayName}: ${contentsOf(tenant)}`)

      return 0
    } catch (error) {
      if (!(error instanceof DirectoryRefusal)) throw error
      for (const problem of error.problems) world.print(problemText(problem))
      world.complain(`${name ?? file}: ${countOf(error.problems.length, 'problem')}`)

      return 1
    }
  },
})

type Counted = { readonly users: readonly unknown[]; readonly applications: readonly unknown[]; readonly conditionalAccessPolicies: readonly unknown[] }

function contentsOf({ users, applications, conditionalAccessPolicies }: Counted): string {
  return [countOf(users.length, 'user'), countOf(applications.length, 'application'), countOf(conditionalAccessPolicies.length, 'policy')].join(', ')
}

import { collections as allCollections, keyedCollections } from '../collections.ts'
import { createDirectory } from '../directory.ts'
import type { Problem } from '../refusal.ts'
import { problemsOfCountries, problemsOfEntity, problemsOfTrustedIps } from '../rules.ts'
import type { BuiltTenant } from './tenant.ts'

/** What the rules of a directory find in a whole tenant, each with the place it was written at. */
export function problemsOfTenant({ data: tenant, places }: BuiltTenant, path: string): readonly Problem[] {
  const directory = createDirectory(tenant)
  const collections = keyedCollections(tenant)
  const problems: Problem[] = []
  const add = (at: string, found: readonly Problem[]) => {
    for (const problem of found) problems.push({ ...problem, path: problem.path === '' ? at : `${at}.${problem.path}` })
  }
  add(path, [...problemsOfTrustedIps(tenant.mfaServiceSettings.trustedIps), ...problemsOfCountries(tenant.countries)])
  for (const collection of allCollections) {
    for (const entity of tenant[collection]) {
      const at = places.get(entity)
      if (at !== undefined) add(at, problemsOfEntity(collection, entity as never, directory, collections))
    }
  }

  return problems
}

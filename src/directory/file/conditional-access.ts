import { checkNamedLocation, checkPolicy, type Note, type Problem as PolicyProblem, type ValidationContext } from '../../policy/index.ts'
import type { NamedLocation } from '../../policy/named-location.ts'
import type { Policy } from '../../policy/policy.ts'
import { inOurWords } from '../conditional-access.ts'
import type { Identified, WrittenPolicy, Entry } from './identify.ts'
import { unresolved, withIds, type Resolver } from './resolve.ts'

/** A policy of a tenant file, its names resolved; null when it is none, which is reported. */
export function policyOf({ id, at, written }: Identified<WrittenPolicy>, resolver: Resolver, context: ValidationContext): Policy | null {
  const { policy, problems, notes } = checkPolicy({ ...(withIds(resolver, written, at) as object), id }, context)
  report(problems, notes, at, resolver)

  return policy
}

/** A named location of a tenant file; `"198.51.100.0/24"` is short for `{ "cidrAddress": "198.51.100.0/24" }`. */
export function locationOf({ id, at, written }: Identified<Entry<'namedLocations'>>, resolver: Resolver, context: ValidationContext): NamedLocation | null {
  // What a check took out of a list was told: something sound in its place says nothing more, and keeps the others' places.
  const ipRanges = written.ipRanges?.map((range: typeof written.ipRanges[number] | undefined) => (typeof range === 'object' ? range : { cidrAddress: range ?? '192.0.2.0/24' }))
  const countriesAndRegions = written.countriesAndRegions?.map((country: string | undefined) => country ?? 'US')
  const lists = { ...(ipRanges ? { ipRanges } : {}), ...(countriesAndRegions ? { countriesAndRegions } : {}) }
  const { location, problems, notes } = checkNamedLocation({ ...written, id, ...lists }, context)
  report(problems, notes, at, resolver)

  return location
}

function report(problems: readonly PolicyProblem[], notes: readonly Note[], at: string, resolver: Resolver): void {
  const told = new Set<string>()
  for (const problem of problems.map(inOurWords)) {
    // Of one member the first is the cause.
    if (told.has(problem.path) || problem.message.includes(unresolved)) continue
    told.add(problem.path)
    resolver.problem({ ...problem, path: problem.path === '' ? at : `${at}.${problem.path}` })
  }
  // `@odata.type` was read where it says something; that it is not kept is nothing to tell.
  for (const { path, message } of notes) if (!path.endsWith('@odata.type')) resolver.dropped(`${at}.${path}`, message.replace(/, left out$/, ''))
}

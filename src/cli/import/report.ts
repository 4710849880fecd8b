import { nounOf } from '../../directory/collections.ts'
import type { TenantData } from '../../directory/types.ts'
import { countOf } from '../count-of.ts'
import type { LeftOut } from './gather.ts'
import type { Skipped } from './recognise.ts'
import type { Unresolved } from './references.ts'

/** What an import comes to, for `--json` as it is and for a person in lines. */
export type Report = {
  /** How much of each is in the tenant file now. */
  readonly tenant: Readonly<Record<string, number>>
  readonly unresolved: readonly Unresolved[]
  readonly leftOut: readonly LeftOut[]
  /** What a tenant file has no place for. */
  readonly skipped: readonly Skipped[]
  readonly ignoredFiles: readonly string[]
  readonly notes: readonly string[]
}

const counted = ['conditionalAccessPolicies', 'namedLocations', 'authenticationStrengths', 'users', 'groups', 'applications', 'devices'] as const

/** How much of each a tenant has, without what every tenant has. */
export function countsOf(data: TenantData): Report['tenant'] {
  return Object.fromEntries(counted.map((collection) => [collection, data[collection].filter((one) => !('policyType' in one) || one.policyType === 'custom').length]))
}

export function linesOf({ tenant, unresolved, leftOut, skipped, ignoredFiles, notes }: Report): string[] {
  return [
    counted.flatMap((collection) => (tenant[collection] ? [countOf(tenant[collection], nounOf[collection])] : [])).join(', ') || 'Nothing was found.',
    ...section('Not to be found', unresolved.flatMap(({ noun, name, nearest, namedBy, advice }) => [
      `${noun} "${name}", named by ${some(namedBy)}.${nearest === null ? '' : ` Did you mean "${nearest}"?`}`,
      `    → ${advice}`,
    ]), unresolved.length),
    ...section('Left out', leftOut.flatMap(({ from, what, why }) => [`${what} (${from})`, ...why.map((reason) => `    ${reason}`)]), leftOut.length),
    ...section('Nothing for a tenant file', skipped.map(({ from, what }) => `${from}: ${what}`), skipped.length),
    ...section('Files that are no JSON', ignoredFiles, ignoredFiles.length),
    ...section('Notes', notes, notes.length),
  ]
}

function section(title: string, lines: readonly string[], count: number): string[] {
  return count === 0 ? [] : ['', `${title} (${count}):`, '', ...lines.map((line) => `  ${line}`)]
}

const mostNamed = 3

function some(names: readonly string[]): string {
  const shown = names.slice(0, mostNamed).join(', ')

  return names.length > mostNamed ? `${shown} and ${names.length - mostNamed} more` : shown
}

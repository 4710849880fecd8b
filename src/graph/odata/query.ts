import type { Asked } from '../protocol/endpoint.ts'
import { badRequest, unsupportedQuery } from '../protocol/refusal.ts'
import { advancedIn, bindFilter } from './bind.ts'
import { parseFilter } from './filter.ts'
import { splitOutside, truthOption, wholeOption } from './options.ts'
import type { Options } from './options.ts'
import type { Query } from './page.ts'
import { parseSearch } from './search.ts'
import { propertyNamed, unknownProperty } from './types.ts'
import type { EntityType } from './types.ts'

/** What the queries of a collection may say. */
export type QueryRules = {
  /** How many there are on a page unless `$top` says, and the most it may say. */
  readonly page?: { readonly usual: number; readonly most: number }
  /** `directory`: what is expensive wants `ConsistencyLevel: eventual` (reference 12.1). */
  readonly rules?: 'directory'
}

const usualPage = { usual: 100, most: 999 }

/** Understands what the options of a request want of a type's entities. */
export function readQuery<E>(options: Options, type: EntityType<E>, { page = usualPage, rules }: QueryRules, asked: Asked): Query {
  const top = wholeOption('top', options.top, 1)
  if (top !== null && top > page.most) throw unsupportedQuery(`Invalid page size specified: '${top}'. Must be between 1 and ${page.most} inclusive.`)
  const query: Query = {
    filter: filterOf(options.filter, type, asked),
    search: options.search === undefined ? null : parseSearch(options.search, type),
    orderBy: options.orderby === undefined ? [] : splitOutside(options.orderby, ',').map((written) => orderOf(written, type)),
    top: top ?? Math.min(page.usual, preferredPage(asked)),
    skip: options.skiptoken === undefined ? (wholeOption('skip', options.skip, 0) ?? 0) : 0,
    skipToken: options.skiptoken ?? null,
    wantsCount: truthOption('count', options.count),
  }
  if (rules !== 'directory') return query
  refuseUnlessEventual(query, asked)

  // `$count=true` alone is not refused by the service: it is left unanswered.
  return isEventual(asked) ? query : { ...query, wantsCount: false }
}

/** `Prefer: odata.maxpagesize=50` */
function preferredPage(asked: Asked): number {
  const size = /odata\.maxpagesize=(\d{1,6})/i.exec(asked.header('prefer'))?.[1]

  return Math.max(1, Number(size ?? Infinity))
}

/** What `$filter` says, and the type that the path was narrowed to. */
function filterOf<E>(written: string | undefined, type: EntityType<E>, { cast }: Asked): Query['filter'] {
  const filter = written === undefined || written.trim() === '' ? null : bindFilter(parseFilter(written), type)
  if (cast === null) return filter
  const ofType = { kind: 'isof', type: cast } as const

  return filter === null ? ofType : { kind: 'and', left: ofType, right: filter }
}

function orderOf<E>(written: string, type: EntityType<E>): Query['orderBy'][number] {
  const [, path = '', direction = 'asc'] = /^([\w/]+)(?:\s+(asc|desc))?$/i.exec(written) ?? []
  if (path === '') throw badRequest(`Invalid $orderby: '${written.slice(0, 80)}'. Write a property, and asc or desc after it.`)
  let { properties } = type as EntityType<never>
  let isSortable = false
  const names = path.split('/').map((step) => {
    const found = propertyNamed(properties, step)
    if (!found) throw unknownProperty(step, { name: type.name, properties })
    isSortable ||= found.property.isSortable
    properties = found.property.type.kind === 'complex' ? found.property.type.properties : {}

    return found.name
  })
  if (!isSortable) throw unsupportedQuery(`Sorting not supported for property '${names.join('/')}' of resource '${type.name}'.`)

  return { property: names.join('/'), isDescending: direction.toLowerCase() === 'desc' }
}

const isEventual = (asked: Asked) => asked.header('consistencylevel').toLowerCase() === 'eventual'

/** What a directory answers only out of its index, which lags behind: the caller has to say that it knows. */
function refuseUnlessEventual({ filter, search, orderBy, wantsCount }: Query, asked: Asked): void {
  const advanced = (filter && advancedIn(filter)) ?? (filter && orderBy.length > 0 ? '$filter with $orderby' : null)
  if (search !== null && !isEventual(asked)) throw wantsEventual('$search', false)
  if (advanced !== null && !(isEventual(asked) && wantsCount)) throw wantsEventual(advanced, true)
}

function wantsEventual(what: string, alsoCount: boolean) {
  return unsupportedQuery(`${what} is not supported because the required parameters might be missing. Add ${alsoCount ? 'the $count=true query parameter and ' : ''}the ConsistencyLevel: eventual header.`)
}

/** How many there are is said of an index that lags behind, too. */
export function refuseCountUnlessEventual({ rules }: QueryRules, asked: Asked): void {
  if (rules === 'directory' && !isEventual(asked)) throw wantsEventual('$count', false)
}

import type { Answer, Asked } from '../protocol/endpoint.ts'
import { badRequest, unsupportedQuery } from '../protocol/refusal.ts'
import { advancedIn, bindFilter } from './bind.ts'
import { parseFilter } from './filter.ts'
import { optionNames, readOptions, splitOutside, truthOption, wholeOption } from './options.ts'
import type { OptionName, Options } from './options.ts'
import { pageOf } from './page.ts'
import type { Query, Source } from './page.ts'
import { parseSearch } from './search.ts'
import { readShape, shown } from './shape.ts'
import { propertyNamed } from './types.ts'
import type { EntityType } from './types.ts'

/** A collection that can be asked: what it holds, where that comes from, and what its queries may say. */
export type Collection<E> = {
  readonly type: EntityType<E>
  readonly source: Source<E>
  /** What `$metadata#` is followed by: `users`, `identity/conditionalAccess/policies`. */
  readonly context: string | ((asked: Asked) => string)
  /** All but `$search` and `$skip`, … unless said. */
  readonly options?: readonly OptionName[]
  /** How many there are on a page unless `$top` says, and the most it may say. */
  readonly page?: { readonly usual: number; readonly most: number }
  /** `directory`: what is expensive wants `ConsistencyLevel: eventual` (reference 12.1). */
  readonly rules?: 'directory'
  /** Its entities are of several types, and each says which. */
  readonly isMixed?: boolean
}

const usualPage = { usual: 100, most: 999 }
const usualOptions: readonly OptionName[] = optionNames.filter((name) => name !== 'search')

/** `GET` of a collection: a page of it, filtered, sorted, narrowed and counted as the query says. */
export async function answerList<E>(collection: Collection<E>, asked: Asked): Promise<Answer> {
  const { type, source, isMixed = false } = collection
  const options = readOptions(asked.query, collection.options ?? usualOptions)
  const shape = readShape(options, type)
  const query = readQuery(options, collection, asked)
  const { entities, count, next } = (await source.ask?.(query, asked)) ?? pageOf(source.list(asked), query, type, asked)

  return {
    body: {
      '@odata.context': contextOf(collection, shape.select, asked),
      ...(count === null ? {} : { '@odata.count': count }),
      ...(next === null ? {} : { '@odata.nextLink': linkTo(next, asked) }),
      value: entities.map((entity) => shown(entity, type, shape, asked, isMixed)),
    },
  }
}

/** `GET …/$count`: how many there are, as plain text. */
export async function answerCount<E>(collection: Collection<E>, asked: Asked): Promise<Answer> {
  if (collection.rules === 'directory' && !isEventual(asked)) throw wantsEventual('$count', false)
  const options = readOptions(asked.query, ['filter', 'search'])
  const query = { ...readQuery({ ...options, count: 'true' }, collection, asked), top: 1 }
  const { count } = (await collection.source.ask?.(query, asked)) ?? pageOf(collection.source.list(asked), query, collection.type, asked)

  return { headers: { 'content-type': 'text/plain' }, body: String(count) }
}

/** `GET` of one entity. */
export function answerOne<E>(entity: E, { type, context, isMixed = false }: Pick<Collection<E>, 'type' | 'context' | 'isMixed'>, asked: Asked): Answer {
  return { body: entityBody(entity, { type, context, isMixed }, asked, readShape(readOptions(asked.query, ['select', 'expand', 'format']), type)) }
}

/** One entity with its context: what a `GET` and a `POST` answer. */
export function entityBody<E>(
  entity: E,
  collection: Pick<Collection<E>, 'type' | 'context' | 'isMixed'>,
  asked: Asked,
  shape: ReturnType<typeof readShape> = { select: null, expand: [] },
): Record<string, unknown> {
  return { '@odata.context': `${contextOf(collection, shape.select, asked)}/$entity`, ...shown(entity, collection.type, shape, asked, collection.isMixed) }
}

function contextOf<E>({ context }: Pick<Collection<E>, 'context'>, select: readonly string[] | null, asked: Asked): string {
  const name = typeof context === 'string' ? context : context(asked)

  return `${asked.root}/$metadata#${name}${select === null ? '' : `(${select.join(',')})`}`
}

function linkTo(next: string, { root, path, query }: Asked): string {
  const link = new URL(`${root}${path}`)
  for (const [name, value] of query) if (!/^\$?skip(?:token)?$/i.test(name)) link.searchParams.append(name, value)
  link.searchParams.append('$skiptoken', next)

  return link.href.replaceAll('%24', '$')
}

function readQuery<E>(options: Options, { type, page = usualPage, rules }: Collection<E>, asked: Asked): Query {
  const top = wholeOption('top', options.top, 1)
  if (top !== null && top > page.most) throw unsupportedQuery(`Invalid page size specified: '${top}'. Must be between 1 and ${page.most} inclusive.`)
  const query: Query = {
    filter: filterOf(options.filter, type, asked),
    search: options.search === undefined ? null : parseSearch(options.search, type),
    orderBy: options.orderby === undefined ? [] : splitOutside(options.orderby, ',').map((written) => orderOf(written, type)),
    top: top ?? page.usual,
    skip: options.skiptoken === undefined ? (wholeOption('skip', options.skip, 0) ?? 0) : 0,
    skipToken: options.skiptoken ?? null,
    wantsCount: truthOption('count', options.count),
  }
  if (rules === 'directory') refuseUnlessEventual(query, asked)

  return query
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
    if (!found) throw badRequest(`Could not find a property named '${step.slice(0, 80)}' on type 'microsoft.graph.${type.name}'.`)
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
  // `$count=true` alone is not refused by the service: it is left unanswered.
}

function wantsEventual(what: string, alsoCount: boolean) {
  return unsupportedQuery(`${what} is not supported because the required parameters might be missing. Add ${alsoCount ? 'the $count=true query parameter and ' : ''}the ConsistencyLevel: eventual header.`)
}

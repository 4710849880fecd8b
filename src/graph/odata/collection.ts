import type { Answer, Asked } from '../protocol/endpoint.ts'
import { optionNames, readOptions } from './options.ts'
import type { OptionName } from './options.ts'
import { pageOf } from './page.ts'
import type { Source } from './page.ts'
import { readQuery, refuseCountUnlessEventual } from './query.ts'
import type { QueryRules } from './query.ts'
import { readShape, shown } from './shape.ts'
import type { EntityType } from './types.ts'

/** A collection that can be asked: what it holds, where that comes from, and what its queries may say. */
export type Collection<E> = QueryRules & {
  readonly type: EntityType<E>
  readonly source: Source<E>
  /** What `$metadata#` is followed by: `users`, `identity/conditionalAccess/policies`. */
  readonly context: string | ((asked: Asked) => string)
  /** All but `$search` unless said. */
  readonly options?: readonly OptionName[]
  /** Its entities are of several types, and each says which. */
  readonly isMixed?: boolean
  /** There is one of it in a tenant: its context is not that of an entity among others. */
  readonly isSingle?: boolean
}

/** What an entity alone is answered by. */
type Alone<E> = Pick<Collection<E>, 'type' | 'context' | 'isMixed' | 'isSingle'>

const usualOptions: readonly OptionName[] = optionNames.filter((name) => name !== 'search')

/** `GET` of a collection: a page of it, filtered, sorted, narrowed and counted as the query says. */
export async function answerList<E>(collection: Collection<E>, asked: Asked): Promise<Answer> {
  const { type, source, isMixed = false } = collection
  const options = readOptions(asked.query, collection.options ?? usualOptions)
  const shape = readShape(options, type, asked)
  const query = readQuery(options, type, collection, asked)
  const { entities, count, next } = (await source.ask?.(query, asked)) ?? pageOf(source.list(asked), query, type, asked)

  return {
    body: {
      ...contextOf(collection, shape.select, asked),
      ...(count === null ? {} : { '@odata.count': count }),
      ...(next === null ? {} : { '@odata.nextLink': linkTo(next, asked) }),
      value: entities.map((entity) => shown(entity, type, shape, asked, isMixed)),
    },
  }
}

/** `GET …/$count`: how many there are, as plain text. */
export async function answerCount<E>(collection: Collection<E>, asked: Asked): Promise<Answer> {
  refuseCountUnlessEventual(collection, asked)
  const options = readOptions(asked.query, ['filter', 'search'])
  const query = { ...readQuery({ ...options, count: 'true' }, collection.type, collection, asked), top: 1 }
  const { count } = (await collection.source.ask?.(query, asked)) ?? pageOf(collection.source.list(asked), query, collection.type, asked)

  return { headers: { 'content-type': 'text/plain' }, body: String(count) }
}

/** `GET` of one entity. */
export function answerOne<E>(entity: E, collection: Alone<E>, asked: Asked): Answer {
  return { body: entityBody(entity, collection, asked, readShape(readOptions(asked.query, ['select', 'expand', 'format']), collection.type, asked)) }
}

/** One entity with its context: what a `GET` and a `POST` answer. */
export function entityBody<E>(
  entity: E,
  collection: Alone<E>,
  asked: Asked,
  shape: ReturnType<typeof readShape> = { select: null, expand: [] },
): Record<string, unknown> {
  return { ...contextOf(collection, shape.select, asked, collection.isSingle ? '' : '/$entity'), ...shown(entity, collection.type, shape, asked, collection.isMixed) }
}

function contextOf<E>({ context }: Pick<Collection<E>, 'context'>, select: readonly string[] | null, asked: Asked, end = ''): { readonly '@odata.context'?: string } {
  if (asked.metadata === 'none') return {}
  const name = typeof context === 'string' ? context : context(asked)

  return { '@odata.context': `${asked.root}/$metadata#${name}${select === null ? '' : `(${select.join(',')})`}${end}` }
}

function linkTo(next: string, { root, path, query }: Asked): string {
  const link = new URL(`${root}${path}`)
  for (const [name, value] of query) if (!/^\$?skip(?:token)?$/i.test(name)) link.searchParams.append(name, value)
  link.searchParams.append('$skiptoken', next)

  return link.href.replaceAll('%24', '$')
}

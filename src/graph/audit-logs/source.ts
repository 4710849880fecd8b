import type { Licence } from '../../policy/policy-set.ts'
import type { Page } from '../../store/rows/log.ts'
import type { PageQuery, Place, RowFilter } from '../../store/rows/page.ts'
import type { Row, Value as Found } from '../../store/rows/shape.ts'
import type { Tenant } from '../../tenant.ts'
import type { Condition, Operand } from '../odata/bind.ts'
import { testOf } from '../odata/holds.ts'
import type { Query, Source } from '../odata/page.ts'
import type { EntityType } from '../odata/types.ts'
import type { Asked } from '../protocol/endpoint.ts'
import { badRequest } from '../protocol/refusal.ts'

/** How the rows of a log are asked for over Graph. */
export type LogSource<R extends Row> = {
  log(asked: Asked): { page(query: PageQuery): Promise<Page<R>> }
  readonly type: EntityType<R>
  /** The property a log is ordered by. */
  readonly instant: string
  /** Properties that are different in nearly every row. */
  readonly unique: readonly string[]
  /** Whatever the query says: which rows there are for this caller. */
  always(asked: Asked, filter: Condition | null): readonly RowFilter[]
  /** The value of a property as rows have it, out of how its column has it. The same unless said. */
  readonly decoded?: Readonly<Record<string, (value: Found) => unknown>>
}

/** Where rows of a log come from: the log itself filters and pages, newest first. */
export function logSource<R extends Row>(said: LogSource<R>): Source<R> {
  return {
    list: () => [],
    async ask(query, asked) {
      const { rows, next } = await said.log(asked).page({
        filter: { kind: 'and', of: [...said.always(asked, query.filter), ...(query.filter ? [rowFilter(query.filter, said, asked)] : [])] },
        isOldestFirst: isOldestFirst(query),
        limit: query.top,
        after: query.skipToken === null ? null : placeIn(query.skipToken),
      })

      return { entities: rows, count: null, next: next && `${next.time}_${next.sequence}` }
    },
  }
}

/** The row with an id, among those there are for the caller. */
export async function rowWithId<R extends Row>(said: LogSource<R>, id: string, asked: Asked, always: readonly RowFilter[]): Promise<R | undefined> {
  const { rows } = await said.log(asked).page({ filter: { kind: 'and', of: [...always, { kind: 'unique', column: 'id', equals: id }] }, limit: 1 })

  return rows[0]
}

/** No rows from before so many days ago are shown (reference 9.1). */
export function sinceDays({ clock }: Tenant, days: number): RowFilter {
  return { kind: 'time', from: clock.now() - days * 86_400_000, to: Infinity }
}

export const isPremium = (licence: Licence) => licence === 'P1' || licence === 'P2'

/** A condition as a log answers it: a value is tested as an entity with that value would be. */
function rowFilter<R extends Row>(condition: Condition, said: LogSource<R>, asked: Asked): RowFilter {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return { kind: condition.kind, of: [rowFilter(condition.left, said, asked), rowFilter(condition.right, said, asked)] }
    case 'not':
      return { kind: 'not', of: rowFilter(condition.of, said, asked) }
    case 'isof':
      throw badRequest('All rows of a log are of one type.')
    case 'compare': {
      const { on, operator, value } = condition
      if (on.path === said.instant && typeof value === 'number') return { kind: 'time', from: operator === 'le' ? -Infinity : value, to: operator === 'ge' ? Infinity : value }
      if (said.unique.includes(on.path)) return { kind: 'unique', column: on.path, equals: String(value) }
      // What rows hold just as a filter says it need not be tested value by value. Ids are written in small letters.
      const isSpelledAlike = on.type.kind === 'number' || on.type.kind === 'guid' || (on.type.kind === 'text' && on.type.isExact)
      if (operator === 'eq' && isSpelledAlike) return { kind: 'equal', column: on.path, to: value }

      return valueFilter(on, condition, said, asked)
    }
    case 'match': {
      const { on, operator, value } = condition
      // Names are many: what begins so as it stands is told without making an entity of each.
      if (operator === 'startswith' && on.type.kind === 'text' && on.type.isExact) return { kind: 'value', column: on.path, holds: (found) => typeof found === 'string' && found.startsWith(value) }

      return valueFilter(on, condition, said, asked)
    }
    case 'in':
    case 'any':
    case 'all':
      return valueFilter(condition.on, condition, said, asked)
  }
}

function valueFilter<R extends Row>({ path }: Operand, condition: Condition, { type, decoded }: LogSource<R>, asked: Asked): RowFilter {
  const test = testOf<unknown>(condition, type as EntityType<unknown>, asked)
  const decode = decoded?.[path] ?? ((value: Found): unknown => value)
  const { entity, put } = holderOf(path.split('/'))

  return {
    kind: 'value',
    column: path,
    holds(value) {
      put(decode(value))

      return test(entity)
    },
  }
}

/** An entity that has one property, which may be put again and again. */
function holderOf(steps: readonly string[]): { readonly entity: object; put(value: unknown): void } {
  const last = steps.at(-1) ?? ''
  const holder: Record<string, unknown> = { [last]: null }

  return { entity: steps.slice(0, -1).reduceRight<object>((inner, step) => ({ [step]: inner }), holder), put: (value) => void (holder[last] = value) }
}

function isOldestFirst({ orderBy }: Query): boolean {
  return orderBy[0] !== undefined && !orderBy[0].isDescending
}

function placeIn(token: string): Place {
  const [, time, sequence] = /^(-?\d+)_(\d+)$/.exec(token) ?? []
  if (time === undefined) throw badRequest('Invalid $skiptoken. Follow @odata.nextLink as it was given, or begin again without it.')

  return { time: Number(time), sequence: Number(sequence) }
}

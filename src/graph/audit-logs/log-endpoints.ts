import type { RowFilter } from '../../store/rows/page.ts'
import type { Row } from '../../store/rows/shape.ts'
import { answerList, answerOne } from '../odata/collection.ts'
import type { Collection } from '../odata/collection.ts'
import type { Asked, Endpoint, GraphVersion } from '../protocol/endpoint.ts'
import type { Permissions } from '../protocol/permissions.ts'
import { notFound } from '../protocol/refusal.ts'
import { logSource, rowWithId, type LogSource } from './source.ts'

/** A log as one version of Graph gives it out. */
export type PublishedLog<R extends Row> = LogSource<R> & {
  /** `auditLogs/signIns` */
  readonly context: string
  readonly only: GraphVersion
  readonly permissions: Permissions
  /** What one row of it is called in a sentence. */
  readonly noun: string
  /** Which rows may be asked for by their id. */
  alwaysOfOne(asked: Asked): readonly RowFilter[]
  /** Refuses tenants that are given none of it. */
  admit?(asked: Asked): void
}

/** A log, listed, and one row of it: a thousand rows a page, which is also the most (reference 9.1). */
export function logEndpoints<R extends Row>(log: PublishedLog<R>): readonly Endpoint[] {
  const { context, only, permissions, noun, type } = log
  const collection: Collection<R> = { type, context, source: logSource(log), options: ['filter', 'select', 'orderby', 'top', 'skiptoken', 'format'], page: { usual: 1000, most: 1000 } }
  const endpoint = (path: string, answer: (asked: Asked) => ReturnType<Endpoint['answer']>): Endpoint => ({
    method: 'GET',
    path,
    only,
    permissions,
    answer(asked) {
      log.admit?.(asked)

      return answer(asked)
    },
  })

  return [
    endpoint(`/${context}`, (asked) => answerList(collection, asked)),
    endpoint(`/${context}/{id}`, async (asked) => {
      const { id = '' } = asked.names
      const row = await rowWithId(log, id, asked, log.alwaysOfOne(asked))
      if (!row) throw notFound(`The ${noun} '${id.slice(0, 120)}' was not found.`)

      return answerOne(row, collection, asked)
    }),
  ]
}

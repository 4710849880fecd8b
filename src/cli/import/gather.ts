import { isDeepStrictEqual } from 'node:util'
import { nounOf } from '../../directory/collections.ts'
import { piecesOf, piecesOfTenant } from './pieces.ts'
import type { Piece, Relation } from './pieces.ts'
import type { Collection, Found, Written } from './recognise.ts'

/** One entity of the tenant to be, and the file it is from. `isOwn`: it was in the tenant file that is merged into. */
export type Item = { readonly collection: Collection; readonly written: Written; readonly from: string; readonly isOwn: boolean }

/** A tenant in pieces, and the pieces that have no place in it. */
export type Gathered = {
  readonly settings: Written
  readonly items: readonly Item[]
  readonly relations: readonly Relation[]
  /** App ids, by the ids of service principals that were read. */
  readonly servicePrincipals: ReadonlyMap<string, string>
  readonly leftOut: readonly LeftOut[]
}

/** Something that was read and is not in the tenant file. */
export type LeftOut = { readonly from: string; readonly what: string; readonly why: readonly string[]; /** Nothing is lost by it. */ readonly isHarmless?: true }

/**
 * Lays what was read over the tenant that is there. An entity is the same by its id, otherwise by its name. What was read
 * outranks what was there; of two exports that say different things of one policy, location or strength the first counts,
 * and the other is told.
 */
export function gathered(own: Written | null, ownFile: string, found: readonly Found[]): Gathered {
  const items: Item[] = []
  const places = new Map<string, number>()
  const relations: Relation[] = []
  const servicePrincipals = new Map<string, string>()
  const licences: string[] = []
  const leftOut: LeftOut[] = []
  let settings: Written = {}
  for (const piece of own ? piecesOfTenant(own) : []) take(piece, ownFile, true)
  for (const { kind, written, from } of found) for (const piece of piecesOf(kind, written)) take(piece, from, false)

  // A tenant has the best of its subscriptions.
  if (licences.length > 0) settings = { ...settings, licence: ['P2', 'P1', 'none'].find((licence) => licences.includes(licence)) }

  return { settings, items, relations, servicePrincipals, leftOut }

  function take(piece: Piece, from: string, isOwn: boolean): void {
    // A tenant that is merged into stays who it is.
    if (piece.kind === 'settings') settings = { ...settings, ...piece.written, ...(own && !isOwn ? idsOf(settings) : {}) }
    else if (piece.kind === 'servicePrincipal') servicePrincipals.set(piece.id.toLowerCase(), piece.appId)
    else if (piece.kind === 'licence') licences.push(piece.licence)
    else if (piece.kind === 'leftOut') leftOut.push({ from, what: piece.what, why: [piece.why], ...(piece.isHarmless ? { isHarmless: true } : {}) })
    else if (piece.kind === 'entity') takeEntity(piece, from, isOwn)
    else relations.push(piece)
  }

  function takeEntity({ collection, written, isLesser }: Extract<Piece, { kind: 'entity' }>, from: string, isOwn: boolean): void {
    const at = placeOf(collection, written)
    const before = at === undefined ? undefined : items[at]
    const keys = [idKey(collection, written), nameKey(collection, written)].flatMap((key) => key ?? [])
    if (at === undefined || before === undefined) {
      items.push({ collection, written, from, isOwn })
      for (const key of keys) if (!places.has(key)) places.set(key, items.length - 1)

      return
    }
    const place = at
    for (const key of keys) places.set(key, place)
    if (isLesser) items[place] = { ...before, written: { ...written, ...before.written } }
    else if (before.isOwn && isWhole.has(collection)) items[place] = { collection, written: { ...idsOf(before.written), ...written }, from, isOwn }
    else if (before.isOwn || !isWhole.has(collection)) items[place] = { collection, written: { ...before.written, ...written }, from, isOwn }
    else if (isDeepStrictEqual(before.written, written)) leftOut.push({ from, what: titleOf(collection, written), why: [`It is in ${before.from} too, word for word: one is enough.`], isHarmless: true })
    else leftOut.push({ from, what: titleOf(collection, written), why: [`${before.from} says something else of it. Import one of the two.`] })
  }

  /** Whose ids differ are two, whatever they are called. */
  function placeOf(collection: Collection, written: Written): number | undefined {
    const byId = places.get(idKey(collection, written) ?? '')
    const byName = places.get(nameKey(collection, written) ?? '')
    if (byId !== undefined || byName === undefined) return byId
    const other = items[byName]?.written

    return idKey(collection, written) !== null && other && idKey(collection, other) !== null ? undefined : byName
  }
}

/** What is replaced whole: half of one policy and half of another would be a third. */
const isWhole: ReadonlySet<Collection> = new Set(['conditionalAccessPolicies', 'namedLocations', 'authenticationStrengths'])

function idsOf({ id }: Written): Written {
  return id === undefined ? {} : { id }
}

function idKey(collection: Collection, written: Written): string | null {
  const id = collection === 'applications' ? written.appId : written.id

  return typeof id === 'string' ? `${collection} id ${id.toLowerCase()}` : null
}

function nameKey(collection: Collection, written: Written): string | null {
  const name = collection === 'users' ? written.userPrincipalName : written.displayName

  return typeof name === 'string' ? `${collection} name ${name.toLowerCase()}` : null
}

/** How an entity is shown to a person: by its name, if that is one. */
export function titleOf(collection: Collection, { displayName, userPrincipalName, id }: Written): string {
  const names = collection === 'users' ? [userPrincipalName, displayName, id] : [displayName, id]
  const name = names.find((one) => typeof one === 'string' || typeof one === 'number') ?? '(without a name)'

  return `${nounOf[collection]} "${String(name)}"`
}

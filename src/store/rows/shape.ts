/** What a row is found by: one value of it, or a list of them. */
export type Value = string | number | boolean | null | readonly string[]

/** A row of a log: it has an id, and whatever else its log says of it. */
export type Row = { readonly id: string }
/** A row in its place: positions rise by one and are never given twice. */
export type Placed<R extends Row> = R & { readonly sequence: number }

/** How the rows of one log are kept and found. */
export type Shape<R extends Row> = {
  /** What its files are called: `sign-ins`. */
  readonly name: string
  /** When the row happened, ms, by the tenant's clock: what a log is ordered by. */
  instantOf(row: R): number
  /** What rows are filtered by. Few different values make a small column, whatever their length. */
  readonly columns: Readonly<Record<string, (row: R) => Value>>
  /** What is different in nearly every row and asked for as a whole only: ids. */
  readonly unique: Readonly<Record<string, (row: R) => string>>
  /** A member whose elements are the same objects in many rows: each is written once a file. */
  readonly shared?: string
}

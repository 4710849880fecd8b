import { closest, distance } from 'fastest-levenshtein'

/** One thing that is wrong, where, and the valid name nearest to what was written. */
export type Problem = {
  /** `users[3].userPrincipalName`; empty where the whole is meant. */
  readonly path: string
  readonly message: string
  readonly nearest?: string
  /** Somebody else has what must be one's own. */
  readonly isTaken?: boolean
}

/** A change (or a tenant file) the directory will not take. Nothing was changed. */
export class DirectoryRefusal extends Error {
  /** Graph's word for it (`Request_BadRequest`), stable. */
  readonly code: string
  /** The HTTP status that says the same. */
  readonly status: number
  readonly problems: readonly Problem[]

  constructor(code: string, status: number, problems: readonly Problem[], message = sentence(problems)) {
    super(message)
    this.name = 'DirectoryRefusal'
    this.code = code
    this.status = status
    this.problems = problems
  }
}

/** What was asked for is wrong in itself. */
export function badRequest(problems: readonly Problem[]): DirectoryRefusal {
  return new DirectoryRefusal('Request_BadRequest', 400, problems)
}

/** A problem as a person reads it: `users[0].roles[0]: there is no role "Reder". Did you mean "Reader"?`. */
export function problemText({ path, message }: Problem): string {
  return path === '' ? message : `${path}: ${message}`
}

/** A problem with a name that is not among those it could have been. */
export function unknownName(path: string, message: string, name: string, known: Iterable<string>): Problem {
  const nearest = nearestName(name, known)

  return nearest === undefined
    ? { path, message: `${message}.` }
    : { path, message: `${message}. Did you mean "${nearest}"?`, nearest }
}

/** The known name somebody most likely meant: few letters away, or beginning with what was written. Undefined when none is. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase()
  const spelled = new Map<string, string>()
  let longer: string | undefined
  for (const candidate of known) {
    const lower = candidate.toLowerCase()
    if (Math.abs(lower.length - wanted.length) <= Math.max(lower.length, wanted.length) / 3 + 1) spelled.set(lower, candidate)
    if (wanted.length >= 4 && lower.startsWith(wanted) && (longer === undefined || lower.length < longer.length)) longer = candidate
  }
  if (spelled.size === 0 || wanted === '') return longer

  const found = closest(wanted, [...spelled.keys()])
  const isNear = distance(wanted, found) <= Math.max(1, Math.floor(Math.max(wanted.length, found.length) / 3))

  return isNear ? spelled.get(found) : longer
}

function sentence(problems: readonly Problem[]): string {
  return problems.map(problemText).join('\n')
}

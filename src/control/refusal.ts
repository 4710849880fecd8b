import { HttpRefusal } from '../http/errors.ts'

/** The caller's own mistake in a body, a query or a path. */
export const badRequest = (code: string, message: string) => new HttpRefusal(400, code, message)

/** A user, client, policy, fault or tenant that is not there. */
export const notFound = (what: string, name: string, advice: string) =>
  new HttpRefusal(404, 'not_found', `There is no ${what} "${name.slice(0, 120)}". ${advice}`)

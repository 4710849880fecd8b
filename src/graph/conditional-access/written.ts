/** A body as it came, whatever it says. */
export type Body = Readonly<Record<string, unknown>>

const serverSaid = new Set(['id', 'createddatetime', 'modifieddatetime', 'deleteddatetime', '@odata.context', '@odata.id', '@odata.etag'])

/**
 * What a body says of a policy or a location: members in the spelling given, without what the service says and exports
 * carry along. Whatever else is wrong with it the policy room sees, and names.
 */
export function saidIn(body: Body, spellings: readonly string[]): Record<string, unknown> {
  const spelled = new Map(spellings.map((name) => [name.toLowerCase(), name]))

  return Object.fromEntries(Object.entries(body).flatMap(([written, value]) => {
    const name = written.toLowerCase()

    return serverSaid.has(name) ? [] : [[spelled.get(name) ?? written, value]]
  }))
}

/** A member of a body, its name in any case. */
export const memberOf = (body: Body, name: string): unknown => Object.entries(body).find(([written]) => written.toLowerCase() === name.toLowerCase())?.[1]

import { isObject } from '../../directory/file/cleaned.ts'

/**
 * An export as Graph would have written it, without what says nothing. PowerShell begins its members with a capital and
 * puts what its types do not know into `AdditionalProperties`; scripts write references as `@odata.bind`, with an address.
 */
export function tidied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidied)
  if (!isObject(value)) return value
  const members = Object.entries(value).flatMap(([member, inner]): [string, unknown][] => {
    if (/^additionalProperties$/i.test(member)) return isObject(inner) ? Object.entries(tidied(inner) as object) : []
    const bound = /^(.+)@odata\.bind$/.exec(member)?.[1]

    return bound === undefined ? [[lowerFirst(member), tidied(inner)]] : [[lowerFirst(bound), boundTo(lowerFirst(bound), inner)]]
  })

  return Object.fromEntries(members.filter(([, inner]) => !saysNothing(inner)))
}

/** `DisplayName` is `displayName`; what is written in capitals throughout is a name of its own. */
function lowerFirst(member: string): string {
  return /^[A-Z][a-z]/.test(member) ? `${member[0]!.toLowerCase()}${member.slice(1)}` : member
}

function boundTo(member: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map(endOf)

  return member === 'authenticationStrength' ? { id: endOf(value) } : endOf(value)
}

/** `https://…/users/{id}` and `…/authenticationStrengthPolicies('{id}')` lead to an id. */
function endOf(address: unknown): unknown {
  return typeof address === 'string' ? (/\('([^']+)'\)$/.exec(address)?.[1] ?? address.split('/').at(-1)) : address
}

/** Null, or an object of nothing but nulls. An empty list says something: that nothing is in it. */
function saysNothing(value: unknown): boolean {
  return value === null || value === undefined || (isObject(value) && Object.values(value).every(saysNothing))
}

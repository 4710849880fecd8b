import type { Host } from './host.ts'
import { scopeValues } from './resources.ts'

/**
 * Scopes as they are written for a sign-in without a browser (`api://sales-api/Orders.Read`), as the parameters that ask for
 * them here: the API beside its scopes (RFC 8707). `/.default` is all that the API publishes.
 */
export function resourceParameters(scope: string, host: Host): { scope: string; resource?: string } {
  const words = scope.split(' ').filter((word) => word !== '')
  const named = words.map((word) => namedResource(word, host))
  const resource = named.find((found) => found !== null)?.resource
  if (resource === undefined) return { scope }

  const plain = words.flatMap((word, index) => {
    const found = named[index]
    if (!found) return [word]

    return found.value === '.default' ? scopeValues(found.api) : [found.value]
  })

  return { scope: plain.join(' '), resource }
}

function namedResource(word: string, { tenant: { directory } }: Host) {
  const slash = word.lastIndexOf('/')
  const resource = word.slice(0, slash)
  const api = slash > 0 ? directory.resource(resource) : undefined

  return api ? { api, resource, value: word.slice(slash + 1) } : null
}

import { builtInStrengths } from '../../policy/index.ts'
import { nounOf, withoutTrailingSlash } from '../collections.ts'
import { isGuid } from '../ids.ts'
import { unknownName, type Problem } from '../refusal.ts'
import { builtInRoles, roleNamed } from '../roles.ts'
import type { Collection } from '../types.ts'
import { otherServices, wellKnownApplications } from '../well-known.ts'

/** Somebody or something that a tenant file may name: the id it is meant by, and what it goes by. */
export type Named = { readonly id: string; readonly names: readonly string[] }

/** Everything a tenant file defines, by name; filled before anything is resolved, so that order does not matter. */
export type Names = {
  add(kind: Kind, named: Named): void
  /** The id that a name or id means, among these kinds; reported and undefined when it means nothing, or more than one. */
  resolve(kinds: readonly Kind[], text: string, path: string, report: (problem: Problem) => void): string | undefined
  /** Whether it is known, without a word about it. */
  has(kinds: readonly Kind[], text: string): boolean
}

/** What can be named. Applications are meant by app id in one place and by service principal in another. */
export type Kind = Exclude<Collection, 'applications' | 'deletedItems'> | 'applications' | 'servicePrincipals' | 'roles'

export function tenantNames(): Names {
  const byName = new Map<Kind, Map<string, Set<string>>>()
  const spelled = new Map<Kind, string[]>()

  function add(kind: Kind, { id, names }: Named): void {
    const known = byName.get(kind) ?? new Map<string, Set<string>>()
    byName.set(kind, known)
    for (const name of [id, ...names]) {
      const key = keyOf(name)
      const ids = known.get(key)
      if (ids) ids.add(id)
      else known.set(key, new Set([id]))
    }
    const shown = spelled.get(kind) ?? []
    spelled.set(kind, shown)
    shown.push(...names.filter((name) => !isGuid(name)))
  }

  function idsOf(kinds: readonly Kind[], text: string): readonly string[] {
    const found = kinds.flatMap((kind) => [...(byName.get(kind)?.get(keyOf(text)) ?? [])])
    if (found.length === 0 && kinds.includes('roles')) return [roleNamed(text)?.templateId ?? []].flat()

    return [...new Set(found)]
  }

  for (const strength of builtInStrengths) add('authenticationStrengths', { id: strength.id, names: [strength.displayName] })

  return {
    add,
    has: (kinds, text) => idsOf(kinds, text).length > 0 || (kinds.includes('applications') && serviceNamed(text) !== undefined),
    resolve(kinds, text, path, report) {
      const [id, another] = idsOf(kinds, text)
      if (id !== undefined && another === undefined) return id
      const service = kinds.includes('applications') ? serviceNamed(text) : undefined
      if (id === undefined && service !== undefined) return service
      if (id !== undefined) {
        report({ path, message: `More than one ${nounsOf(kinds)} is called "${text}". Use the id.` })

        return undefined
      }
      const known = kinds.flatMap((kind) => (kind === 'roles' ? builtInRoles.map(({ displayName }) => displayName) : spelled.get(kind) ?? []))
      const services = kinds.includes('applications') ? [...serviceNames.values()].map(({ displayName }) => displayName) : []
      report(unknownName(path, `there is no ${nounsOf(kinds)} "${text}"`, text, [...known, ...services]))

      return undefined
    },
  }
}

const serviceNames = new Map<string, { readonly displayName: string; readonly appId: string }>()
for (const service of [...otherServices, ...wellKnownApplications]) {
  for (const name of [service.displayName, service.appId, ...urisOf(service)]) serviceNames.set(keyOf(name), service)
}

function urisOf(service: object): readonly string[] {
  return 'identifierUris' in service ? (service.identifierUris as readonly string[]) : []
}

/** The app id of one of Microsoft's services by its name, app id or identifier URI. */
function serviceNamed(text: string): string | undefined {
  return serviceNames.get(keyOf(text))?.appId
}

function nounsOf(kinds: readonly Kind[]): string {
  const nouns = [...new Set(kinds.map((kind) => (kind === 'roles' ? 'role' : kind === 'servicePrincipals' ? 'application' : nounOf[kind])))]

  return nouns.length < 2 ? nouns.join('') : `${nouns.slice(0, -1).join(', ')} or ${nouns.at(-1) ?? ''}`
}

function keyOf(name: string): string {
  return withoutTrailingSlash(name.toLowerCase())
}

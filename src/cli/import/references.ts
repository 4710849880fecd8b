import type { Kind, Names } from '../../directory/file/names.ts'
import { trustedIpsNames } from '../../directory/file/resolve.ts'
import { idFor, isGuid, nearestName } from '../../directory/index.ts'
import { builtInStrengths, type ReferenceKind } from '../../policy/index.ts'
import type { Collection, Written } from './recognise.ts'

/** What names something: a policy's member, a member of a group, an owner, a party to a consent, a role that somebody has. */
export type Reference = ReferenceKind | 'member' | 'party' | 'roleOfSomebody'

/** A name or id that nothing goes by, who names it, and what became of it. */
export type Unresolved = {
  readonly noun: string
  readonly name: string
  readonly nearest: string | null
  readonly namedBy: readonly string[]
  readonly advice: string
}

/** Finds what is named, and remembers what is not there. */
export type References = {
  /** The id to write; null where the reference has to go. */
  resolve(kind: Reference, text: string, namedBy: string): string | null
  unresolved(): readonly Unresolved[]
  /** What stands in for what is not there, to be added to the tenant. */
  standIns(): readonly { readonly collection: Collection; readonly written: Written }[]
}

/** What becomes of a reference to something that is not there. */
type Rule = {
  readonly noun: string
  readonly among: readonly Kind[]
  /** Made where the tenant could not be loaded without it, or where that is wished; null = nothing can be made. */
  readonly standIn: { readonly collection: Collection; readonly isNeededForIds?: true; make(id: string, name: string, domain: string): Written; readonly says: string } | null
  /** What is said where nothing is made. */
  readonly otherwise: string
  /** Nothing can be written that matches nobody: the reference goes. */
  readonly isDropped?: true
}

/** An address that nobody has. */
const nowhere = '255.255.255.255/32'

const importIt = 'Import its export too, or let --create-missing make an empty one.'

const rules: Readonly<Record<Reference, Rule>> = {
  group: {
    noun: 'group', among: ['groups'], otherwise: `Its id stays and matches nobody. ${importIt}`,
    standIn: { collection: 'groups', make: (id, displayName) => ({ id, displayName }), says: 'An empty group stands in for it. Put its members into it, or import its export too.' },
  },
  user: {
    noun: 'user', among: ['users'], otherwise: `Its id stays and matches nobody. ${importIt}`,
    standIn: {
      collection: 'users',
      make: (id, name, domain) => ({ id, displayName: name, userPrincipalName: name.includes('@') ? name : `${name.replaceAll(/[^\w.-]+/g, '.').toLowerCase()}@${domain}` }),
      says: 'A user without a password stands in. Give it one, or import its export too.',
    },
  },
  role: { noun: 'role', among: ['roles'], standIn: null, otherwise: 'It matches nobody: only built-in roles are known, by name or template id.' },
  application: {
    noun: 'application', among: ['applications'], otherwise: 'Its id stays and matches what is asked for by that id. Import its export too, or let --create-missing make it.',
    standIn: { collection: 'applications', make: (appId, displayName) => ({ appId, displayName }), says: 'An application without credentials stands in for it. Give it redirect URIs or secrets, or import its export too.' },
  },
  servicePrincipal: {
    noun: 'service principal', among: ['servicePrincipals'], otherwise: `Its id stays and matches nobody. ${importIt}`,
    standIn: { collection: 'applications', make: (servicePrincipalId, displayName) => ({ servicePrincipalId, displayName }), says: 'An application without credentials stands in for it. Give it secrets, or import its export too.' },
  },
  namedLocation: {
    noun: 'named location', among: ['namedLocations'], otherwise: '',
    standIn: {
      collection: 'namedLocations', isNeededForIds: true, make: (id, displayName) => ({ id, displayName, ipRanges: [{ cidrAddress: nowhere }] }),
      says: `A location that nobody is in (${nowhere}) stands in for it. Write its ranges into it, or import its export too.`,
    },
  },
  authenticationStrength: {
    noun: 'authentication strength', among: ['authenticationStrengths'], otherwise: '',
    standIn: {
      collection: 'authenticationStrengths', isNeededForIds: true, make: (id, displayName) => ({ id, displayName, allowedCombinations: builtInStrengths[0]!.allowedCombinations }),
      says: `A strength that takes what "${builtInStrengths[0]!.displayName}" takes stands in for it. Write what it allows into it, or import its export too.`,
    },
  },
  termsOfUse: {
    noun: 'terms of use', among: ['agreements'], otherwise: '',
    standIn: { collection: 'agreements', isNeededForIds: true, make: (id, displayName) => ({ id, displayName }), says: 'Terms of that name stand in for them. Nothing more is needed to accept them.' },
  },
  authenticationContext: {
    noun: 'authentication context', among: ['authenticationContextClassReferences'], standIn: null, isDropped: true,
    otherwise: 'A policy that names it cannot be read. Import its export too, or write its id, c1 to c99.',
  },
  member: {
    noun: 'member', among: ['users', 'groups', 'servicePrincipals', 'devices'], isDropped: true, otherwise: 'It was left out. Import its export too, or let --create-missing make a user.',
    standIn: { collection: 'users', make: (id, _name, domain) => ({ id, userPrincipalName: `${id}@${domain}` }), says: 'A user without a password stands in. Import its export too.' },
  },
  party: { noun: 'service principal', among: ['servicePrincipals'], standIn: null, isDropped: true, otherwise: 'It was left out. Import the export of service principals too.' },
  roleOfSomebody: { noun: 'role', among: ['roles'], standIn: null, isDropped: true, otherwise: 'It was left out: only built-in roles are known.' },
}

/** What is in a tenant without being exported. */
const isAlwaysThere: Partial<Readonly<Record<Reference, (text: string) => boolean>>> = {
  namedLocation: (text) => trustedIpsNames.has(text.toLowerCase()),
  authenticationContext: (text) => /^c[1-9]\d?$/i.test(text),
}

/** Looks names up in a tenant. With `createMissing`, something stands in for every id that is not there. */
export function referencesIn(names: Names, { tenantId, domain, createMissing, spelled }: { readonly tenantId: string; readonly domain: string; readonly createMissing: boolean; readonly spelled: (kinds: readonly Kind[]) => readonly string[] }): References {
  const missing = new Map<string, { readonly kind: Reference; readonly name: string; readonly id: string; readonly isMade: boolean; readonly namedBy: Set<string> }>()

  return {
    resolve(kind, text, namedBy) {
      if (isAlwaysThere[kind]?.(text)) return text
      const { among, standIn, isDropped } = rules[kind]
      const name = [text, bare(text)].find((one) => names.has(among, one))
      // More than one of that name: the loader says so.
      if (name !== undefined) return names.resolve(among, name, '', () => {}) ?? name

      const key = `${kind} ${bare(text).toLowerCase()}`
      const isId = isGuid(text)
      const known = missing.get(key) ?? {
        kind,
        name: bare(text),
        id: isId ? text.toLowerCase() : idFor(tenantId, kind, bare(text)),
        isMade: standIn !== null && (createMissing || (isId || isDropped ? standIn.isNeededForIds === true : true)),
        namedBy: new Set<string>(),
      }
      missing.set(key, known)
      known.namedBy.add(namedBy)

      return isDropped && !known.isMade ? null : known.id
    },
    unresolved: () => [...missing.values()].map(({ kind, name, isMade, namedBy }) => {
      const { noun, among, standIn, otherwise } = rules[kind]
      const isPlaceholder = /^x{8}(-x{4}){3}-x{12}$/i.test(name)

      return {
        noun, name, nearest: isGuid(name) ? null : nearestName(name, spelled(among)) ?? null, namedBy: [...namedBy],
        advice: `${isMade ? standIn?.says ?? '' : otherwise}${isPlaceholder ? ' What is written is a placeholder for an id.' : ''}`,
      }
    }),
    standIns: () => [...missing.values()].flatMap(({ kind, name, id, isMade }) => {
      const { standIn, noun } = rules[kind]

      return isMade && standIn ? [{ collection: standIn.collection, written: standIn.make(id, isGuid(name) ? `${noun[0]!.toUpperCase()}${noun.slice(1)} ${name}` : name, domain) }] : []
    }),
  }
}

/** A name without what scripts put around it: `<Admins>`, `%Admins%`, `{{Admins}}`, `NAME:Admins`. */
function bare(text: string): string {
  return /^(?:<(.+)>|%(.+)%|\{\{(.+)\}\}|\$\{(.+)\}|NAME:(.+))$/i.exec(text.trim())?.slice(1).find((name) => name !== undefined)?.trim() ?? text.trim()
}

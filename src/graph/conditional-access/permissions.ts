import { either } from '../protocol/permissions.ts'

const readers = ['Security Reader', 'Global Reader', 'Security Administrator', 'Conditional Access Administrator']
const writers = ['Conditional Access Administrator', 'Security Administrator']

/** Who may read policies and what they are made of (reference 2.6). */
export const readPolicies = either(['Policy.Read.All'], { roles: readers, denial: 'AccessDenied' })

/** Who may change named locations, and remove policies. */
export const writeLocations = either(['Policy.Read.All and Policy.ReadWrite.ConditionalAccess'], { roles: writers, denial: 'AccessDenied' })

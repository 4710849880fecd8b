import { either } from '../protocol/permissions.ts'

const readers = ['Security Reader', 'Global Reader', 'Security Administrator', 'Conditional Access Administrator']
const writers = ['Conditional Access Administrator', 'Security Administrator']

/** Who may read policies and what they are made of (reference 2.6). */
export const readPolicies = either(['Policy.Read.All'], { roles: readers, denial: 'AccessDenied' })

/** Who may change named locations and authentication contexts, remove policies and bring them back. */
export const writeLocations = either(['Policy.Read.All and Policy.ReadWrite.ConditionalAccess'], { roles: writers, denial: 'AccessDenied' })

/** Who may make and change policies: they name applications, so that applications have to be readable as well. */
export const writePolicies = either(['Policy.Read.All and Policy.ReadWrite.ConditionalAccess and Application.Read.All'], { roles: writers, denial: 'AccessDenied' })

/** Who may read authentication contexts, and ask What If. */
export const readConditionalAccess = either(['Policy.Read.ConditionalAccess', 'Policy.Read.All'], { roles: readers, denial: 'AccessDenied' })

/** Who may change authentication strengths. */
export const writeStrengths = either(
  ['Policy.ReadWrite.AuthenticationMethod', 'Policy.ReadWrite.ConditionalAccess'],
  { roles: [...writers, 'Authentication Policy Administrator'], denial: 'AccessDenied' },
)

/** Who may turn security defaults on and off. */
export const writeSecurityDefaults = either(
  ['Policy.Read.All and Policy.ReadWrite.ConditionalAccess', 'Policy.Read.All and Policy.ReadWrite.SecurityDefaults'],
  { roles: writers, denial: 'AccessDenied' },
)

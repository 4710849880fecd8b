import { filterHolds, type AttributeValue } from '../policy/filter-rule/holds.ts'
import { InvalidFilterRule, operators, parseFilterRule, type FilterRule, type FilterSubject } from '../policy/filter-rule/parse.ts'
import type { Collections } from './collections.ts'
import type { Problem } from './refusal.ts'
import type { Device, Group, User } from './types.ts'

/** A membership rule, read: whom it is about, and what they must be like. */
type MembershipRule = { readonly subject: 'user' | 'device'; readonly rule: FilterRule }

/** Whether the rule of a dynamic group takes somebody in. A group has users or devices in it, never both. */
export function isDynamicMember({ membershipRule }: Group, somebody: { readonly user?: User | undefined; readonly device?: Device | undefined }): boolean {
  const read = membershipRule === null ? null : readRule(membershipRule)
  const member = read === null ? undefined : somebody[read.subject]

  return read !== null && member !== undefined && filterHolds(read.rule, (name) => attributeOf(member, name))
}

/** The dynamic groups whose rules take in a user or a device. */
export function dynamicGroupsOf({ groups, users, devices }: Collections, objectId: string): readonly string[] {
  const dynamic = groups.ids('dynamic', 'yes')
  if (dynamic.length === 0) return []
  const somebody = { user: users.get(objectId), device: devices.get(objectId) }
  if (!somebody.user && !somebody.device) return []

  return dynamic.filter((id) => {
    const group = groups.get(id)

    return group !== undefined && isDynamicMember(group, somebody)
  })
}

/** What is wrong with a membership rule, and in which column. */
export function problemsOfMembershipRule(text: string): readonly Problem[] {
  try {
    parsed(text)

    return []
  } catch (error) {
    if (!(error instanceof InvalidFilterRule)) throw error

    return [{ path: 'membershipRule', message: `The rule cannot be read: ${error.message}. Write it as user.department -eq "Sales".` }]
  }
}

/** Rules by their text. Tenants that are copies of one another have the same ones. */
const known = new Map<string, MembershipRule | null>()
const mostKnown = 20_000

function readRule(text: string): MembershipRule | null {
  const found = known.get(text)
  if (found !== undefined) return found
  const read = problemsOfMembershipRule(text).length > 0 ? null : parsed(text)
  if (known.size >= mostKnown) known.clear()
  known.set(text, read)

  return read
}

function parsed(text: string): MembershipRule {
  const subject = /\bdevice\./i.test(text.replaceAll(/"[^"]*"/g, '')) ? 'device' : 'user'

  return { subject, rule: parseFilterRule(text, { ...anyProperty, prefix: `${subject}.` }) }
}

const booleans: ReadonlySet<string> = new Set(['accountEnabled', 'dirSyncEnabled', 'isCompliant', 'isRooted', 'isManaged'])

const anyProperty: Omit<FilterSubject, 'prefix'> = {
  attribute: (name) => (/^[A-Za-z]\w*$/.test(name) ? { name, operators, isBoolean: booleans.has(name) } : null),
  attributeHint: 'write a property as Graph names it, such as user.department',
}

function attributeOf(member: User | Device, name: string): AttributeValue {
  const nested = member.onPremisesExtensionAttributes as Readonly<Record<string, unknown>> | null | undefined
  const value = name === 'objectId' ? member.id : (member[name] ?? nested?.[name])

  return typeof value === 'string' || typeof value === 'boolean' || Array.isArray(value) ? (value as AttributeValue) : null
}

import { filterHolds, type AttributeValue } from './holds.ts'
import { operators, parseFilterRule, type FilterRule, type FilterSubject } from './parse.ts'

/** Custom security attributes of an application or a service principal: by set and name, or `Set_Name` at once. */
export type SecurityAttributes = Readonly<Record<string, unknown>>

/** Reads a filter over custom security attributes: `CustomSecurityAttribute.Engineering_Project -eq "Baker"`. */
export function parseSecurityAttributeFilter(rule: string): FilterRule {
  return parseFilterRule(rule, securityAttributeSubject)
}

export function securityAttributeFilterHolds(rule: FilterRule, attributes: SecurityAttributes | undefined): boolean {
  return filterHolds(rule, (name) => attributeOf(attributes ?? {}, name))
}

function attributeOf(attributes: SecurityAttributes, name: string): AttributeValue {
  const [set = '', ...rest] = name.split('_')
  const inSet = attributes[set]
  const value = attributes[name] ?? (typeof inSet === 'object' && inSet !== null ? (inSet as SecurityAttributes)[rest.join('_')] : null)

  return typeof value === 'string' || typeof value === 'boolean' || Array.isArray(value) ? (value as AttributeValue) : null
}

const securityAttributeSubject: FilterSubject = {
  prefix: 'CustomSecurityAttribute.',
  attribute: (name) => (/^[A-Za-z0-9]+_\w+$/.test(name) ? { name, operators } : null),
  attributeHint: 'write CustomSecurityAttribute.<Set>_<Attribute>',
}

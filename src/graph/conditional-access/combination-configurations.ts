import type { AuthenticationStrength } from '../../policy/policy-set.ts'
import { answerList, answerOne, entityBody } from '../odata/collection.ts'
import type { Collection } from '../odata/collection.ts'
import { many, text } from '../odata/types.ts'
import type { EntityType } from '../odata/types.ts'
import { changed, created } from '../protocol/endpoint.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { licensed } from '../protocol/licensed.ts'
import { badRequest, notFound } from '../protocol/refusal.ts'
import { readPolicies, writeStrengths } from './permissions.ts'
import { memberOf } from './written.ts'
import type { Body } from './written.ts'

/** Which keys or certificates a combination of a strength asks for. */
type Configuration = { readonly id: string; readonly '@odata.type': string; readonly appliesToCombinations: readonly string[]; readonly [member: string]: unknown }

/** The lists each type has, and the combinations it may apply to. */
const types: Readonly<Record<string, { readonly lists: readonly string[]; readonly to: readonly string[] }>> = {
  '#microsoft.graph.fido2CombinationConfiguration': { lists: ['allowedAAGUIDs'], to: ['fido2'] },
  '#microsoft.graph.x509CertificateCombinationConfiguration': {
    lists: ['allowedIssuerSkis', 'allowedPolicyOIDs'],
    to: ['x509CertificateSingleFactor', 'x509CertificateMultiFactor', 'password,x509CertificateSingleFactor', 'password,x509CertificateMultiFactor'],
  },
}

export const combinationConfiguration: EntityType<Configuration> = {
  name: 'authenticationCombinationConfiguration',
  key: ({ id }) => id,
  typeOf: (configuration) => configuration['@odata.type'],
  properties: { id: text(), appliesToCombinations: many(text()), allowedAAGUIDs: many(text()), allowedIssuerSkis: many(text()), allowedPolicyOIDs: many(text()) },
}

type Find = (asked: Asked) => AuthenticationStrength
type Put = (asked: Asked, strength: AuthenticationStrength) => Promise<AuthenticationStrength>

/** The configurations of a strength: listed, read, made, changed and removed. */
export function configurationEndpoints(path: string, find: Find, put: Put): readonly Endpoint[] {
  const all = (asked: Asked) => (find(asked).combinationConfigurations ?? []) as readonly Configuration[]
  const write = (asked: Asked, combinationConfigurations: readonly Configuration[]) => put(asked, { ...find(asked), combinationConfigurations })
  const configurations: Collection<Configuration> = {
    type: combinationConfiguration,
    context: ({ names: { id = '' } }) => `policies/authenticationStrengthPolicies('${encodeURIComponent(id)}')/combinationConfigurations`,
    source: { list: all },
  }
  const one = (asked: Asked): Configuration => {
    const { configuration = '' } = asked.names
    const found = all(asked).find(({ id }) => id === configuration.toLowerCase())
    if (!found) throw notFound(`The combination configuration '${configuration.slice(0, 120)}' was not found.`)

    return found
  }

  async function create(asked: Asked): Promise<Answer> {
    const body = await asked.body()
    const made = configured({ id: crypto.randomUUID() }, body, find(asked), all(asked))
    await write(asked, [...all(asked), made])

    return created(asked, made.id, entityBody(made, configurations, asked))
  }

  async function change(asked: Asked): Promise<Answer> {
    const body = await asked.body()
    const before = one(asked)
    const after = configured(before, body, find(asked), all(asked).filter(({ id }) => id !== before.id))
    await write(asked, all(asked).map((other) => (other.id === after.id ? after : other)))

    return changed(asked, () => entityBody(after, configurations, asked))
  }

  async function remove(asked: Asked): Promise<Answer> {
    const { id } = one(asked)
    await write(asked, all(asked).filter((other) => other.id !== id))

    return {}
  }

  return [
    { method: 'GET', path, permissions: readPolicies, answer: (asked) => answerList(configurations, asked) },
    { method: 'GET', path: `${path}/{configuration}`, permissions: readPolicies, answer: (asked) => answerOne(one(asked), configurations, asked) },
    { method: 'POST', path, permissions: writeStrengths, answer: licensed(create) },
    { method: 'PATCH', path: `${path}/{configuration}`, permissions: writeStrengths, answer: licensed(change) },
    { method: 'DELETE', path: `${path}/{configuration}`, permissions: writeStrengths, answer: remove },
  ]
}

function configured(before: { readonly id: string; readonly [member: string]: unknown }, body: Body, strength: AuthenticationStrength, others: readonly Configuration[]): Configuration {
  const wrong = (target: string, message: string) => badRequest(`The combination configuration is not one: ${target}.`, [{ target, message }])
  const written = String(memberOf(body, '@odata.type') ?? before['@odata.type'] ?? '').replace(/^#?/, '#')
  const type = Object.keys(types).find((one) => one.toLowerCase() === written.toLowerCase())
  if (type === undefined) throw wrong('@odata.type', `it is one of ${Object.keys(types).join(', ')}.`)
  const { lists, to } = types[type]!
  const textsOf = (name: string): readonly string[] => {
    const said = memberOf(body, name) ?? before[name] ?? []
    if (!Array.isArray(said) || !said.every((one) => typeof one === 'string')) throw wrong(name, 'it wants a list of texts.')

    return said as string[]
  }
  const unknown = Object.keys(body).find((name) => !['id', '@odata.type', '@odata.context', 'appliestocombinations', ...lists.map((list) => list.toLowerCase())].includes(name.toLowerCase()))
  if (unknown !== undefined) throw wrong(unknown, 'there is no such member.')
  const appliesToCombinations = textsOf('appliesToCombinations')
  const misfit = appliesToCombinations.find((one) => !to.includes(one) || !strength.allowedCombinations.includes(one))
  if (appliesToCombinations.length === 0) throw wrong('appliesToCombinations', 'it names at least one combination.')
  if (misfit !== undefined) throw wrong('appliesToCombinations', `"${misfit}" is not a combination of this strength that such a configuration applies to.`)
  const taken = others.flatMap((other) => other.appliesToCombinations).find((one) => appliesToCombinations.includes(one))
  if (taken !== undefined) throw wrong('appliesToCombinations', `another configuration applies to "${taken}" already.`)

  return { '@odata.type': type, 'id': before.id, appliesToCombinations, ...Object.fromEntries(lists.map((list) => [list, textsOf(list)])) }
}

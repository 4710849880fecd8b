type Schema = {
  readonly type?: string | readonly string[]; readonly enum?: readonly unknown[]; readonly const?: unknown; readonly anyOf?: readonly Schema[]; readonly allOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>; readonly required?: readonly string[]; readonly additionalProperties?: Schema | boolean; readonly items?: Schema
}
type Parameter = { readonly name: string; readonly in: 'path' | 'query'; readonly required: boolean }
type Content = Readonly<Record<string, { readonly schema: Schema }>>
type Operation = {
  readonly summary: string; readonly parameters: readonly Parameter[]; readonly requestBody?: { readonly required: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content: Content }>>
}

/** The types of the typed client, written from the API's description. */
export function typesFrom(openApi: { readonly paths?: unknown }): string {
  const calls = Object.entries(openApi.paths as Record<string, Record<string, Operation>>)
    .filter(([path]) => !path.startsWith('/_mock/tenants/{tenant}'))
    .flatMap(([path, operations]) => Object.entries(operations).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path.replace('/_mock', '') || '/'}`, operation })))
  const asked = calls.map(({ name, operation }) => rowOf(name, operation))
  const answered = calls.map(({ name, operation }) => `  readonly '${name}': ${answerOf(operation)}`)

  return `// Written from docs/openapi.json by its test. To write it anew: npx vitest run test/control/openapi.test.ts -u

/** What each call of the control API is told. */
export type ControlCalls = {
${asked.join('\n')}
}

/** What each call answers. */
export type ControlAnswers = {
${answered.join('\n')}
}
`
}

/** What the call gives where it is not refused. */
function answerOf({ responses }: Operation): string {
  const good = Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1].content ?? {}
  const [schema] = Object.values(good)

  return typeOf(schema?.schema ?? {})
}

function rowOf(name: string, { summary, parameters, requestBody }: Operation): string {
  const ofKind = (kind: Parameter['in']) => parameters.filter((parameter) => parameter.in === kind)
  const group = (kind: Parameter['in']) => {
    const members = ofKind(kind).map((parameter) => `readonly ${key(parameter.name)}${parameter.required ? '' : '?'}: string`)

    return members.length === 0 ? [] : [`readonly ${kind}${ofKind(kind).some(({ required }) => required) ? '' : '?'}: { ${members.join('; ')} }`]
  }
  const schema = requestBody?.content['application/json']?.schema
  const body = schema && requestBody ? [`readonly body${requestBody.required ? '' : '?'}: ${typeOf(schema)}`] : []
  const members = [...group('path'), ...group('query'), ...body]

  return `  /** ${summary}. */\n  readonly '${name}': {${members.length === 0 ? '' : ` ${members.join('; ')} `}}`
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return literal(schema.const)
  if (schema.enum) return schema.enum.map(literal).join(' | ')
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' | ')
  if (schema.allOf) return schema.allOf.map(typeOf).join(' & ')
  if (Array.isArray(schema.type)) return schema.type.map((type: string) => typeOf({ ...schema, type })).join(' | ')
  if (schema.type === 'array') return `readonly (${typeOf(schema.items ?? {})})[]`
  if (schema.type === 'object' || schema.properties) return objectType(schema)

  return plain[String(schema.type)] ?? 'unknown'
}

function objectType({ properties = {}, required = [], additionalProperties }: Schema): string {
  const members = Object.entries(properties).map(([name, member]) => `readonly ${key(name)}${required.includes(name) ? '' : '?'}: ${typeOf(member)}`)
  const others = additionalProperties === false ? [] : ['readonly [property: string]: unknown']
  if (members.length > 0) return `{ ${[...members, ...others].join('; ')} }`

  return `Readonly<Record<string, ${typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown'}>>`
}

const plain: Readonly<Record<string, string>> = { string: 'string', number: 'number', integer: 'number', boolean: 'boolean', null: 'null' }
const key = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`)
const literal = (value: unknown) => (typeof value === 'string' ? `'${value}'` : String(value))

type Schema = {
  readonly type?: string | readonly string[]; readonly enum?: readonly unknown[]; readonly const?: unknown; readonly anyOf?: readonly Schema[]; readonly allOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>; readonly required?: readonly string[]; readonly additionalProperties?: Schema | boolean; readonly items?: Schema
}
type Parameter = { readonly name: string; readonly in: 'path' | 'query'; readonly required: boolean }
type Operation = { readonly summary: string; readonly parameters: readonly Parameter[]; readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, { readonly schema: Schema }>> } }

/** The types of the typed client, written from the API's description. */
export function typesFrom(openApi: { readonly paths?: unknown }): string {
  const calls = Object.entries(openApi.paths as Record<string, Record<string, Operation>>)
    .filter(([path]) => !path.startsWith('/_mock/tenants/{tenant}'))
    .flatMap(([path, operations]) => Object.entries(operations).map(([method, operation]) => rowOf(`${method.toUpperCase()} ${path.replace('/_mock', '') || '/'}`, operation)))

  return `// Written from docs/openapi.json by its test. To write it anew: npx vitest run test/control/openapi.test.ts -u\n\n/** What each call of the control API is told. */\nexport type ControlCalls = {\n${calls.join('\n')}\n}\n`
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
  if (members.length > 0) return `{ ${members.join('; ')} }`

  return `Readonly<Record<string, ${typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown'}>>`
}

const plain: Readonly<Record<string, string>> = { string: 'string', number: 'number', integer: 'number', boolean: 'boolean', null: 'null' }
const key = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`)
const literal = (value: unknown) => (typeof value === 'string' ? `'${value}'` : String(value))

import type { Call } from './call.ts'
import { signalsForReaders, unchecked } from './signals.ts'
import type { Schema } from './validate.ts'

type Json = Readonly<Record<string, unknown>>

/**
 * The control API as OpenAPI 3.1 tells it, made from the calls themselves: what is described is what is checked.
 *
 * @see https://spec.openapis.org/oas/v3.1.0
 */
export async function openApiOf(calls: readonly Call[], version: string): Promise<Json> {
  // Loaded when somebody asks: a start has no use for it.
  const { toJsonSchema } = await import('@valibot/to-json-schema')
  const schemaOf = (schema: Schema): Json => {
    const { $schema: _, ...said } = toJsonSchema(schema as never, {
      target: 'draft-2020-12',
      typeMode: 'input',
      errorMode: 'ignore',
      overrideSchema: ({ valibotSchema, jsonSchema }) => {
        if ((valibotSchema as unknown) === unchecked) return signalsForReaders as never
        return valibotSchema.type === 'custom' ? { ...jsonSchema, type: 'object' } : undefined
      },
    }) as Json

    return said
  }

  const paths: Record<string, Record<string, Json>> = {}
  for (const call of calls) {
    for (const prefix of call.about === 'tenant' ? ['/_mock', '/_mock/tenants/{tenant}'] : ['/_mock']) {
      (paths[prefix + call.path] ??= {})[call.method.toLowerCase()] = operationOf(call, prefix, schemaOf)
    }
  }

  return {
    openapi: '3.1.0',
    info: { title: 'Portcullis control API', version, description: 'Drives a tenant from a test. Unscoped paths act on the first tenant, those below /_mock/tenants/{tenant} on that one.' },
    paths,
    components: {
      schemas: {
        Error: {
          type: 'object',
          required: ['error'],
          properties: { error: { type: 'object', required: ['code', 'message'], properties: { code: { type: 'string' }, message: { type: 'string' } } } },
        },
      },
      securitySchemes: { controlKey: { type: 'http', scheme: 'bearer', description: 'Wanted where the server was started with --control-key.' } },
    },
    security: [{}, { controlKey: [] }],
  }
}

function operationOf(call: Call, prefix: string, schemaOf: (schema: Schema) => Json): Json {
  const full = prefix + call.path
  const inPath = [...full.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))

  return {
    operationId: `${call.method.toLowerCase()}${full.replace('/_mock', '').replace(/[/{}.-]+(\w)?/g, (_, letter?: string) => letter?.toUpperCase() ?? '')}`,
    summary: call.summary,
    parameters: [...inPath, ...(call.query ? queryOf(schemaOf(call.query)) : [])],
    ...(call.body ? { requestBody: { required: call.body.type !== 'optional', content: { 'application/json': { schema: schemaOf(call.body) } } } } : {}),
    responses: {
      [call.status ?? 200]: { description: call.summary, content: { [call.gives ?? 'application/json']: { schema: call.answers ? schemaOf(call.answers) : { type: call.gives ? 'string' : 'object' } } } },
      '4XX': { description: 'What is wrong, and what to do about it.', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
    },
  }
}

function queryOf({ properties = {}, required = [] }: Json): Json[] {
  return Object.entries(properties as Record<string, Json>).map(([name, schema]) => ({ name, in: 'query', required: (required as readonly string[]).includes(name), schema }))
}

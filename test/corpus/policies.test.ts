import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DirectoryRefusal, loadTenantFile } from '../../src/directory/index.ts'
import { checkPolicy, compile, readWhatIf, toGraph, validatePolicy, type Policy } from '../../src/policy/index.ts'
import { meaningOf } from '../graph/meaning.ts'
import { signIn, source } from '../policy/contoso.ts'
import { corpus, policiesOfCorpus, readJson, skipping } from './exports.ts'

const exported = policiesOfCorpus()
const { title, isSkipped } = skipping('real exports', 'policies')

describe.skipIf(isSkipped)(title, () => {
  it('each loads whole, member by member as it was exported, or is refused with the member named', () => {
    const refused = exported.flatMap(([file, json]) => {
      const { policy, problems } = checkPolicy(json)
      for (const { path, detail, message } of problems) expect([path, detail, message].every((text) => text !== ''), file).toBe(true)
      if (policy === null) return `${file}: ${problems.map(({ path, detail }) => `${path}: ${detail}`).join('; ')}`
      // Nothing half read, and nothing that was not said.
      expect(meaningOf(toGraph(policy)), file).toEqual(meaningOf(json))

      return []
    })
    console.log(`corpus: ${exported.length - refused.length} of ${exported.length} policies load; refused:\n${refused.join('\n')}`)

    expect(exported.length).toBeGreaterThan(0)
  })

  it('what loads can be shown by Graph and written again, and be asked', () => {
    const loaded = exported.map(([, json]) => checkPolicy(json).policy).filter((policy): policy is Policy => policy !== null)
    for (const policy of loaded) expect(validatePolicy(toGraph(policy))).toEqual({ ...policy, description: undefined })

    expect(compile(source(loaded)).evaluate(signIn()).policies).toHaveLength(loaded.length)
  })

  it('in a tenant file each loads, or every placeholder and name that means nothing there is told, with its place', async () => {
    let loaded = 0
    for (const [file, json] of exported) {
      const tenant = { displayName: 'Fabrikam', domains: [{ id: 'fabrikam.example' }], conditionalAccessPolicies: [json] }
      const refusal = await loadTenantFile(JSON.stringify({ tenants: [tenant] }), 'tenant.json').then(() => null, (error: unknown) => error)
      if (refusal === null) loaded++
      else {
        expect(refusal, file).toBeInstanceOf(DirectoryRefusal)
        for (const { path, message } of (refusal as DirectoryRefusal).problems) {
          const written = valueAt(json, path.replace(/^tenants\[0\]\.conditionalAccessPolicies\[0\]\.?/, ''))
          if (typeof written === 'string') expect(message, `${file} ${path}`).toContain(written.slice(0, 50))
          else expect(message.length, `${file} ${path}`).toBeGreaterThan(10)
        }
      }
    }
    console.log(`corpus: ${loaded} of ${exported.length} policies load into a tenant file of nobody; the others name what is missing`)
  })
})

const whatIf = skipping('the What If requests of public scripts', 'whatif-requests.json')

it.skipIf(whatIf.isSkipped)(`${whatIf.title} are read`, () => {
  const { requests } = readJson(join(corpus!, 'whatif-requests.json')) as { requests: { body: unknown }[] }

  expect(requests.length).toBeGreaterThan(0)
  for (const { body } of requests) expect(readWhatIf(body).identity.kind).toMatch(/user|servicePrincipal/)
})

/** What stands at `conditions.users.includeGroups[0]`, its names in any case. */
function valueAt(json: unknown, path: string): unknown {
  return path.split(/[.[\]]+/).filter(Boolean).reduce<unknown>((inside, member) => {
    if (typeof inside !== 'object' || inside === null) return undefined
    const name = Object.keys(inside).find((written) => written.toLowerCase() === member.toLowerCase())

    return name === undefined ? undefined : (inside as Record<string, unknown>)[name]
  }, json)
}

import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkNamedLocation, compile } from '../../src/policy/index.ts'
import { signIn, source } from '../policy/contoso.ts'

const corpus = process.env['PORTCULLIS_CORPUS']
const files = corpus === undefined ? [] : readdirSync(join(corpus, 'ip')).filter((name) => name.endsWith('.json'))

/** Published address ranges, and for each end of a range which addresses are inside. */
describe.skipIf(corpus === undefined)(corpus === undefined ? 'published ranges (skipped: PORTCULLIS_CORPUS is not set)' : 'published ranges', () => {
  it.for(files)('%s: every boundary is where it is published', (file) => {
    const { body, points } = JSON.parse(readFileSync(join(corpus!, 'ip', file), 'utf8')) as { body: object; points: { ip: string; inside: boolean }[] }
    const { location, problems } = checkNamedLocation({ id: 'published', ...body })
    expect(problems).toEqual([])
    const policySet = compile({ ...source([]), namedLocations: [location!] })
    const isInside = (ipAddress: string) => {
      const asked = signIn()
      return policySet.evaluate({ ...asked, conditions: { ...asked.conditions, ipAddress } }).location.namedLocationIds.length > 0
    }

    expect(points.length).toBeGreaterThan(0)
    expect(points.filter(({ ip, inside }) => isInside(ip) !== inside)).toEqual([])
  })
})

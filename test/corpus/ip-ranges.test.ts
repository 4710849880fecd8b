import { describe, expect, it } from 'vitest'
import { checkNamedLocation, compile } from '../../src/policy/index.ts'
import { signIn, source } from '../policy/contoso.ts'
import { filesIn, skipping } from './exports.ts'

const files = filesIn('ip')
const { title, isSkipped } = skipping('published ranges', 'ip')

/** Published address ranges, and for each end of a range which addresses are inside. */
describe.skipIf(isSkipped)(title, () => {
  it.for(files)('%s: every boundary is where it is published', ([, json]) => {
    const { body, points } = json as { body: object; points: { ip: string; inside: boolean }[] }
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

import { beforeAll, describe, expect, it } from 'vitest'
import { asTold, readVectors } from '../policy/stage-vector.ts'
import { useMock } from '../support/mock.ts'
import { learnIds, play } from './vector-front-door.ts'
import { obstacleTo } from './vector-obstacles.ts'
import { askGraph } from './vector-what-if.ts'
import { vectorTenant } from './vector-tenant.ts'

const { directory, vectors } = readVectors()
const staged = vectors.filter((vector) => obstacleTo(vector, directory) === null)
const left = Map.groupBy(vectors.filter((vector) => obstacleTo(vector, directory) !== null), (vector) => obstacleTo(vector, directory))

console.log(`vectors: ${staged.length} of ${vectors.length} through the front door; left out:\n${[...left].map(([because, list]) => `  ${list.length} because ${because}: ${list.map(({ id }) => id).join(', ')}`).join('\n')}`)

const server = useMock({ seed: vectorTenant(directory, vectors) as never, httpsPort: null })
beforeAll(() => learnIds(server.mock))

describe.concurrent('the reference vectors, through the front door', () => {
  it.for(staged.map((vector) => [`${vector.id} ${vector.title}`, vector] as const))('%s', async ([, vector]) => {
    const answer = vector.level === 'whatIf' ? await askGraph(vector, directory, server.mock) : await play(vector, directory, server.mock)

    expect(asTold(answer, vector)).toEqual(vector.expect)
  })
})

import { beforeAll, describe, expect, test } from 'vitest'
import { trustTestCa } from '../support/https.ts'
import { testCertificates } from '../support/keys.ts'
import { newStory, useMock } from '../support/mock.ts'
import { authorize } from './contract/authorize.ts'
import { graph } from './contract/graph.ts'
import { metadata } from './contract/metadata.ts'
import { afterwards, tokenEndpoint, tokens } from './contract/tokens.ts'

/** The minimum that clients hold an Entra tenant to, line by line (wire 14). */
const server = useMock({ httpsPort: 0, certificates: testCertificates() })
beforeAll(trustTestCa)

const lines = { ...metadata, ...authorize, ...tokenEndpoint, ...tokens, ...afterwards, ...graph }

describe('what clients hold a tenant to', () => {
  test.each(Object.entries(lines))('%s', async (_line, holds) => {
    await expect(holds(await newStory(server.mock))).resolves.not.toThrow()
  })

  test('no line is left out', () => {
    const sections = [[1, 6], [10, 18], [20, 30], [40, 50], [60, 67], [70, 73], [80, 85]] as const
    const numbers = sections.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => `C${first + index}`))

    expect(Object.keys(lines).map((line) => line.split(' ')[0])).toEqual(numbers)
  })
})

import { describe, expect, test } from 'vitest'
import { basicPlan } from './basic-plan.ts'
import { useStandard } from './op.ts'

const server = useStandard()

describe('oidcc-basic-certification-test-plan', () => {
  test.each(Object.entries(basicPlan))('%s', async (_module, run) => {
    await expect(run({ op: await server.op(), mode: {} })).resolves.toBeUndefined()
  })
})

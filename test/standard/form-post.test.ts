import { describe, expect, test } from 'vitest'
import { basicPlan } from './basic-plan.ts'
import { useStandard } from './op.ts'

const server = useStandard()

describe('oidcc-formpost-basic-certification-test-plan: the modules of the basic plan, answered by form_post', () => {
  test.each(Object.entries(basicPlan))('%s', async (_module, run) => {
    await expect(run({ op: await server.op(), mode: { response_mode: 'form_post' } })).resolves.toBeUndefined()
  })
})

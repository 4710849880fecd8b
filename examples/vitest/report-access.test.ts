// In a project of your own: from 'portcullis/vitest'.
import { expect, test } from '../../src/testing/vitest.ts'
import { reportFor } from './report-access.ts'

test('Alice reads the report at the office', async ({ signIn }) => {
  const answer = await signIn('alice', { to: 'Sales Hub', from: 'office' })

  expect(answer).toBeGranted()
  expect(reportFor(answer)).toBe('Q3: 4 million')
})

test('in the café she is told why she cannot', async ({ signIn }) => {
  const answer = await signIn('alice', { to: 'Sales Hub', from: 'café' })

  expect(answer).toBeBlockedBy('Sales Hub only from trusted locations')
  expect(reportFor(answer)).toBe('Your organization lets you in from the office only.')
})

test('without a licence nobody is kept out', async ({ sandbox, signIn }) => {
  await sandbox.patch({ licence: 'none' })

  expect(await signIn('alice', { to: 'Sales Hub', from: 'café' })).toBeGranted()
})

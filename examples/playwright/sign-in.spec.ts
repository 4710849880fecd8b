import { expect, test } from './fixtures.ts'

test('Alice signs in at the office with her password', async ({ page, application, signIn }) => {
  await page.goto(application)
  await page.getByRole('link', { name: 'Sign in' }).click()
  await signIn(page, 'alice', { from: 'office' })

  await expect(page.getByRole('heading', { name: 'You are in' })).toBeVisible()
})

test('in the café she is asked for a code, and needs no phone', async ({ page, application, signIn, sandbox }) => {
  await page.goto(application)
  await page.getByRole('link', { name: 'Sign in' }).click()
  await signIn(page, 'alice', { from: 'café', mfa: true })

  await expect(page.getByRole('heading', { name: 'You are in' })).toBeVisible()
  expect(sandbox.signIns().at(-1)).toBeGranted()
})

test('with a session planted, the link is enough', async ({ page, application, signIn }) => {
  await signIn(page, 'alice', { from: 'office', plant: { client: 'c0ffee00-0000-4000-8000-0000000000a2' } })
  await page.goto(application)
  await page.getByRole('link', { name: 'Sign in' }).click()

  await expect(page.getByRole('heading', { name: 'You are in' })).toBeVisible()
})

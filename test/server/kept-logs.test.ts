import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startPortcullis } from '../../src/index.ts'
import type { Portcullis, PortcullisOptions } from '../../src/index.ts'
import { emptyFolder } from '../support/folder.ts'
import { testKeys } from '../support/keys.ts'
import { contosoId, password } from '../support/mock.ts'

const started = (options: PortcullisOptions) => startPortcullis({ port: 0, httpsPort: null, keys: testKeys(), ...options })
const office = { ipAddress: '198.51.100.7' }
const signIn = (mock: Portcullis, user: string) => mock.signIn({ user, client: 'Sales Hub', password, signals: office })

async function signIns(mock: Portcullis, query = ''): Promise<{ entries: { sequence: number; userPrincipalName: string; appliedConditionalAccessPolicies: unknown[] }[]; next: number }> {
  const response = await fetch(`${mock.http}/_mock/sign-ins${query}`)

  return (await response.json()) as never
}

test('the sign-in log of a data folder is there after a restart, and goes on counting', async () => {
  const data = await emptyFolder()
  const first = await started({ data })
  await signIn(first, 'alice')
  await signIn(first, 'bob')
  const before = await signIns(first)
  await first.stop()
  const second = await started({ data })
  const after = await signIns(second)
  await signIn(second, 'dave')
  const { entries } = await signIns(second, '?after=2')
  await second.stop()

  expect(before.entries.map(({ userPrincipalName, sequence }) => [userPrincipalName, sequence])).toEqual([['alice@contoso.example', 1], ['bob@contoso.example', 2]])
  expect(before.entries[0]?.appliedConditionalAccessPolicies).toHaveLength(6)
  expect(after).toEqual(before)
  expect(entries.map(({ userPrincipalName, sequence }) => [userPrincipalName, sequence])).toEqual([['dave@contoso.example', 3]])
})

test('a test that waits for the next sign-in does not find one of the process before', async () => {
  const data = await emptyFolder()
  const first = await started({ data })
  await signIn(first, 'alice')
  await first.stop()
  const second = await started({ data })
  const [entry] = await Promise.all([second.nextSignIn(), signIn(second, 'bob')])
  await second.stop()

  expect(entry.userPrincipalName).toBe('bob@contoso.example')
})

test('a reset empties the log, on disk too; --reset keeps it aside with the directory', async () => {
  const data = await emptyFolder()
  const first = await started({ data })
  await signIn(first, 'alice')
  await first.reset()
  expect((await signIns(first)).entries).toEqual([])
  await signIn(first, 'bob')
  await first.stop()
  const second = await started({ data, reset: true })
  const { entries } = await signIns(second)
  await second.stop()

  expect(entries).toEqual([])
  expect(await readdir(join(data, 'before-reset', 'logs', contosoId))).toContain('sign-ins.2.jsonl')
})

test('a sandbox leaves nothing in the data folder', async () => {
  const data = await emptyFolder()
  const mock = await started({ data })
  const sandbox = await mock.sandbox()
  await sandbox.signIn({ user: 'alice', client: 'Sales Hub', password, signals: office })
  expect(sandbox.signIns()).toHaveLength(1)
  await sandbox.delete()
  await mock.stop()

  expect(await readdir(data)).not.toContain('logs')
})

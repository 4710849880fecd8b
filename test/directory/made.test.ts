import { beforeAll, describe, expect, test } from 'vitest'
import { completeUser, createDirectory } from '../../src/directory/index.ts'
import type { Directory, Initiator, Made, TenantData } from '../../src/directory/types.ts'
import { contoso } from '../support/contoso.ts'

let seed: TenantData
beforeAll(async () => {
  seed = await contoso()
})

const carol: Initiator = {
  user: { id: 'c0ffee00-0000-4000-8000-0000000000b3', displayName: 'Carol Clark', userPrincipalName: 'carol@contoso.example', ipAddress: '198.51.100.7' },
  correlationId: 'one-request',
}
const zoe = () => completeUser(seed.id, { userPrincipalName: 'zoe@contoso.example', displayName: 'Zoe' })

function heardBy(directory: Directory): Made[] {
  const heard: Made[] = []
  directory.onMade((made) => heard.push(made))

  return heard
}

describe('a change that was made', () => {
  test('tells who made it, what there was and what there is', async () => {
    const directory = createDirectory(seed)
    const heard = heardBy(directory)
    await directory.by(carol).put('users', zoe())
    await directory.by(carol).put('users', { ...zoe(), displayName: 'Zoe Young' })
    await directory.by(carol).remove('users', zoe().id)
    await directory.by(carol).patchSettings({ securityDefaults: true, licence: 'none' })

    expect(heard.map(({ by }) => by)).toEqual([carol, carol, carol, carol])
    expect(heard).toMatchObject([
      { kind: 'entity', collection: 'users', before: null, after: { displayName: 'Zoe' } },
      { before: { displayName: 'Zoe' }, after: { displayName: 'Zoe Young' } },
      { before: { displayName: 'Zoe Young' }, after: null },
      { kind: 'settings', before: { securityDefaults: false }, after: { securityDefaults: true } },
    ])
  })

  test('is Portcullis\'s own where nobody says who makes it', async () => {
    const directory = createDirectory(seed)
    const heard = heardBy(directory)
    await directory.put('users', zoe())
    await directory.replace(seed)

    expect(heard).toMatchObject([{ by: null }, { by: null, kind: 'replace', after: { displayName: 'Contoso' } }])
  })

  test('is told when it is on disk and before it is acknowledged', async () => {
    const told: string[] = []
    const directory = createDirectory(seed, async () => void told.push('on disk'))
    directory.onMade(() => told.push('made'))
    await directory.put('users', zoe()).then(() => told.push('acknowledged'))

    expect(told).toEqual(['on disk', 'made', 'acknowledged'])
  })

  test('is not told when the disk does not take it, nor when it is refused', async () => {
    const directory = createDirectory(seed, async () => Promise.reject(new Error('no space left')))
    const heard = heardBy(directory)
    const { users: [alice] } = seed
    await expect(directory.by(carol).put('users', zoe())).rejects.toThrow('no space left')
    await expect(directory.by(carol).put('users', { ...zoe(), userPrincipalName: alice?.userPrincipalName ?? '' })).rejects.toThrow('alice@contoso.example')

    expect(heard).toEqual([])
  })
})

test('a directory in the hands of somebody is the same directory', async () => {
  const directory = createDirectory(seed)
  const hers = directory.by(carol)
  await hers.put('users', zoe())

  expect(hers.version).toBe(directory.version)
  expect(directory.user('zoe@contoso.example')).toBe(hers.user('zoe@contoso.example'))
  expect(hers.snapshot()).toBe(directory.snapshot())
})

import { describe, expect, test } from 'vitest'
import { hashPassword, isPasswordHash, verifyPassword } from '../../src/directory/index.ts'

describe('a password', () => {
  test('is known by its hash, and no other is', async () => {
    const hash = await hashPassword('Portcullis1!')

    expect(isPasswordHash(hash)).toBe(true)
    expect(await verifyPassword('Portcullis1!', hash)).toBe(true)
    expect(await verifyPassword('portcullis1!', hash)).toBe(false)
    expect(await verifyPassword('', hash)).toBe(false)
  })

  test('is hashed once in a process, however many have it', async () => {
    const [one, two] = await Promise.all([hashPassword('shared'), hashPassword('shared')])

    expect(one).toBe(two)
  })

  test('has a hash that another process understands', async () => {
    const hash = 'scrypt$4096$AAAAAAAAAAAAAAAAAAAAAA==$80BRukNWqWBo+e08JaBt184A2RcBLf/Kv2HSmQ3cd3g='

    expect(await verifyPassword('Portcullis1!', hash)).toBe(true)
    expect(await verifyPassword('Portcullis2!', hash)).toBe(false)
  })

  test('is the same however its letters are composed', async () => {
    expect(await verifyPassword('Cafe\u0301', await hashPassword('Caf\u00E9'))).toBe(true)
  })

  test.each(['', 'Portcullis1!', 'scrypt$1$AAAA$AAAA', 'scrypt$4096$$', 'scrypt$1048576$AAAAAAAAAAAAAAAAAAAAAA==$80BRukNWqWBo+e08JaBt184A2RcBLf/Kv2HSmQ3cd3g='])('is not known by %j, which is no hash of ours', async (hash) => {
    expect(isPasswordHash(hash)).toBe(false)
    expect(await verifyPassword('Portcullis1!', hash)).toBe(false)
  })
})

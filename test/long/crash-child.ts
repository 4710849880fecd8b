import { completeUser } from '../../src/directory/index.ts'
import { openDirectories } from '../../src/store/directories.ts'
import { contoso } from '../support/contoso.ts'

/** Writes users into a data folder, several at once, and says each on stdout when it was acknowledged. Runs until it is killed. */
const [folder = '', round = '0'] = process.argv.slice(2)
const store = await openDirectories({ folder, seed: [await contoso()] })
const [directory] = store.list()
if (!directory) throw new Error('no tenant')
const tenantId = directory.settings.id
process.stdout.write('ready\n')

await Promise.all([0, 1, 2, 3].map(async (writer) => {
  for (let n = 0; ; n++) {
    const name = `user-${round}-${writer}-${n}`
    await directory.put('users', completeUser(tenantId, { userPrincipalName: `${name}@contoso.example` }))
    process.stdout.write(`+${name}\n`)
    if (n % 20 === 0) continue
    await directory.remove('users', directory.named('users', name)?.id ?? '')
    process.stdout.write(`-${name}\n`)
  }
}))

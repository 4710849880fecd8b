import { copyFile, constants } from 'node:fs/promises'
import { resolve } from 'node:path'
import { packageFolder } from '../package.ts'
import { BadUse, defineCommand } from './command.ts'

/** `portcullis init`: a small tenant file with a comment on everything, to start from. */
export const init = defineCommand({
  summary: 'Writes a commented tenant file to start from',
  flags: {},
  operands: [{ name: 'FILE', says: 'Where to write it (otherwise tenant.yaml)' }],
  async run({ operands: [name = 'tenant.yaml'] }, world) {
    if (name.endsWith('.json')) throw new BadUse('A JSON file cannot hold comments. Give a name that ends in .yaml.')
    const file = resolve(world.workingFolder, name)
    await copyFile(new URL('data/starter.yaml', packageFolder), file, constants.COPYFILE_EXCL).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw new BadUse(`${name} is there already, and it stays as it is. Give another name: portcullis init FILE.`)
      if (error.code === 'ENOENT') throw new BadUse(`There is no folder to write ${name} into. Make it first.`)

      throw error
    })
    world.print(`Wrote ${name}. Next: portcullis check ${name}, then portcullis start --seed ${name} --reset`)

    return 0
  },
})

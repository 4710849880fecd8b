import { copyFile, constants } from 'node:fs/promises'
import { resolve } from 'node:path'
import { packageFolder } from '../package.ts'
import { BadUse, defineCommand } from './command.ts'

/** `portcullis init`: a small tenant file with a comment on everything, to start from. */
export const init = defineCommand({
  summary: 'Writes a commented tenant file to start from',
  flags: { force: { says: 'Overwrites a file that is there' } },
  operands: [{ name: 'FILE', says: 'Where to write it (otherwise tenant.yaml)' }],
  async run({ flags: { force }, operands: [name = 'tenant.yaml'] }, world) {
    if (/\.jsonc?$/i.test(name)) throw new BadUse('A JSON file cannot hold comments. Give a name that ends in .yaml.')
    const file = resolve(world.workingFolder, name)
    await copyFile(new URL('data/starter.yaml', packageFolder), file, force ? 0 : constants.COPYFILE_EXCL).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw new BadUse(`${name} is there already, and it stays as it is. Give another name, or add --force.`)
      if (error.code === 'EISDIR') throw new BadUse(`${name} is a folder. Give the name of a file in it.`)
      if (error.code === 'ENOENT') throw new BadUse(`There is no folder to write ${name} into. Make it first.`)

      throw error
    })
    world.print(`Wrote ${name}. Next: portcullis check ${name}, then portcullis start --seed ${name} --reset`)

    return 0
  },
})

import { readFile } from 'node:fs/promises'
import { BadUse } from './command.ts'

/** The text of a file that somebody named; `ofFolder` says what to do where it is a folder. */
export async function readGiven(path: string, ofFolder: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new BadUse(`There is no ${path}.`)
    if (error.code === 'EISDIR') throw new BadUse(`${path} is a folder. ${ofFolder}`)

    throw error
  })
}

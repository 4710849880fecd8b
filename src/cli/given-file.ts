import { readFile, writeFile } from 'node:fs/promises'
import { BadUse } from './command.ts'

/** The text of a file that somebody named; `ofFolder` says what to do where it is a folder. */
export async function readGiven(path: string, ofFolder: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new BadUse(`There is no ${path}.`)
    if (error.code === 'EISDIR') throw new BadUse(`${path} is a folder. ${ofFolder}`)

    throw error
  })
}

/** Writes a file under the name that somebody gave it. */
export async function writeGiven(path: string, name: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: NodeJS.ErrnoException) => {
    throw whyNotWritten(error, name)
  })
}

/** Why the machine would not have it, as a sentence; anything else is our own mistake. */
export function whyNotWritten(error: NodeJS.ErrnoException, name: string): Error {
  const reasons: Record<string, string> = {
    EISDIR: `${name} is a folder. Give the name of a file in it.`,
    ENOENT: `There is no folder to write ${name} into. Make it first.`,
    ENOTDIR: `${name} cannot be: something on the way is a file.`,
    EACCES: `${name} may not be written by you.`,
    EROFS: `${name} cannot be written: its disk is read-only.`,
    ENOSPC: `${name} cannot be written: the disk is full.`,
  }
  const reason = reasons[error.code ?? '']

  return reason === undefined ? error : new BadUse(reason)
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** An empty folder that is gone when the test is. Tests that run at once hand in their own `onTestFinished`. */
export async function emptyFolder(finished: (clean: () => Promise<void>) => void = onTestFinished): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-test-'))
  finished(() => rm(folder, { recursive: true, force: true }))

  return folder
}

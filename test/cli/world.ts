import type { World } from '../../src/cli/command.ts'

/** A terminal that remembers what it was shown. */
export function createTerminal({ workingFolder = '/home/alice', environment = {} }: Partial<Pick<World, 'workingFolder' | 'environment'>> = {}) {
  const printed: string[] = []
  const complaints: string[] = []
  const world: World = {
    environment,
    workingFolder,
    print: (line) => void printed.push(line),
    complain: (line) => void complaints.push(line),
    untilStopped: async () => {},
  }

  return { world, printed, complaints }
}

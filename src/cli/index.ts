import { version } from '../package.ts'
import { BadUse } from './command.ts'
import type { Command, World } from './command.ts'
import { commandHelp, overview } from './help.ts'
import { didYouMean } from './nearest.ts'
import { readArguments } from './read-arguments.ts'

/** The commands of `portcullis`. Each is loaded when it is asked for: the help should not wait for a server. */
const commands: Record<string, () => Promise<Command>> = {
  start: async () => (await import('./start.ts')).start,
  init: async () => (await import('./init.ts')).init,
  check: async () => (await import('./check.ts')).check,
  export: async () => (await import('./export.ts')).exportCommand,
  import: async () => (await import('./import.ts')).importCommand,
  'what-if': async () => (await import('./what-if.ts')).whatIf,
  test: async () => (await import('./test.ts')).test,
  doctor: async () => (await import('./doctor.ts')).doctor,
}
const defaultCommand = 'start'

/** Runs one command line and resolves to the exit code: 0 good, 1 the answer is no, 2 bad use. */
export async function runCommandLine(words: readonly string[], world: World): Promise<number> {
  try {
    return await dispatch(words, world)
  } catch (error) {
    if (!(error instanceof BadUse)) throw error
    world.complain(error.message)

    return 2
  }
}

async function dispatch(words: readonly string[], world: World): Promise<number> {
  const [first = ''] = words
  if (['--help', '-h', 'help'].includes(first)) return printed(world, overview(version, await summaries()))
  if (['--version', '-v'].includes(first)) return printed(world, version)

  const isNamed = first !== '' && !first.startsWith('-')
  const name = isNamed ? first : defaultCommand
  const rest = isNamed ? words.slice(1) : words
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!load) throw unknownCommand(name)

  const command = await load()
  if (rest.includes('--help') || rest.includes('-h')) return printed(world, commandHelp(name, command))

  return command.run(readArguments(name, command, rest, world.environment), world)
}

function printed(world: World, text: string): number {
  world.print(text)

  return 0
}

async function summaries(): Promise<Record<string, string>> {
  const rows = Object.entries(commands).map(async ([name, load]) => [name, (await load()).summary] as const)

  return Object.fromEntries(await Promise.all(rows))
}

function unknownCommand(name: string): BadUse {
  const advice = didYouMean(name, Object.keys(commands)) ?? '`portcullis --help` lists them.'

  return new BadUse(`There is no command "${name}". ${advice}`)
}

/** A command of `portcullis`: what it takes, and what it does with it. */
export type Command<F extends Flags = Flags> = {
  /** One line, in the list of commands. */
  readonly summary: string
  readonly flags: F
  /** What follows the flags, in order; all optional. The last may be repeatable. */
  readonly operands: readonly { readonly name: string; readonly says: string; readonly isRepeatable?: true }[]
  /** Lines under the help: an example that can be copied, where flags alone say too little. */
  readonly example?: readonly string[]
  /** Resolves to the exit code: 0 good, 1 the answer is no. */
  run(given: Given<F>, world: World): Promise<number>
}

export type Flags = Readonly<Record<string, Flag>>

/** One `--flag`. Without `value` it is a switch. */
export type Flag = {
  readonly says: string
  /** What stands for the value in the help: `PORT`. */
  readonly value?: string
  readonly isRepeatable?: true
  /** The environment variable that says the same; the flag outranks it. */
  readonly environment?: string
  /** Told in the help. */
  readonly otherwise?: string
}

/** A command line, read: a value for each flag that takes one, and whether each switch is on. */
export type Given<F extends Flags> = {
  readonly flags: { readonly [Name in keyof F]: ValueOf<F[Name]> }
  readonly operands: readonly string[]
}
type ValueOf<F extends Flag> = F extends { value: string }
  ? F extends { isRepeatable: true } ? readonly string[] : string | null
  : boolean

/** What a command touches of the machine it runs on. */
export type World = {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly workingFolder: string
  /** A line for whoever reads the answer (stdout). */
  print(line: string): void
  /** A line for whoever watches (stderr). */
  complain(line: string): void
  /** Whether `print` writes to a person's screen, which can show colours. Absent = it does not. */
  readonly isTerminal?: boolean
  /** Resolves when the process is asked to stop. */
  untilStopped(): Promise<void>
}

/** Lets a command's own flags say which values it gets. */
export const defineCommand = <const F extends Flags>(command: Command<F>): Command<F> => command

/** Bad use: the sentence is for the person at the keyboard, the exit code is 2. */
export class BadUse extends Error {}

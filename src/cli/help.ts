import type { Command, Flag } from './command.ts'

/** What `portcullis COMMAND --help` prints. */
export function commandHelp(name: string, { summary, flags, operands, example = [] }: Command): string {
  const usage = ['portcullis', name, ...(Object.keys(flags).length > 0 ? ['[FLAGS]'] : []), ...operands.map((operand) => (operand.isRepeatable ? `${operand.name}…` : `[${operand.name}]`))]
  const rows = [
    ...operands.map((operand) => [operand.name, operand.says] as const),
    ...Object.entries(flags).map(([flag, { value }]) => [value ? `--${flag} ${value}` : `--${flag}`, noteOn(flags[flag])] as const),
    ['--help', 'Shows this'] as const,
  ]

  return [`${summary}.`, '', `  ${usage.join(' ')}`, '', ...columns(rows), ...(example.length > 0 ? ['', ...example] : [])].join('\n')
}

/** What `portcullis --help` prints. */
export function overview(version: string, summaries: Readonly<Record<string, string>>): string {
  const rows = Object.entries(summaries).map(([name, summary]) => [name, summary] as const)

  return [
    `Portcullis ${version}: a mock Microsoft Entra ID tenant that judges every sign-in by Conditional Access.`,
    '',
    '  portcullis [COMMAND] [FLAGS]',
    '',
    ...columns(rows),
    '',
    'Without a command it starts the server. `portcullis COMMAND --help` says what a command takes.',
  ].join('\n')
}

function noteOn(flag: Flag | undefined): string {
  if (!flag) return ''
  const notes = [
    ...(flag.otherwise ? [`otherwise ${flag.otherwise}`] : []),
    ...(flag.environment ? [`also ${flag.environment}`] : []),
    ...(flag.isRepeatable ? ['may be repeated'] : []),
  ]

  return notes.length > 0 ? `${flag.says} (${notes.join('; ')})` : flag.says
}

/** Two columns, the second aligned. */
export function columns(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length))

  return rows.map(([left, right]) => `  ${left.padEnd(width)}   ${right}`.trimEnd())
}

/** Any number of columns, each as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))

  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   ')}`.trimEnd())
}

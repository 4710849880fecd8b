export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const [below, above] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]]

  return ((below ?? Number.NaN) + (above ?? Number.NaN)) / 2
}

/** Columns of text, the first to the left, figures to the right. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)))
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('   ')

  console.log([line(head), widths.map((width) => '-'.repeat(width)).join('   '), ...rows.map(line)].join('\n'))
}

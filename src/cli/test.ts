import { resolve } from 'node:path'
import { BadUse, defineCommand } from './command.ts'
import { readGiven } from './given-file.ts'
import { didYouMean } from './nearest.ts'

/** `portcullis test`: scenario files, held against what the tenant decides. */
export const test = defineCommand({
  summary: 'Runs scenario files: expected outcomes of sign-ins',
  flags: {
    reporter: { value: 'NAME', says: 'How it is told: spec, junit (XML) or github (annotations)', otherwise: 'spec' },
    tenant: { value: 'FILE', says: 'The tenant file to ask', otherwise: 'the one each file names, or the shipped Contoso' },
  },
  operands: [{ name: 'FILE', says: 'A scenario file (YAML)', isRepeatable: true }],
  example: [
    'A scenario file tells sign-ins and what must come of each:',
    '',
    '  cases:',
    '    - name: Alice in the café',
    '      user: alice',
    '      app: Sales Hub',
    '      from: 203.0.113.9         # an address, a named location, or one of `places`',
    '      outcome: blocked          # granted, interrupted, blocked, failed',
    '      by: Sales Hub only from trusted locations',
    '      then:',
    '        - {later: 1 hour, from: Head office, outcome: granted}',
    '',
    'More: examples/scenarios/contoso.scenarios.yaml. Editors complete it by data/scenarios.schema.json.',
    'Exit codes: 0 all as expected, 1 not all, 2 a file that cannot be read or names what is not in the tenant.',
  ],
  async run({ flags, operands: names }, world) {
    if (names.length === 0) throw new BadUse('Name a scenario file: portcullis test FILE.yaml. `portcullis test --help` says more.')
    const { loadScenarios, reporters, tell } = await import('../scenarios/index.ts')
    const reporter = flags.reporter ?? 'spec'
    const write = Object.hasOwn(reporters, reporter) ? reporters[reporter] : undefined
    if (!write) throw new BadUse(`There is no reporter "${reporter}". ${didYouMean(reporter, Object.keys(reporters)) ?? `The reporters are ${Object.keys(reporters).join(', ')}.`}`)

    const tenant = flags.tenant === null ? null : resolve(world.workingFolder, flags.tenant)
    const loaded = await Promise.all(names.map(async (file) => {
      const path = resolve(world.workingFolder, file)

      return { file, scenarios: await loadScenarios(await readGiven(path, 'Name the scenario files in it.'), path, tenant) }
    }))
    const problems = loaded.flatMap(({ file, scenarios }) => scenarios.problems.map(({ line, message }) => ({ file, line, message })))
    if (problems.length > 0) {
      throw new BadUse(problems.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('\n'))
    }

    const reports = []
    for (const { file, scenarios } of loaded) reports.push({ file, told: await tell(scenarios) })
    const isColoured = (world.isTerminal ?? false) && !world.environment.NO_COLOR
    for (const line of write(reports, { isColoured })) world.print(line)

    return reports.every(({ told }) => told.every(({ failures }) => failures.length === 0)) ? 0 : 1
  },
})

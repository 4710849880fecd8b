import { expect, test } from 'vitest'
import { BadUse, defineCommand } from '../../src/cli/command.ts'
import { readArguments } from '../../src/cli/read-arguments.ts'

const command = defineCommand({
  summary: 'Guards the gate',
  flags: {
    'gate': { value: 'NAME', says: 'Which gate', environment: 'GATE' },
    'guest': { value: 'NAME', says: 'Who may pass', isRepeatable: true },
    'no-mercy': { says: 'Nobody may pass' },
  },
  operands: [{ name: 'KEY', says: 'What opens it' }],
  run: async () => 0,
})
const read = (words: string[], environment = {}) => readArguments('guard', command, words, environment)

test('nothing said leaves every value empty and every switch off', () => {
  expect(read([])).toEqual({ flags: { 'gate': null, 'guest': [], 'no-mercy': false }, operands: [] })
})

const understood: Record<string, [words: string[], flags: object]> = {
  'a value after its flag': [['--gate', 'north'], { gate: 'north' }],
  'a value behind an equals sign': [['--gate=north'], { gate: 'north' }],
  'a value that starts with a dash, behind an equals sign': [['--gate=-1'], { gate: '-1' }],
  'a switch': [['--no-mercy'], { 'no-mercy': true }],
  'a flag that is repeated': [['--guest', 'alice', '--guest=bob'], { guest: ['alice', 'bob'] }],
  'the last of two values': [['--gate', 'north', '--gate', 'south'], { gate: 'south' }],
}
for (const [what, [words, flags]] of Object.entries(understood)) {
  test(`${what} is understood`, () => expect(read(words).flags).toMatchObject(flags))
}

test('the environment speaks where the flag is silent', () => {
  expect(read([], { GATE: 'east' }).flags.gate).toBe('east')
  expect(read(['--gate', 'west'], { GATE: 'east' }).flags.gate).toBe('west')
  expect(read([], { GATE: '' }).flags.gate).toBeNull()
})

test('what is no flag is an operand, and so is all that follows two dashes', () => {
  expect(read(['brass']).operands).toEqual(['brass'])
  expect(read(['--', '--gate']).operands).toEqual(['--gate'])
})

const refused: Record<string, [words: string[], message: string]> = {
  'a flag nobody knows': [['--wall'], '`portcullis guard` has no flag --wall. `portcullis guard --help` lists what it takes.'],
  'a flag misspelled': [['--gaet', 'north'], '`portcullis guard` has no flag --gaet. Did you mean --gate?'],
  'a flag with one dash': [['-g'], '`portcullis guard` has no flag -g. `portcullis guard --help` lists what it takes.'],
  'a switch turned round': [['--mercy'], '`portcullis guard` has no flag --mercy. Did you mean --no-mercy?'],
  'a missing value': [['--gate'], '--gate wants a value: --gate NAME.'],
  'an empty value': [['--gate='], '--gate wants a value: --gate NAME.'],
  'a flag where the value should be': [['--gate', '--no-mercy'], '--gate wants a value: --gate NAME.'],
  'a value for a switch': [['--no-mercy=yes'], '--no-mercy is a switch and takes no value. Leave out "=yes".'],
  'one operand too many': [['brass', 'iron'], '`portcullis guard` does not know what to do with "iron". `portcullis guard --help` lists what it takes.'],
  'a flag named after what every object has': [['--constructor'], '`portcullis guard` has no flag --constructor. `portcullis guard --help` lists what it takes.'],
}
for (const [what, [words, message]] of Object.entries(refused)) {
  test(`${what} is refused`, () => expect(() => read(words)).toThrow(new BadUse(message)))
}

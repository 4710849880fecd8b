import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCommandLine } from '../../src/cli/index.ts'
import { createTerminal } from './world.ts'

let folder: string
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'cli-test-'))))
afterEach(() => rm(folder, { recursive: true }))

/** Types a command and waits for it to end. */
async function type(...words: string[]) {
  const { world, printed, complaints } = createTerminal({ workingFolder: folder })

  return { code: await runCommandLine(words, world), printed: printed.join('\n'), complaints }
}

describe('help', () => {
  for (const word of ['--help', '-h', 'help']) {
    test(`${word} lists the commands`, async () => {
      const { code, printed } = await type(word)

      expect(code).toBe(0)
      expect(printed).toMatch(/^ {2}start +Runs the server$/m)
      expect(printed).toMatch(/^ {2}init +Writes a commented tenant file/m)
      expect(printed).toMatch(/^ {2}check +Finds every problem/m)
    })
  }

  test('of a command lists its flags, what they mean and what is so otherwise', async () => {
    const { code, printed } = await type('start', '--help')

    expect(code).toBe(0)
    expect(printed).toContain('portcullis start [FLAGS]')
    expect(printed).toMatch(/--port PORT +Where to listen for HTTP; 0 = any free port \(otherwise 8400; also PORTCULLIS_PORT\)/)
    expect(printed).toMatch(/--allow-host NAME .*may be repeated/)
    expect(printed.split('\n').filter((line) => line.startsWith('  --'))).toHaveLength(16)
  })

  test('of a command without flags names its operand', async () => {
    expect((await type('check', '--help')).printed).toContain('portcullis check [FILE]')
  })

  test('is given to the default command too', async () => {
    expect((await type('--json', '--help')).printed).toContain('portcullis start [FLAGS]')
  })

  test('no line is wider than a terminal', async () => {
    for (const words of [['--help'], ['start', '--help']]) {
      const { printed } = await type(...words)
      expect(Math.max(...printed.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(120)
    }
  })
})

for (const word of ['--version', '-v']) {
  test(`${word} prints the version alone`, async () => {
    expect(await type(word)).toEqual({ code: 0, printed: expect.stringMatching(/^\d+\.\d+\.\d+/), complaints: [] })
  })
}

const badUse: Record<string, [words: string[], message: string]> = {
  'a command misspelled': [['strat'], 'There is no command "strat". Did you mean start?'],
  'a command nobody knows': [['frobnicate'], 'There is no command "frobnicate". `portcullis --help` lists them.'],
  'a command named after what every object has': [['constructor'], 'There is no command "constructor". `portcullis --help` lists them.'],
  'a flag of the default command misspelled': [['--prot', '1'], '`portcullis start` has no flag --prot. Did you mean --port?'],
  'a tenant file that is not there': [['check', 'nowhere.json'], 'There is no FOLDER/nowhere.json.'],
  'a folder where a tenant file should be': [['check', '.'], 'FOLDER is a folder. Give the tenant file in it.'],
  'a starter that would be JSON': [['init', 'tenant.json'], 'A JSON file cannot hold comments. Give a name that ends in .yaml.'],
  'a starter in the place of a folder': [['init', '--force', '.'], '. is a folder. Give the name of a file in it.'],
  'a starter in a folder that is not there': [['init', 'no/tenant.yaml'], 'There is no folder to write no/tenant.yaml into. Make it first.'],
}
for (const [what, [words, message]] of Object.entries(badUse)) {
  test(`${what} is refused in one sentence, with exit code 2`, async () => {
    expect(await type(...words)).toEqual({ code: 2, printed: '', complaints: [message.replace('FOLDER', folder)] })
  })
}

describe('init', () => {
  test('writes a tenant file that check finds nothing wrong with', async () => {
    expect(await type('init')).toMatchObject({ code: 0, complaints: [] })
    expect(await type('check', 'tenant.yaml')).toEqual({
      code: 0, printed: 'Adventure Works: 2 users, 1 application, 1 policy', complaints: [],
    })
  })

  test('comments on what is in it', async () => {
    await type('init', 'mine.yaml')
    const lines = (await readFile(join(folder, 'mine.yaml'), 'utf8')).split('\n')

    expect(lines.filter((line) => line.includes('# ')).length).toBeGreaterThan(8)
  })

  test('overwrites nothing', async () => {
    await writeFile(join(folder, 'tenant.yaml'), 'mine')

    expect(await type('init')).toMatchObject({ code: 2, complaints: [expect.stringContaining('tenant.yaml is there already, and it stays as it is.')] })
    expect(await readFile(join(folder, 'tenant.yaml'), 'utf8')).toBe('mine')
    expect(await readdir(folder)).toEqual(['tenant.yaml'])
  })

  test('overwrites what is there when told to', async () => {
    await writeFile(join(folder, 'tenant.yaml'), 'mine')

    expect(await type('init', '--force')).toMatchObject({ code: 0, complaints: [] })
    expect(await type('check', 'tenant.yaml')).toMatchObject({ code: 0 })
  })
})

describe('check', () => {
  test('finds nothing wrong with the shipped tenant', async () => {
    expect(await type('check')).toMatchObject({ code: 0, printed: 'Contoso: 7 users, 6 applications, 6 policies', complaints: [] })
  })

  test('names every problem at once, where it is and what is near, with exit code 1', async () => {
    await writeFile(join(folder, 'bad.json'), JSON.stringify({
      tenants: [{ displayName: 'Bad', licence: 'P3', domains: [{ id: 'bad.example', isDefault: true }], users: [{ displayNam: 'No name' }] }],
    }))
    const { code, printed, complaints } = await type('check', 'bad.json')

    expect(code).toBe(1)
    expect(printed).toMatch(/licence/)
    expect(printed).toMatch(/userPrincipalName/)
    expect(printed).toMatch(/displayNam.*displayName/)
    expect(complaints).toEqual([expect.stringMatching(/^bad\.json: \d+ problems$/)])
  })

  test('says where a file is no file of its kind', async () => {
    await writeFile(join(folder, 'cut.json'), '{"tenants": [')

    expect(await type('check', 'cut.json')).toMatchObject({ code: 1, complaints: ['cut.json: 1 problem'] })
  })
})

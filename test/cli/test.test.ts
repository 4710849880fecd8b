import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCommandLine } from '../../src/cli/index.ts'
import { createTerminal } from './world.ts'

const example = fileURLToPath(new URL('../../examples/scenarios/contoso.scenarios.yaml', import.meta.url))
const starter = fileURLToPath(new URL('../../data/starter.yaml', import.meta.url))

let folder: string
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'cli-test-'))))
afterEach(() => rm(folder, { recursive: true }))

const write = (name: string, text: string) => writeFile(join(folder, name), text)

async function typed(words: readonly string[], more: { readonly isTerminal?: boolean; readonly environment?: Record<string, string> } = {}) {
  const { world, printed, complaints } = createTerminal({ workingFolder: folder, ...more })
  const code = await runCommandLine(['test', ...words], { ...world, isTerminal: more.isTerminal ?? false })

  return { code, printed: printed.join('\n'), complaints: complaints.join('\n') }
}

const story = (outcome: string) => `cases:
  - name: Alice at her desk
    user: alice
    app: Sales Hub
    from: Head office
    outcome: granted
  - name: Alice in the café, "again" <&>
    user: alice
    app: Sales Hub
    from: 203.0.113.9
    outcome: ${outcome}
`

test('the shipped example is as expected wherever it is copied', async () => {
  await copyFile(example, join(folder, 'copied.yaml'))
  const { code, printed, complaints } = await typed(['copied.yaml'])

  expect({ code, complaints }).toEqual({ code: 0, complaints: '' })
  expect(printed).toMatch(/^copied\.yaml\n {2}✓ Alice at her desk\n/)
  expect(printed).toMatch(/\d+ cases, all as expected$/)
})

describe('an expectation that is not met', () => {
  test('exits 1, points at its line and says why', async () => {
    await write('story.yaml', story('granted'))
    const { code, printed } = await typed(['story.yaml'])

    expect(code).toBe(1)
    expect(printed).toContain('story.yaml:11: outcome: expected granted, got blocked (AADSTS53003)')
    expect(printed).toMatch(/^ {8}failure: "Sales Hub only from trusted locations" .+$/m)
    expect(printed).toMatch(/2 cases, 1 not as expected$/)
  })

  test('is an annotation on GitHub', async () => {
    await write('story.yaml', story('granted'))
    const { code, printed } = await typed(['--reporter', 'github', 'story.yaml'])

    expect(code).toBe(1)
    expect(printed.split('\n')[0]).toMatch(/^::error file=story\.yaml,line=11,title=Alice in the café%2C "again" <&>::outcome: expected granted, got blocked \(AADSTS53003\)%0Afailure|%0A/)
    expect(printed.split('\n')).toHaveLength(2)
  })

  test('is a failure in JUnit\'s XML, names and reasons escaped', async () => {
    await write('story.yaml', story('granted'))
    const { code, printed } = await typed(['--reporter=junit', 'story.yaml'])

    expect(code).toBe(1)
    expect(printed).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="portcullis" tests="2" failures="1" errors="0" time="[\d.]+">\n {2}<testsuite name="story\.yaml" file="story\.yaml" skipped="0" tests="2" failures="1"/)
    expect(printed).toMatch(/<testcase name="Alice at her desk" classname="story\.yaml" time="[\d.]+"\/>/)
    expect(printed).toContain('name="Alice in the café, &quot;again&quot; &lt;&amp;&gt;"')
    expect(printed).toContain('<failure message="outcome: expected granted, got blocked (AADSTS53003)" type="expectation">')
    expect(printed).toMatch(/>story\.yaml:11: outcome: expected granted/)
    expect(tagsLeftOpen(printed)).toEqual([])
  })

  // The schema that Jenkins holds results to: https://github.com/jenkinsci/xunit-plugin (junit-10.xsd).
  const known: Readonly<Record<string, readonly string[]>> = {
    testsuites: ['name', 'time', 'tests', 'failures', 'errors'],
    testsuite: ['name', 'tests', 'failures', 'errors', 'group', 'time', 'skipped', 'timestamp', 'hostname', 'id', 'package', 'file', 'log', 'url', 'version'],
    testcase: ['name', 'time', 'classname', 'group'],
    failure: ['type', 'message'],
  }

  test('says nothing in JUnit\'s XML that its schema does not know', async () => {
    await write('story.yaml', story('granted'))
    const { printed } = await typed(['--reporter=junit', 'story.yaml'])
    const elements = [...printed.matchAll(/<(\w+)((?: [\w-]+="[^"]*")*)\/?>/g)].map(([, element = '', attributes = '']) => ({ element, attributes: [...attributes.matchAll(/ ([\w-]+)="([^"]*)"/g)] }))

    expect(new Set(elements.map(({ element }) => element))).toEqual(new Set(Object.keys(known)))
    expect(elements.flatMap(({ element, attributes }) => attributes.filter(([, name = '']) => !known[element]?.includes(name)).map(([text]) => `${element}${text}`))).toEqual([])
    expect(elements.flatMap(({ attributes }) => attributes.filter(([, name]) => name === 'time').map(([, , time]) => time))).toEqual(Array(4).fill(expect.stringMatching(/^\d+\.\d{3}$/)))
  })
})

test('control characters, which no XML may hold, do not break JUnit\'s', async () => {
  await write('story.yaml', story('blocked').replace('Alice at her desk', '"Alice \\u0007 at\\e her desk"'))

  // eslint-disable-next-line no-control-regex
  expect((await typed(['--reporter=junit', 'story.yaml'])).printed).not.toMatch(/[\u0000-\u0008\u000B-\u001F]/)
})

test('colours are for a terminal, and not where NO_COLOR is set', async () => {
  await write('story.yaml', story('granted'))
  const coloured = async (more: Parameters<typeof typed>[1]) => (await typed(['story.yaml'], more)).printed.includes('\u001B[')

  expect([await coloured({ isTerminal: true }), await coloured({}), await coloured({ isTerminal: true, environment: { NO_COLOR: '1' } })]).toEqual([true, false, false])
})

test('a file tells of the tenant beside it, and --tenant asks another', async () => {
  await copyFile(starter, join(folder, 'tenant.yaml'))
  await write('story.yaml', 'tenant: tenant.yaml\ncases:\n  - {user: ada, app: My application, from: Office, outcome: granted}\n  - {user: ben, app: My application, from: 203.0.113.9, needs: register}\n')
  expect((await typed(['story.yaml'])).code).toBe(0)

  await write('everybody.yaml', (await readFile(starter, 'utf8')).replace('excludeLocations: [AllTrusted]', 'excludeLocations: []'))
  const { code, printed } = await typed(['--tenant', 'everybody.yaml', 'story.yaml'])
  expect({ code, line: printed.match(/story\.yaml:(\d+)/)?.[1] }).toEqual({ code: 1, line: '3' })
})

test('several files are told one after the other', async () => {
  await write('one.yaml', story('blocked'))
  await write('two.yaml', story('blocked'))

  expect((await typed(['one.yaml', 'two.yaml'])).printed).toMatch(/^one\.yaml\n[^]*\ntwo\.yaml\n[^]*4 cases, all as expected$/)
})

const badUse: Record<string, [words: string[], message: string | RegExp]> = {
  'no file': [[], 'Name a scenario file: portcullis test FILE.yaml. `portcullis test --help` says more.'],
  'a file that is not there': [['nowhere.yaml'], /^There is no .*nowhere\.yaml\.$/],
  'a folder': [['.'], /is a folder\. Name the scenario files in it\.$/],
  'a reporter misspelled': [['--reporter', 'junti', 'story.yaml'], 'There is no reporter "junti". Did you mean junit?'],
  'a reporter nobody knows': [['--reporter', 'smoke-signals', 'story.yaml'], 'There is no reporter "smoke-signals". The reporters are spec, junit, github.'],
  'a flag misspelled': [['--reportr', 'spec'], '`portcullis test` has no flag --reportr. Did you mean --reporter?'],
  'two bad files, every problem of both': [['bad.yaml', 'worse.yaml'], /^bad\.yaml:2: .*"alise".*\nworse\.yaml:1: .*\n?.*/],
  'a good file beside a bad one, which is not run': [['story.yaml', 'bad.yaml'], /^bad\.yaml:2: /],
}

describe('bad use exits 2 with a sentence', () => {
  for (const [what, [words, message]] of Object.entries(badUse)) {
    test(what, async () => {
      await write('story.yaml', story('blocked'))
      await write('bad.yaml', 'cases:\n  - {user: alise, app: Sales Hub, outcome: granted}\n')
      await write('worse.yaml', 'caess: []\n')
      const { code, printed, complaints } = await typed(words)

      expect({ code, printed }).toEqual({ code: 2, printed: '' })
      expect(complaints).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
    })
  }
})

test('its help says what a file may be and which reporters there are', async () => {
  const { code, printed } = await typed(['--help'])

  expect(code).toBe(0)
  expect(printed).toContain('portcullis test [FLAGS] FILE…')
  expect(printed).toContain('spec, junit (XML) or github (annotations)')
  expect(Math.max(...printed.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(120)
})

test('the example in its help is told as it is read', async () => {
  const { printed } = await typed(['--help'])
  await write('story.yaml', /^ {2}cases:$[^]*?\n\n/m.exec(printed)![0].replaceAll(/^ {2}/gm, ''))

  expect(await typed(['story.yaml'])).toMatchObject({ code: 0, complaints: '' })
})

/** Elements that are not closed in the order they were opened. */
function tagsLeftOpen(xml: string): string[] {
  const open: string[] = []
  for (const [, close, name = '', self] of xml.replace(/^<\?[^]*?\?>/, '').matchAll(/<(\/?)([a-z]+)(?:\s+[a-z]+="[^"<]*")*\s*(\/?)>/g)) {
    if (close) { if (open.pop() !== name) return [`</${name}>`] } else if (!self) open.push(name)
  }

  return open
}

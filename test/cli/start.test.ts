import { expect, test } from 'vitest'
import { BadUse } from '../../src/cli/command.ts'
import { readArguments } from '../../src/cli/read-arguments.ts'
import { optionsOf, readyLine, start } from '../../src/cli/start.ts'

const options = (words: string[], environment = {}) => optionsOf(readArguments('start', start, words, environment), '/home/alice')

test('start alone listens on both ports and keeps its data in the working folder', () => {
  expect(options([])).toEqual({
    port: 8400, httpsPort: 8443, allowHosts: [], data: '/home/alice/.portcullis', reset: false, trustProxy: false, simulation: true, graphPermissions: 'on',
  })
})

const meant: Record<string, [words: string[], options: object]> = {
  'any free ports': [['--port', '0', '--https-port=0'], { port: 0, httpsPort: 0 }],
  'no HTTPS': [['--no-https'], { httpsPort: null }],
  'in memory': [['--ephemeral'], { data: null }],
  'another folder, from where it was typed': [['--data', 'tmp/x'], { data: '/home/alice/tmp/x' }],
  'a seed, from where it was typed': [['--seed', '../tenant.yaml'], { seed: '/home/tenant.yaml' }],
  'several hosts': [['--allow-host', 'a.test', '--allow-host', 'b.test'], { allowHosts: ['a.test', 'b.test'] }],
  'a public URL': [['--public-url', 'https://Login.Example/'], { publicUrl: 'https://login.example' }],
  'real signals only': [['--no-simulation'], { simulation: false }],
  'Graph without permissions': [['--graph-permissions', 'off'], { graphPermissions: 'off' }],
  'behind a proxy': [['--trust-proxy'], { trustProxy: true }],
  'another loopback address': [['--host', '127.0.0.2'], { host: '127.0.0.2' }],
  'beyond this machine, with a key': [['--host', '0.0.0.0', '--control-key', 'k'], { host: '0.0.0.0', controlKey: 'k' }],
}
for (const [what, [words, expected]] of Object.entries(meant)) {
  test(`${words.join(' ')} means ${what}`, () => expect(options(words)).toMatchObject(expected))
}

test('the environment gives ports and folder, and a flag outranks it', () => {
  const environment = { PORTCULLIS_PORT: '9400', PORTCULLIS_HTTPS_PORT: '9443', PORTCULLIS_DATA: '/var/portcullis' }

  expect(options([], environment)).toMatchObject({ port: 9400, httpsPort: 9443, data: '/var/portcullis' })
  expect(options(['--port', '1', '--no-https', '--ephemeral'], environment)).toMatchObject({ port: 1, httpsPort: null, data: null })
})

const refused: Record<string, [words: string[], message: string]> = {
  'a port that is a word': [['--port', 'http'], '--port wants a number from 0 to 65535, not "http".'],
  'a port past the last': [['--https-port', '65536'], '--https-port wants a number from 0 to 65535, not "65536".'],
  'a negative port': [['--port=-1'], '--port wants a number from 0 to 65535, not "-1".'],
  'a public URL with a path': [['--public-url', 'https://a.example/idp'], '--public-url wants an origin like https://login.example, not "https://a.example/idp".'],
  'a public URL that is none': [['--public-url', 'login.example'], '--public-url wants an origin'],
  'a host beyond this machine without a key': [['--host', '0.0.0.0'], 'Add --control-key KEY, or leave out --host.'],
  'every IPv6 address without a key': [['--host', '::'], 'Add --control-key KEY, or leave out --host.'],
  'permissions that are neither on nor off': [['--graph-permissions', 'maybe'], '--graph-permissions is on or off, not "maybe".'],
  'Graph without permissions beyond this machine': [['--host', '0.0.0.0', '--control-key', 'k', '--graph-permissions', 'off'], 'Leave out --graph-permissions off, or --host.'],
  'a reset of what is not kept': [['--ephemeral', '--reset'], '--ephemeral keeps nothing'],
}
for (const [what, [words, message]] of Object.entries(refused)) {
  test(`${what} is refused`, () => {
    expect(() => options(words)).toThrow(BadUse)
    expect(() => options(words)).toThrow(message)
  })
}

test('the line for machines holds addresses, the CA and the tenants, and nobody\'s password', () => {
  const contoso = { id: 'c0ffee', domain: 'contoso.example', issuer: 'http://i', issuerHttp: 'http://i', users: [{ password: 'p' }] }

  expect(readyLine({ http: 'http://localhost:8400', https: null, ca: null, tenants: [contoso] })).toEqual({
    http: 'http://localhost:8400',
    https: null,
    ca: null,
    tenants: [{ id: 'c0ffee', domain: 'contoso.example', issuer: 'http://i', issuerHttp: 'http://i' }],
    pid: process.pid,
  })
})

import { describe, expect, test } from 'vitest'
import { BadSignals, parseSignals, parseSignalsCookie, parseSignalsText, signalsCookie, soundSignals } from '../../src/sign-in/signals-syntax.ts'
import type { Signals } from '../../src/sign-in/signals.ts'

describe('what `x-mock-signals` may say', () => {
  const cases: Record<string, { text: string; signals: Signals }> = {
    'nothing': { text: '  ', signals: {} },
    'one member': { text: 'ipAddress=203.0.113.9', signals: { ipAddress: '203.0.113.9' } },
    'several, with a semicolon between': { text: 'ipAddress=203.0.113.9; platform=iOS;', signals: { ipAddress: '203.0.113.9', platform: 'iOS' } },
    'the same as JSON': { text: '{"ipAddress":"203.0.113.9","platform":"iOS"}', signals: { ipAddress: '203.0.113.9', platform: 'iOS' } },
    'names and values in any case': { text: 'IPADDRESS=203.0.113.9; platform=IOS; country=de', signals: { ipAddress: '203.0.113.9', platform: 'iOS', country: 'DE' } },
    'an IPv6 address, in one spelling': { text: 'ipAddress=2001:DB8:100:0:0:0:0:7', signals: { ipAddress: '2001:db8:100::7' } },
    'an IPv4-mapped address is the IPv4 one': { text: 'ipAddress=::ffff:198.51.100.7', signals: { ipAddress: '198.51.100.7' } },
    'a device by name': { text: 'device="Alice\'s laptop"', signals: { device: 'Alice\'s laptop' } },
    'no device': { text: 'device=null', signals: { device: null } },
    'a device described on the spot': { text: '{"device":{"isCompliant":true}}', signals: { device: { isCompliant: true } } },
    'the corporate network': { text: 'insideCorporateNetwork=true', signals: { insideCorporateNetwork: true } },
    'four kinds of risk': {
      text: 'signInRiskLevel=high;userRiskLevel=medium;servicePrincipalRiskLevel=low;insiderRiskLevel=elevated',
      signals: { signInRiskLevel: 'high', userRiskLevel: 'medium', servicePrincipalRiskLevel: 'low', insiderRiskLevel: 'elevated' },
    },
    'null takes nothing back': { text: '{"country":null}', signals: {} },
  }
  test.each(Object.entries(cases))('%s', (_fact, { text, signals }) => {
    expect(parseSignalsText(text)).toEqual(signals)
  })
})

describe('what is refused says what is allowed', () => {
  const cases: Record<string, { text: string; says: RegExp }> = {
    'an unknown member names its neighbour': { text: 'ipAdress=203.0.113.9', says: /no signal "ipAdress".*`ipAddress`.*platform/ },
    'a member like no other lists them all': { text: 'x=1', says: /no signal "x"\. The signals are ipAddress, country/ },
    'an address out of range': { text: 'ipAddress=203.0.113.900', says: /203\.0\.113\.9, not "203\.0\.113\.900"/ },
    'an address in another notation': { text: 'ipAddress=0x7f000001', says: /IPv4 or IPv6/ },
    'an unknown platform lists them': { text: 'platform=amiga', says: /one of windows, macOS, linux, iOS, android, windowsPhone, not "amiga"/ },
    'a country of three letters': { text: 'country=DEU', says: /two letters such as DE/ },
    'a risk that is no level': { text: 'userRiskLevel=huge', says: /one of low, medium, high, none/ },
    'a member said twice': { text: 'platform=iOS;platform=iOS', says: /given twice/ },
    'a part without a value': { text: 'platform', says: /name=value/ },
    'broken JSON': { text: '{"platform":', says: /are not JSON/ },
    'a truth that is none': { text: 'insideCorporateNetwork=maybe', says: /true or false/ },
    'a number for a device': { text: '{"device":7}', says: /name or id of a device/ },
    'more than anybody would write': { text: `device=${'x'.repeat(5000)}`, says: /4096 characters/ },
  }
  test.each(Object.entries(cases))('%s', (_fact, { text, says }) => {
    expect(() => parseSignalsText(text)).toThrow(BadSignals)
    expect(() => parseSignalsText(text)).toThrow(says)
  })

  test.each([null, 7, 'text', ['list']])('%j is no object of signals', (value) => {
    expect(() => parseSignals(value)).toThrow(/Signals are an object/)
  })

  test('a member of every object is no signal', () => {
    expect(() => parseSignals(JSON.parse('{"__proto__":{"platform":"iOS"}}'))).toThrow(BadSignals)
    expect(() => parseSignalsText('constructor=1')).toThrow(BadSignals)
  })
})

describe('what a browser keeps', () => {
  test('a cookie comes back as it was written', () => {
    const signals: Signals = { ipAddress: '203.0.113.9', device: 'Bob; the second' }
    expect(parseSignalsCookie(signalsCookie(signals))).toEqual(signals)
  })

  test.each(['%7B', '%', 'ipAddress=nowhere', '\u0000'])('a cookie that nobody can read says nothing: %j', (text) => {
    expect(parseSignalsCookie(text)).toEqual({})
  })
})

test('what the tenant file says of a user counts as far as it is right', () => {
  expect(soundSignals({ ipAddress: '198.51.100.7', platform: 'amiga', colour: 'red' })).toEqual({ ipAddress: '198.51.100.7' })
})

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deviceFilterHolds, parseDeviceFilter } from '../../src/policy/filter-rule/device.ts'
import { InvalidFilterRule, type FilterRule } from '../../src/policy/filter-rule/parse.ts'
import type { Device } from '../../src/policy/index.ts'

const kiosk: Device = {
  deviceId: '7', displayName: 'KIOSK-01', isCompliant: true, trustType: 'ServerAD', operatingSystem: 'Windows', operatingSystemVersion: '10.0.19041',
  manufacturer: 'Contoso', model: 'Slab 2', physicalIds: ['[OrderId]:42'], systemLabels: ['CloudPC'], extensionAttribute3: 'Till', deviceOwnership: 'Company',
}

describe('a device filter', () => {
  const about: Record<string, boolean> = {
    'device.isCompliant -eq True': true,
    'device.isCompliant -eq "true"': true,
    'device.isCompliant -ne True': false,
    'DEVICE.IsCompliant -EQ true': true,
    'device.trustType -eq "serverad"': true,
    'device.displayName -startsWith "kiosk"': true,
    'device.displayName -notStartsWith "KIOSK"': false,
    'device.displayName -endsWith "-01"': true,
    'device.displayName -notEndsWith "-02"': true,
    'device.displayName -contains "osk"': true,
    'device.displayName -notContains "lap"': true,
    'device.deviceId -in ["5", "7"]': true,
    'device.deviceId -notIn ["5", "7"]': false,
    'device.systemLabels -contains "CloudPC"': true,
    'device.systemLabels -contains "Cloud"': false,
    'device.physicalIds -notContains "[OrderId]:43"': true,
    'device.extensionAttribute3 -eq "Till"': true,
    'device.extensionAttribute4 -eq null': true,
    'device.displayName -ne null': true,
    'device.mdmAppId -eq "x"': false,
    'device.mdmAppId -ne "x"': true,
    '-not device.isCompliant -eq True': false,
    '-not (device.isCompliant -eq True -and device.model -eq "X")': true,
    // -and binds closer than -or.
    'device.isCompliant -eq True -or device.model -eq "X" -and device.model -eq "Y"': true,
    '(device.isCompliant -eq True -or device.model -eq "X") -and device.model -eq "Y"': false,
  }
  it.for(Object.entries(about))('%s', ([rule, expected]) => expect(deviceFilterHolds(parseDeviceFilter(rule), kiosk)).toBe(expected))

  it('sees extension attributes of managed devices only', () => {
    const rule = parseDeviceFilter('device.extensionAttribute3 -eq "Till"')

    expect(deviceFilterHolds(rule, { extensionAttribute3: 'Till' })).toBe(false)
    expect(deviceFilterHolds(rule, { extensionAttribute3: 'Till', mdmAppId: '0' })).toBe(true)
    expect(deviceFilterHolds(rule, { isCompliant: true, extensionAttributes: { extensionAttribute3: 'Till' } })).toBe(true)
  })

  it('finds every attribute of an unregistered device missing', () => {
    expect(deviceFilterHolds(parseDeviceFilter('device.isCompliant -ne True -and device.displayName -notContains "x"'), null)).toBe(true)
    expect(deviceFilterHolds(parseDeviceFilter('device.isCompliant -eq False -or device.displayName -contains "x"'), null)).toBe(false)
  })

  const broken: Record<string, [column: number, says: RegExp]> = {
    '': [1, /expected device\..+end of the rule/],
    'device.isCompliant': [19, /expected an operator/],
    'device.isCompliant -eq': [23, /expected True or False, found the end/],
    'device.isCompliant -eq 1': [24, /unexpected character 1/],
    'device.isCompliant -like True': [20, /expected an operator.+-like/],
    'device.isCompliant -in ["a"]': [20, /isCompliant does not take -in, only -eq -ne/],
    'device.colour -eq "red"': [1, /no attribute "device\.colour"/],
    'user.department -eq "x"': [1, /does not start with device\./],
    'device.displayName -eq KIOSK': [24, /expected a value in double quotes/],
    'device.displayName -eq "KIOSK': [24, /quotation mark is not closed/],
    "device.displayName -eq 'KIOSK'": [24, /unexpected character '/],
    'device.deviceId -in "7"': [21, /expected a list/],
    'device.deviceId -in ["7"': [25, /expected , or ]/],
    'device.deviceId -in ["7",]': [26, /expected a quoted value/],
    '(device.isCompliant -eq True': [29, /opened at column 1 is not closed/],
    'device.isCompliant -eq True)': [28, /expected -and, -or or the end/],
    'device.isCompliant -eq True device.model -eq "x"': [29, /expected -and, -or or the end/],
    'device.isCompliant -eq True -and': [33, /expected device\./],
  }
  it.for(Object.entries(broken))('%j is refused at its column', ([rule, [column, says]]) => {
    const refusal = refusalOf(rule)

    expect(refusal.message).toMatch(says)
    expect(refusal.column).toBe(column)
  })

  it('has at most 3072 characters, and nests no deeper than sense', () => {
    expect(refusalOf(`device.model -eq "${'x'.repeat(3_072)}"`).message).toMatch(/characters, 3072 are allowed/)
    expect(refusalOf(`${'('.repeat(1_000)}device.model -eq "x"`).message).toMatch(/nested too deeply/)
  })

  it('reads back what it means, however it is written', () => {
    const comparison = fc.constantFrom(
      ['device.isCompliant -eq True', true], ['device.model -eq "X"', false], ['device.displayName -startsWith "K"', true], ['device.trustType -ne "ServerAD"', false],
    ).map(([text, truth]) => ({ text: String(text), truth: truth === true }))
    const { rule } = fc.letrec<{ rule: { text: string; truth: boolean } }>((tie) => ({
      rule: fc.oneof(
        { maxDepth: 5 },
        comparison,
        fc.tuple(tie('rule'), tie('rule')).map(([left, right]) => ({ text: `(${left.text}) -and (${right.text})`, truth: left.truth && right.truth })),
        fc.tuple(tie('rule'), tie('rule')).map(([left, right]) => ({ text: `(${left.text}) -OR  (${right.text})`, truth: left.truth || right.truth })),
        tie('rule').map((inner) => ({ text: `-not (${inner.text})`, truth: !inner.truth })),
      ),
    }))
    fc.assert(fc.property(rule, ({ text, truth }) => {
      expect(deviceFilterHolds(parseDeviceFilter(text), kiosk)).toBe(truth)
    }))
  })

  it('never fails but by refusing', () => {
    const scraps = fc.array(fc.constantFrom('device.', 'isCompliant', ' ', '-eq', '-and', '-not', '(', ')', '[', ']', ',', '"', 'True', 'x', '-', '\\', '\u0000'), { maxLength: 20 })
    fc.assert(fc.property(scraps.map((parts) => parts.join('')), (text) => {
      const read = parsedOrRefused(text)

      expect(read instanceof InvalidFilterRule || typeof read.kind === 'string').toBe(true)
    }))
  })
})

function refusalOf(rule: string): InvalidFilterRule {
  const read = parsedOrRefused(rule)
  if (!(read instanceof InvalidFilterRule)) throw new Error(`${rule} was read`)

  return read
}

function parsedOrRefused(rule: string): FilterRule | InvalidFilterRule {
  try {
    return parseDeviceFilter(rule)
  } catch (error) {
    if (error instanceof InvalidFilterRule) return error
    throw error
  }
}

import type { Platform } from '../policy/policy.ts'

/**
 * The platform that a request claims to come from, by client hint first, then by User-Agent; null = none that
 * Conditional Access has a name for. Unverified by design, as in Entra (reference 4.1).
 */
export function platformOf(userAgent: string, hint?: string): Platform | null {
  const hinted = hint === undefined ? '' : hint.replaceAll('"', '').trim().toLowerCase()
  if (hinted !== '' && hinted !== 'unknown') return platformOfHint[hinted] ?? null

  return platformsInUserAgent.find(([sign]) => sign.test(userAgent))?.[1] ?? null
}

/** `Sec-CH-UA-Platform`, lower case. Chrome OS and the rest have no name in a policy. */
const platformOfHint: Readonly<Record<string, Platform>> = {
  windows: 'windows',
  macos: 'macOS',
  'mac os x': 'macOS',
  linux: 'linux',
  ios: 'iOS',
  ipados: 'iOS',
  android: 'android',
}

/** The first sign wins: a phone's User-Agent also names the system it imitates. */
const platformsInUserAgent: readonly (readonly [RegExp, Platform | null])[] = [
  [/Windows Phone/i, 'windowsPhone'],
  [/iPhone|iPad|iPod/i, 'iOS'],
  [/Android/i, 'android'],
  [/CrOS/, null],
  [/Windows NT|Win64|Win32/i, 'windows'],
  [/Macintosh|Mac OS X|Darwin/i, 'macOS'],
  [/Linux|X11/i, 'linux'],
]

/** The operating system and the browser as a log row names them: `Windows 10`, `Chrome 126.0.0`. Empty = not told. */
export function deviceWords(userAgent: string, platform: Platform | null): { operatingSystem: string; browser: string } {
  const browser = browsers.map(([name, sign]) => ({ name, version: sign.exec(userAgent)?.[1] })).find(({ version }) => version)

  return {
    operatingSystem: platform === null ? '' : systemNames[platform],
    browser: browser ? `${browser.name} ${browser.version}` : '',
  }
}

const systemNames: Readonly<Record<Platform, string>> = {
  windows: 'Windows',
  macOS: 'MacOs',
  linux: 'Linux',
  iOS: 'Ios',
  android: 'Android',
  windowsPhone: 'WindowsPhone',
}

const browsers: readonly (readonly [string, RegExp])[] = [
  ['Edge', /Edg(?:e|A|iOS)?\/([\d.]+)/],
  ['Firefox', /Firefox\/([\d.]+)/],
  ['Chrome', /(?:Headless)?Chrome\/([\d.]+)/],
  ['Mobile Safari', /Version\/([\d.]+) Mobile\/\S+ Safari/],
  ['Safari', /Version\/([\d.]+) Safari/],
]

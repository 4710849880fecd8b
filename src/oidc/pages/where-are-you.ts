import type { WhereAreYou } from '../../sign-in/pages.ts'
import { parseSignals } from '../../sign-in/signals-syntax.ts'
import type { Signals } from '../../sign-in/signals.ts'
import type { IpRange, NamedLocation } from '../../policy/named-location.ts'
import { cookieSuffix } from '../cookie-names.ts'
import { goOn, pathOf } from './visit.ts'
import type { Visit } from './visit.ts'

const platforms = ['windows', 'macOS', 'linux', 'iOS', 'android', 'windowsPhone']

/** The panel with which a browser says where it is, filled from the tenant's named locations and country table. */
export function whereAreYou(visit: Visit): WhereAreYou {
  const { observation } = visit.ctx.state
  const { browser, header } = observation
  const { directory } = visit.host.tenant
  return {
    action: pathOf(visit, 'where'),
    hidden: visit.hidden,
    ipAddress: header.ipAddress ?? browser.ipAddress ?? observation.ipAddress,
    isSimulated: Object.keys(browser).length > 0 || Object.keys(header).length > 0,
    places: directory.list('namedLocations').flatMap(placeOf).concat(elsewhere),
    platform: browser.platform ?? null,
    platforms,
    device: typeof browser.device === 'string' ? browser.device : null,
    devices: directory.list('devices').map(({ id, displayName }) => ({ id, displayName })),
  }
}

/** An address that no shipped named location holds: a café abroad. */
const elsewhere = [{ label: 'Somewhere else', ipAddress: '198.18.0.5', isTrusted: false }]

function placeOf(location: NamedLocation): { label: string; ipAddress: string; isTrusted: boolean }[] {
  if (location['@odata.type'] !== '#microsoft.graph.ipNamedLocation') return []
  const address = location.ipRanges.map(sampleAddress).find((sample) => sample !== null)

  return address ? [{ label: location.displayName, ipAddress: address, isTrusted: location.isTrusted }] : []
}

/** The seventh address of an IPv4 range: any of them will do. */
function sampleAddress(range: IpRange): string | null {
  if ('lowerAddress' in range) return range.lowerAddress
  const match = /^(\d+\.\d+\.\d+)\.(\d+)\/(\d+)$/.exec(range.cidrAddress)
  if (!match) return null

  return Number(match[3]) <= 28 ? `${match[1]}.${Number(match[2]) + 7}` : `${match[1]}.${match[2]}`
}

/** The cookie that keeps a browser's choice; readable by no script, one per tenant and origin. */
export function whereCookieName(host: Parameters<typeof cookieSuffix>[0]): string {
  return `where_${cookieSuffix(host)}`
}

/** Takes the panel's form: keeps the choice and shows the page again, or judges again where a verdict stands behind it. */
export async function takeWhere(visit: Visit, form: Readonly<Record<string, string>>): Promise<void> {
  const { ctx, host, interaction } = visit
  const chosen: Record<string, string> = {}
  for (const member of ['ipAddress', 'platform', 'device'] as const) {
    const value = form[member]?.trim()
    if (value) chosen[member] = value
  }
  const signals: Signals = form.clear === undefined ? parseSignals(chosen) : {}
  const text = Object.keys(signals).length > 0 ? encodeURIComponent(JSON.stringify(signals)) : null
  ctx.cookies.set(whereCookieName(host), text, { httpOnly: true, overwrite: true, path: '/', sameSite: ctx.secure ? 'none' : 'lax', secure: ctx.secure })

  if (interaction.prompt.name === 'challenge' || interaction.prompt.name === 'stay_signed_in') return goOn(visit, { took: 'where' })
  ctx.status = 303
  ctx.redirect(pathOf(visit))
}

import type { ClientAppType, ClientAppTypeCondition } from '../policy.ts'
import { valueCondition } from './condition.ts'

/** How the client speaks: in a browser, as a modern app, or by a legacy protocol that cannot show a page. */
export const clientAppTypes = valueCondition<readonly ClientAppTypeCondition[], Client>({
  names: ['clientType'],
  weight: 3,
  whatIf: { reason: () => 'clientApps', isGiven: ({ clientAppType }) => clientAppType !== undefined },
  member: ({ conditions: { clientAppTypes } }) => (clientAppTypes.length === 0 || clientAppTypes.includes('all') ? null : clientAppTypes),
  value: ({ conditions: { clientAppType, platform } }) => (clientAppType === 'exchangeActiveSync' && platform !== null ? 'easSupported' : clientAppType),
  holds: (types, type) => types.includes(type) || (type === 'easSupported' && types.includes('exchangeActiveSync')),
  words: (type) => `the client is ${clientNames[type]}`,
})

/** `easSupported` is Exchange ActiveSync from a platform that policies know. */
type Client = ClientAppType | 'easSupported'

const clientNames: Record<Client, string> = {
  browser: 'a browser',
  mobileAppsAndDesktopClients: 'a mobile or desktop app',
  exchangeActiveSync: 'Exchange ActiveSync',
  easSupported: 'Exchange ActiveSync on a supported platform',
  other: 'a legacy client',
}

/** Whether the client cannot be asked anything: no second factor, no page, no device. */
export function isLegacy(type: ClientAppType): boolean {
  return type === 'exchangeActiveSync' || type === 'other'
}

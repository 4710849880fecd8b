import type { Directory } from '../directory/types.ts'
import type { SignInPages } from '../sign-in/pages.ts'

/** What the home page tells beside the directory. */
export type HomeParts = {
  /** The origin that the page was asked at. */
  readonly base: string
  /** Whether it is the tenant that `/app` and `/_mock` mean. */
  readonly isFirst: boolean
  /** Anybody who reaches the server may drive it; where a key is asked for, passwords and codes are not told either. */
  readonly isOpen: boolean
  passwordOf(userPrincipalName: string): string | null
}

const id = (suffix: string) => `c0ffee00-0000-4000-8000-0000000000${suffix}`
const story = { alice: id('b1'), dave: id('b4'), office: id('d1'), branch: id('d2'), salesFromOffice: id('e1'), mfaOutside: id('e2') }

/** The sample app, and three sign-ins to it of which one is allowed, one refused, one challenged: where the tenant is still the shipped one. */
export function firstSignIns(tenant: { readonly id: string; readonly directory: Directory }, parts: HomeParts): SignInPages['home']['tryIt'] {
  const { base, isFirst, isOpen, passwordOf } = parts
  const { directory } = tenant
  const appHref = isFirst ? `${base}/app` : `${base}/app/${tenant.id}`
  const [alice, dave] = [directory.get('users', story.alice), directory.get('users', story.dave)]
  const [office, branch] = [directory.get('namedLocations', story.office), directory.get('namedLocations', story.branch)]
  const isTold = [story.salesFromOffice, story.mfaOutside].every((policy) => directory.get('conditionalAccessPolicies', policy)?.state === 'enabled')
  if (!alice || !dave || !office || !branch || !isTold || directory.settings.licence === 'none') return { appHref, story: null }

  return {
    appHref,
    story: {
      tries: [
        { outcome: 'allowed', user: alice.userPrincipalName, place: office.displayName, because: 'the password is enough at a trusted place' },
        { outcome: 'refused', user: alice.userPrincipalName, place: branch.displayName, because: 'Sales may use the app from trusted places only' },
        { outcome: 'challenged', user: dave.userPrincipalName, place: branch.displayName, because: 'outside, everybody else is asked for a code' },
      ],
      password: isOpen ? passwordOf(alice.userPrincipalName) : null,
      codeHref: isOpen ? `${base}/_mock${isFirst ? '' : `/tenants/${tenant.id}`}/users/${dave.id}/one-time-code` : null,
    },
  }
}

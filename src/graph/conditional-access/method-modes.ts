import { methods } from '../../policy/index.ts'
import type { Collection } from '../odata/collection.ts'
import { text } from '../odata/types.ts'

/** One way of proving oneself, and the method it belongs to. */
type Mode = { readonly id: string; readonly displayName: string; readonly authenticationMethod: string }

const familyOf: Readonly<Record<string, string>> = {
  microsoftAuthenticatorPush: 'microsoftAuthenticator',
  deviceBasedPush: 'microsoftAuthenticator',
  temporaryAccessPassOneTime: 'temporaryAccessPass',
  temporaryAccessPassMultiUse: 'temporaryAccessPass',
  x509CertificateSingleFactor: 'x509Certificate',
  x509CertificateMultiFactor: 'x509Certificate',
  federatedSingleFactor: 'federation',
  federatedMultiFactor: 'federation',
}

const modes = Object.keys(methods).map((id): Mode => ({ id, displayName: shownAs(id), authenticationMethod: familyOf[id] ?? id }))

/** Every way of proving oneself that the service knows: what combinations are made of. */
export const methodModes: Collection<Mode> = {
  type: {
    name: 'authenticationMethodModeDetail',
    key: ({ id }) => id,
    properties: { id: text({ filter: 'eq in' }), displayName: text({ filter: 'eq' }), authenticationMethod: text({ filter: 'eq' }) },
  },
  context: 'identity/conditionalAccess/authenticationStrength/authenticationMethodModes',
  source: { list: () => modes },
}

/** `temporaryAccessPassOneTime` → `Temporary access pass one time`. */
function shownAs(id: string): string {
  const spaced = id.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()

  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}

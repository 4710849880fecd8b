import { answerOne, entityBody } from '../odata/collection.ts'
import { flag, text } from '../odata/types.ts'
import type { EntityType } from '../odata/types.ts'
import { readWritten } from '../odata/write.ts'
import { changed } from '../protocol/endpoint.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { badRequest } from '../protocol/refusal.ts'
import { readPolicies, writeSecurityDefaults } from './permissions.ts'

type SecurityDefaults = { readonly id: string; readonly displayName: string; readonly description: string; readonly isEnabled: boolean }

const type: EntityType<SecurityDefaults> = {
  name: 'identitySecurityDefaultsEnforcementPolicy',
  key: ({ id }) => id,
  properties: { id: text(), displayName: text(), description: text(), isEnabled: flag() },
}

const path = '/policies/identitySecurityDefaultsEnforcementPolicy'
const shape = { type, context: 'policies/identitySecurityDefaultsEnforcementPolicy', isSingle: true }

/** Security defaults: on or off, and never beside enabled policies (reference 1.4). */
export const securityDefaultsEndpoints: readonly Endpoint[] = [
  { method: 'GET', path, permissions: readPolicies, answer: (asked) => answerOne(defaultsOf(asked), shape, asked) },
  { method: 'PATCH', path, permissions: writeSecurityDefaults, answer: change },
]

function defaultsOf({ directory }: Asked): SecurityDefaults {
  return {
    id: '00000000-0000-0000-0000-000000000005',
    displayName: 'Security Defaults',
    description: 'A second factor for everybody and no legacy protocols, where a tenant has no policies of its own.',
    isEnabled: directory.settings.securityDefaults,
  }
}

async function change(asked: Asked): Promise<Answer> {
  const { members: { isEnabled } } = readWritten(await asked.body(), type)
  if (typeof isEnabled !== 'boolean') throw badRequest('isEnabled is missing.', [{ target: 'isEnabled', message: 'it is true or false, and all there is to change.' }])
  await asked.directory.patchSettings({ securityDefaults: isEnabled })

  return changed(asked, () => entityBody(defaultsOf(asked), shape, asked))
}

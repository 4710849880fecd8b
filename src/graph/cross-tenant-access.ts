import { answerOne, entityBody } from './odata/collection.ts'
import type { Collection } from './odata/collection.ts'
import { reading } from './odata/reading.ts'
import { complex, flag, many, text } from './odata/types.ts'
import type { EntityType } from './odata/types.ts'
import { readWritten } from './odata/write.ts'
import { changed } from './protocol/endpoint.ts'
import type { Answer, Asked, Endpoint } from './protocol/endpoint.ts'
import { either } from './protocol/permissions.ts'
import { badRequest } from './protocol/refusal.ts'

/** What a guest's own tenant is believed, in Graph's words and in the tenant's. */
const trusts = { isMfaAccepted: 'mfa', isCompliantDeviceAccepted: 'compliantDevice', isHybridAzureADJoinedDeviceAccepted: 'hybridDevice' } as const

type InboundTrust = { readonly [Name in keyof typeof trusts]: boolean }
type Default = { readonly isServiceDefault: boolean; readonly inboundTrust: InboundTrust }

const defaultType: EntityType<Default> = {
  name: 'crossTenantAccessPolicyConfigurationDefault',
  key: () => 'default',
  properties: { isServiceDefault: flag({ isReadOnly: true }), inboundTrust: complex(Object.fromEntries(Object.keys(trusts).map((name) => [name, flag()]))) },
}

const path = '/policies/crossTenantAccessPolicy'
const shape = { type: defaultType, context: `${path.slice(1)}/default`, isSingle: true }

type Whole = { readonly displayName: string; readonly allowedCloudEndpoints: readonly string[] }
const whole = { type: { name: 'crossTenantAccessPolicy', key: () => '', properties: { displayName: text(), allowedCloudEndpoints: many(text()) } } satisfies EntityType<Whole>, context: path.slice(1), isSingle: true }

/** No tenant is treated differently from the others. */
const partners: Collection<never> = {
  type: { name: 'crossTenantAccessPolicyConfigurationPartner', key: () => '', properties: { tenantId: text({ filter: 'eq' }) } },
  context: `${path.slice(1)}/partners`,
  source: { list: () => [] },
}

const read = either(['Policy.Read.All', 'Policy.ReadWrite.CrossTenantAccess'], { roles: ['Security Reader', 'Global Reader', 'Security Administrator'], denial: 'AccessDenied' })
const write = either(['Policy.ReadWrite.CrossTenantAccess'], { roles: ['Security Administrator'], denial: 'AccessDenied' })

/** Whether the MFA and the devices of guests' own tenants count here (reference 1.8): the same for all of them. */
export const crossTenantAccessEndpoints: readonly Endpoint[] = [
  { method: 'GET', path, permissions: read, answer: (asked) => answerOne({ displayName: 'CrossTenantAccessPolicy', allowedCloudEndpoints: [] }, whole, asked) },
  { method: 'GET', path: `${path}/default`, permissions: read, answer: (asked) => answerOne(defaultOf(asked), shape, asked) },
  { method: 'PATCH', path: `${path}/default`, permissions: write, answer: change },
  ...reading(`${path}/partners`, partners, read),
]

function defaultOf({ directory: { settings: { settings: { inboundTrust } } } }: Asked): Default {
  const said = Object.fromEntries(Object.entries(trusts).map(([name, ours]) => [name, inboundTrust[ours]])) as InboundTrust

  return { isServiceDefault: !Object.values(said).includes(true), inboundTrust: said }
}

/** What is left out stays. */
async function change(asked: Asked): Promise<Answer> {
  const { members: { inboundTrust: written } } = readWritten(await asked.body(), defaultType)
  if (typeof written !== 'object' || written === null) throw badRequest('inboundTrust is missing.', [{ target: 'inboundTrust', message: `it is an object of ${Object.keys(trusts).join(', ')}, and all there is to change.` }])
  const { directory } = asked
  const { settings } = directory.settings
  const said = Object.entries(written as Partial<InboundTrust>).map(([name, isAccepted]) => [trusts[name as keyof typeof trusts], isAccepted ?? false])
  await directory.patchSettings({ settings: { inboundTrust: { ...settings.inboundTrust, ...Object.fromEntries(said) } } })

  return changed(asked, () => entityBody(defaultOf(asked), shape, asked))
}

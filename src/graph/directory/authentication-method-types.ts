import type { RegisteredMethod, User } from '../../directory/types.ts'
import { passStateAt } from '../../sign-in/challenges/temporary-access-pass.ts'
import { flag, instant, number, text, words } from '../odata/types.ts'
import type { EntityType, Properties } from '../odata/types.ts'
import type { Asked } from '../protocol/endpoint.ts'

/** One way a user can prove who he is, as Graph lists it. The password is one that everybody with a password has. */
export type Method = { readonly user: User; readonly method: RegisteredMethod }

/** A kind of method: where it is found, what Graph calls it, and which of ours are of it. */
export type MethodKind = {
  readonly segment: string
  readonly type: EntityType<Method>
  readonly methods: readonly RegisteredMethod['type'][]
}

export const passwordMethodId = '28c10230-6103-485e-b985-444c60001490'
export const emailMethodId = '3ddfcfc8-9383-446f-83cc-3ab9be4be18f'
/** A user has one phone of each type, under an id that is the same for everybody. */
export const phoneMethodIds: Readonly<Record<string, string>> = {
  mobile: '3179e48a-750b-4051-897c-87b9720928f7',
  alternateMobile: 'b6332ec1-7057-4abe-9331-3d72feddfe41',
  office: 'e37fc753-ff3b-4958-9484-eaa9425c82bc',
}

const member = (name: string) => ({ of: ({ method }: Method) => method[name] ?? null })
const created = { createdDateTime: instant<Method>({ of: ({ method }) => method.createdDateTime, isReadOnly: true }) }

function methodType(name: string, properties: Properties<Method>): EntityType<Method> {
  return { name, key: ({ method }) => method.id, properties: { id: text({ of: ({ method }) => method.id, isReadOnly: true }), ...properties } }
}

/** Every kind, in the order in which they are listed. Secrets go in and never come out. */
export const methodKinds: readonly MethodKind[] = [
  { segment: 'passwordMethods', methods: ['password'], type: methodType('passwordAuthenticationMethod', { password: text({ of: () => null }), ...created }) },
  {
    segment: 'phoneMethods',
    methods: ['sms', 'voice'],
    type: methodType('phoneAuthenticationMethod', {
      phoneNumber: text(member('phoneNumber')),
      phoneType: words(Object.keys(phoneMethodIds), { of: ({ method }) => method.phoneType ?? (method.type === 'sms' ? 'mobile' : 'office') }),
      smsSignInState: text({ of: () => 'notAllowedByPolicy', isReadOnly: true }),
      ...created,
    }),
  },
  { segment: 'emailMethods', methods: ['email'], type: methodType('emailAuthenticationMethod', { emailAddress: text(member('emailAddress')), ...created }) },
  { segment: 'softwareOathMethods', methods: ['softwareOath'], type: methodType('softwareOathAuthenticationMethod', { secretKey: text({ of: () => null }), ...created }) },
  { segment: 'hardwareOathMethods', methods: ['hardwareOath'], type: methodType('hardwareOathAuthenticationMethod', { displayName: text(member('displayName')), ...created }) },
  {
    segment: 'temporaryAccessPassMethods',
    methods: ['temporaryAccessPassOneTime', 'temporaryAccessPassMultiUse'],
    type: methodType('temporaryAccessPassAuthenticationMethod', {
      temporaryAccessPass: text({ of: () => null, isReadOnly: true }),
      ...created,
      startDateTime: instant(member('startDateTime')),
      lifetimeInMinutes: number(member('lifetimeInMinutes')),
      isUsableOnce: flag({ of: ({ method }) => method.type === 'temporaryAccessPassOneTime' }),
      isUsable: flag({ of: (method, asked) => usabilityOf(method, asked) === 'EnabledByPolicy', isReadOnly: true }),
      methodUsabilityReason: text({ of: usabilityOf, isReadOnly: true }),
    }),
  },
  { segment: 'fido2Methods', methods: ['fido2'], type: methodType('fido2AuthenticationMethod', { displayName: text(member('displayName')), ...created, aaGuid: text(member('aaGuid')), model: text(member('model')), attestationLevel: text({ of: () => 'attested' }) }) },
  {
    segment: 'microsoftAuthenticatorMethods',
    methods: ['microsoftAuthenticatorPush', 'deviceBasedPush'],
    type: methodType('microsoftAuthenticatorAuthenticationMethod', { displayName: text(member('displayName')), deviceTag: text({ of: ({ method }) => method.deviceTag ?? 'SoftwareTokenActivated' }), phoneAppVersion: text(member('phoneAppVersion')), ...created }),
  },
  { segment: 'windowsHelloForBusinessMethods', methods: ['windowsHelloForBusiness'], type: methodType('windowsHelloForBusinessAuthenticationMethod', { displayName: text(member('displayName')), ...created, keyStrength: text({ of: ({ method }) => method.keyStrength ?? 'normal' }) }) },
  { segment: 'platformCredentialMethods', methods: [], type: methodType('platformCredentialAuthenticationMethod', { displayName: text(member('displayName')), ...created }) },
]

function usabilityOf({ method }: Method, { tenant }: Asked): string {
  return passStateAt(method, tenant.clock.now())
}

/** The kind that one of ours is of; certificates and federation are none of Graph's. */
export function kindOfMethod({ method }: Method): MethodKind | undefined {
  return methodKinds.find(({ methods }) => methods.includes(method.type))
}

/** Methods of all kinds in one list. */
export const methodsType: EntityType<Method> = {
  name: 'authenticationMethod',
  key: ({ method }) => method.id,
  typeOf: (method) => `#microsoft.graph.${kindOfMethod(method)?.type.name ?? 'authenticationMethod'}`,
  variantOf: (method) => kindOfMethod(method)?.type ?? methodsType,
  properties: Object.assign({}, ...methodKinds.toReversed().map(({ type }) => type.properties)) as Properties<Method>,
}

/** How a user can sign in: the password, and what was registered. */
export function methodsOf(user: User): readonly Method[] {
  const password: RegisteredMethod[] = user.passwordHash === null ? [] : [{ id: passwordMethodId, type: 'password', createdDateTime: user.lastPasswordChangeDateTime }]

  return [...password, ...user.authenticationMethods].map((method) => ({ user, method })).filter((method) => kindOfMethod(method) !== undefined)
}

import { randomInt } from 'node:crypto'
import { hashPassword, idFor } from '../../directory/index.ts'
import type { RegisteredMethod, User } from '../../directory/types.ts'
import { beginRegistration } from '../../sign-in/challenges/registration.ts'
import { isWeakPassword } from '../../sign-in/challenges/password-change.ts'
import { normalSecret } from '../../sign-in/challenges/totp.ts'
import { limitOf } from '../../sign-in/limits.ts'
import { answerList, answerOne, entityBody } from '../odata/collection.ts'
import type { Collection } from '../odata/collection.ts'
import { readWritten } from '../odata/write.ts'
import { created } from '../protocol/endpoint.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { badProperty, GraphRefusal, noSuchObject } from '../protocol/refusal.ts'
import { nowOf, ofUser, refuseOverAdministrators, required, userOf } from './asking.ts'
import { emailMethodId, kindOfMethod, methodKinds, methodsOf, methodsType, passwordMethodId, phoneMethodIds, type Method, type MethodKind } from './authentication-method-types.ts'
import { ownMethods, perUserMfa, readMethods, writeMethods } from './permissions.ts'

type Members = Readonly<Record<string, unknown>>

/** How a kind of method is made of what is written. Kinds that only an app or a key can make are not among them. */
const making: Readonly<Record<string, (members: Members, user: User, asked: Asked) => RegisteredMethod>> = {
  phoneMethods(members, _user, asked) {
    const phoneNumber = String(required(members.phoneNumber, 'phoneNumber', 'PhoneAuthenticationMethod'))
    const phoneType = String(required(members.phoneType, 'phoneType', 'PhoneAuthenticationMethod'))
    if (!/^\+\d{1,3} ?[\d x-]{4,20}$/.test(phoneNumber)) throw badProperty('phoneNumber', `'${phoneNumber.slice(0, 40)}' is not a phone number. Write it as +1 5551234567.`)

    return { id: phoneMethodIds[phoneType] ?? '', type: phoneType === 'mobile' ? 'sms' : 'voice', phoneNumber, phoneType, createdDateTime: nowOf(asked) }
  },
  emailMethods(members, _user, asked) {
    const emailAddress = String(required(members.emailAddress, 'emailAddress', 'EmailAuthenticationMethod'))
    if (!/^[^@\s]+@[^@\s]+$/.test(emailAddress)) throw badProperty('emailAddress', `'${emailAddress.slice(0, 80)}' is not an e-mail address.`)

    return { id: emailMethodId, type: 'email', emailAddress, createdDateTime: nowOf(asked) }
  },
  softwareOathMethods({ secretKey }, user, asked) {
    const secret = secretKey === undefined || secretKey === null ? beginRegistration(asked.tenant, user).secret : normalSecret(String(secretKey))
    if (!/^[A-Z2-7]{16,128}$/.test(secret)) throw badProperty('secretKey', 'secretKey is BASE32 of 16 to 128 characters.')

    return { id: crypto.randomUUID(), type: 'softwareOath', secret, createdDateTime: nowOf(asked) }
  },
  temporaryAccessPassMethods(members, user, asked) {
    const { settings } = asked.tenant.directory
    const [least, most] = [limitOf(settings, 'tap', 'lifetimeMinutesMin', 10), limitOf(settings, 'tap', 'lifetimeMinutesMax', 43_200)]
    const { lifetimeInMinutes = 60, isUsableOnce = false, startDateTime } = members
    if (user.userType === 'Guest') throw badProperty('id', 'A temporary access pass cannot be made for a guest.')
    if (!Number.isInteger(lifetimeInMinutes) || Number(lifetimeInMinutes) < least || Number(lifetimeInMinutes) > most) throw badProperty('lifetimeInMinutes', `lifetimeInMinutes is a whole number between ${least} and ${most}.`)
    const now = nowOf(asked)

    return {
      id: crypto.randomUUID(), type: isUsableOnce ? 'temporaryAccessPassOneTime' : 'temporaryAccessPassMultiUse', temporaryAccessPass: newPass(), lifetimeInMinutes, isUsableOnce,
      startDateTime: startDateTime ?? now, createdDateTime: now,
    }
  },
}

/** Eight characters that no two people read differently. */
const newPass = () => Array.from({ length: 8 }, () => passLetters[randomInt(passLetters.length)]).join('')
const passLetters = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789!#$%*+=?'

/** Kinds of which a user has one: another takes its place. */
const single: ReadonlySet<string> = new Set(['temporaryAccessPassMethods'])
/** Kinds that can be changed once they are there. */
const changeable: ReadonlySet<string> = new Set(['phoneMethods', 'emailMethods'])

const base = '/authentication'

/** How users can sign in: listed by kind, registered, changed, removed; passwords reset. */
export const authenticationMethodEndpoints: readonly Endpoint[] = [
  ...ofUser({ method: 'GET', suffix: `${base}/methods`, own: ownMethods, others: readMethods, answer: (asked, user) => answerList(allOf(user), asked) }),
  ...ofUser({ method: 'GET', suffix: `${base}/methods/{method}`, own: ownMethods, others: readMethods, answer: (asked, user) => answerOne(methodAsked(asked, methodsOf(user)), allOf(user), asked) }),
  ...ofUser({ method: 'POST', suffix: `${base}/methods/{method}/resetPassword`, own: ownMethods.map(writing), others: writeMethods, status: 202, answer: resetPassword }),
  ...ofUser({ method: 'GET', suffix: `${base}/operations/{operation}`, own: ownMethods, others: readMethods, answer: operation }),
  ...methodKinds.flatMap((kind) => endpointsOf(kind)),
  ...ofUser({ method: 'GET', suffix: `${base}/requirements`, own: null, others: perUserMfa, only: 'beta', answer: (asked, user) => requirements(asked, user) }),
  ...ofUser({ method: 'PATCH', suffix: `${base}/requirements`, own: null, others: perUserMfa, only: 'beta', answer: changeRequirements }),
]

function writing(permission: string): string {
  return permission.replace('.Read', '.ReadWrite')
}

function endpointsOf(kind: MethodKind): readonly Endpoint[] {
  const { segment } = kind
  const path = `${base}/${segment}`
  const write = { own: ownMethods.map(writing), others: writeMethods }

  return [
    ...ofUser({ method: 'GET', suffix: path, own: ownMethods, others: readMethods, answer: (asked, user) => answerList(ofKind(kind, user), asked) }),
    ...ofUser({ method: 'GET', suffix: `${path}/{method}`, own: ownMethods, others: readMethods, answer: (asked, user) => answerOne(methodAsked(asked, listOf(kind, user)), ofKind(kind, user), asked) }),
    ...(segment in making ? ofUser({ method: 'POST', suffix: path, ...write, answer: (asked, user) => register(kind, asked, user) }) : []),
    ...(changeable.has(segment) ? ofUser({ method: 'PATCH', suffix: `${path}/{method}`, ...write, answer: (asked, user) => change(kind, asked, user) }) : []),
    ...(segment === 'passwordMethods' ? [] : ofUser({ method: 'DELETE', suffix: `${path}/{method}`, ...write, answer: (asked, user) => remove(kind, asked, user) })),
  ]
}

const contextOf = ({ id }: User, segment: string) => `users('${id}')/authentication/${segment}`
const listOf = (kind: MethodKind, user: User) => methodsOf(user).filter((method) => kindOfMethod(method) === kind)
const allOf = (user: User): Collection<Method> => ({ type: methodsType, context: contextOf(user, 'methods'), source: { list: () => methodsOf(user) }, isMixed: true })
const ofKind = (kind: MethodKind, user: User): Collection<Method> => ({ type: kind.type, context: contextOf(user, kind.segment), source: { list: () => listOf(kind, user) } })

function methodAsked({ names: { method: id = '' } }: Asked, methods: readonly Method[]): Method {
  const found = methods.find(({ method }) => method.id === id.toLowerCase())
  if (!found) throw noSuchObject(id)

  return found
}

async function register(kind: MethodKind, asked: Asked, { id }: User): Promise<Answer> {
  const { segment } = kind
  const { members } = readWritten(await asked.body(), kind.type)
  const user = userOf(asked, id)
  const method = making[segment]?.(members, user, asked) as RegisteredMethod
  const others = single.has(segment) ? user.authenticationMethods.filter((one) => !kind.methods.includes(one.type)) : user.authenticationMethods
  if (others.some((one) => one.id === method.id)) throw badProperty('id', `The user has one of these already, ${method.id}. Change or delete it.`)
  await putMethods(asked, user, [...others, method])
  // The one time that a pass is told.
  const shown = entityBody({ user, method }, ofKind(kind, user), asked)
  const told = typeof method.temporaryAccessPass === 'string' ? { temporaryAccessPass: method.temporaryAccessPass } : {}

  return created(asked, method.id, { ...shown, ...told })
}

async function change(kind: MethodKind, asked: Asked, { id }: User): Promise<Answer> {
  const { members } = readWritten(await asked.body(), kind.type)
  const user = userOf(asked, id)
  const { method: before } = methodAsked(asked, listOf(kind, user))
  const after = { ...making[kind.segment]?.({ ...before, ...members }, user, asked) as RegisteredMethod, createdDateTime: before.createdDateTime }
  await putMethods(asked, user, user.authenticationMethods.map((method) => (method.id === before.id ? after : method)))

  return {}
}

async function remove(kind: MethodKind, asked: Asked, user: User): Promise<Answer> {
  const { method: gone } = methodAsked(asked, listOf(kind, user))
  await putMethods(asked, user, user.authenticationMethods.filter((method) => method.id !== gone.id))

  return {}
}

async function putMethods(asked: Asked, user: User, authenticationMethods: readonly RegisteredMethod[]): Promise<void> {
  refuseOverAdministrators(asked, user)
  await asked.directory.put('users', { ...user, authenticationMethods })
}

/** A new password that the user changes at the next sign-in; made up and told where none is given. */
async function resetPassword(asked: Asked, { id }: User): Promise<Answer> {
  if (asked.names.method?.toLowerCase() !== passwordMethodId) throw noSuchObject(asked.names.method ?? '')
  const { newPassword } = await asked.body().catch(nothingWhereEmpty)
  const password = newPassword === undefined || newPassword === null ? `Aa1-${newPass()}${newPass()}` : String(newPassword)
  const before = userOf(asked, id)
  refuseOverAdministrators(asked, before)
  const { userPrincipalName } = before
  if (isWeakPassword(password, userPrincipalName)) throw badProperty('newPassword', 'The specified password does not comply with password complexity requirements. Please provide a different password.')
  const passwordHash = await hashPassword(password)
  await asked.directory.put('users', { ...userOf(asked, id), passwordHash, lastPasswordChangeDateTime: nowOf(asked), forceChangePasswordNextSignIn: true })
  const user = userOf(asked, id)
  const body = { '@odata.context': `${asked.root}/$metadata#microsoft.graph.passwordResetResponse`, ...(newPassword === undefined || newPassword === null ? { newPassword: password } : {}) }

  return { status: 202, headers: { location: `${asked.root}/users/${id}${base}/operations/${operationId(user)}` }, body }
}

/** A body that may be left out; one that is broken is refused as ever. */
function nothingWhereEmpty(error: unknown): Members {
  if (error instanceof GraphRefusal && error.message.startsWith('Empty Payload')) return {}

  throw error
}

const operationId = ({ id, lastPasswordChangeDateTime }: User) => idFor(id, 'operation', String(lastPasswordChangeDateTime))

/** The last reset of the password: done when it was asked for. */
function operation(asked: Asked, user: User): Answer {
  const { lastPasswordChangeDateTime: at } = user
  if (asked.names.operation !== operationId(user)) throw noSuchObject(asked.names.operation ?? '')

  return { body: { '@odata.context': `${asked.root}/$metadata#${contextOf(user, 'operations')}/$entity`, 'id': operationId(user), 'status': 'succeeded', 'createdDateTime': at, 'lastActionDateTime': at, 'statusDetail': null, 'resourceLocation': null } }
}

const perUserMfaStates = ['disabled', 'enabled', 'enforced'] as const

/** Whether MFA is on for the user alone, beside all policies (reference 1.5). */
function requirements({ root }: Asked, user: User): Answer {
  return { body: { '@odata.context': `${root}/$metadata#${contextOf(user, 'requirements')}`, 'perUserMfaState': user.perUserMfaState ?? 'disabled' } }
}

async function changeRequirements(asked: Asked, { id }: User): Promise<Answer> {
  const { perUserMfaState: written } = await asked.body()
  const perUserMfaState = perUserMfaStates.find((state) => state === String(written).toLowerCase())
  if (!perUserMfaState) throw badProperty('perUserMfaState', `perUserMfaState is one of ${perUserMfaStates.join(', ')}.`)
  await asked.directory.put('users', { ...userOf(asked, id), perUserMfaState })

  return {}
}

import { randomUUID } from 'node:crypto'
import type { User } from '../../directory/types.ts'
import { hashPassword, verifyPassword } from '../../directory/passwords.ts'
import type { UsedMethod } from '../../policy/sign-in.ts'
import type { SignInTenant } from '../attempt.ts'
import { addressOf } from '../describe.ts'
import type { Refusal } from '../refusal.ts'
import type { Observation } from '../signals.ts'
import { timeOfProof } from '../validity.ts'
import { counterOf } from './smart-lockout.ts'
import { checkPass } from './temporary-access-pass.ts'

/**
 * The user that a person names on the first page: by user principal name, or by its part before the @ where only one
 * user has it.
 */
export function findUser(tenant: SignInTenant, userName: string): { readonly user: User } | { readonly refusal: Refusal } {
  const name = userName.trim()
  const user = name.includes('@') ? tenant.directory.user(name) : userByLocalPart(tenant, name)

  return user ? { user } : { refusal: { code: 50034, values: { user: name, tenant: tenant.directory.settings.displayName } } }
}

function userByLocalPart({ directory }: SignInTenant, name: string): User | undefined {
  if (name === '') return undefined
  const found = directory.list('domains').flatMap((domain) => directory.user(`${name}@${domain.id}`) ?? [])

  return found.length === 1 ? found[0] : undefined
}

/**
 * Checks a password. A locked account hears nothing else; that it is disabled, or that the password must be changed, is
 * said only to whoever knows the password. A temporary access pass is taken in its place. A stranger (null) costs as much time as a user and is refused like a wrong
 * password.
 */
export async function checkPassword(
  tenant: SignInTenant,
  user: User | null,
  plain: string,
  observation: Observation,
): Promise<{ readonly used: UsedMethod } | { readonly refusal: Refusal }> {
  if (user === null) {
    await verifyPassword(plain, await decoy())
    return { refusal: { code: 50126 } }
  }

  const address = addressOf({ observation, user }, tenant)
  const counter = counterOf(tenant, counterKey(tenant, user, address))
  const locked = counter.lock()
  if (locked) return { refusal: locked }

  const values = { user: user.userPrincipalName }
  const used = user.accountEnabled ? await checkPass(tenant, user, plain) : null
  if (used) {
    counter.succeed()
    rememberAddress(tenant, user, address)
    return { used }
  }
  const isRight = await verifyPassword(plain, user.passwordHash ?? (await decoy()))
  // Guesses sent side by side all passed the first look; the lock that one of them brought is for the others too.
  const lockedMeanwhile = counter.lock()
  if (lockedMeanwhile) return { refusal: lockedMeanwhile }
  if (user.passwordHash === null) return { refusal: { code: 50056, values } }
  if (!isRight) {
    counter.fail(plain)
    return { refusal: { code: 50126, values } }
  }
  counter.succeed()
  rememberAddress(tenant, user, address)
  if (!user.accountEnabled) return { refusal: { code: 50057, values } }
  if (user.forceChangePasswordNextSignIn) return { refusal: { code: 50055, values } }

  return { used: { method: primaryMethodOf(tenant, user), at: timeOfProof(tenant, user) } }
}

/** A federated user's password is the home identity provider's word, not ours (product.md 3). */
export function primaryMethodOf({ directory }: Pick<SignInTenant, 'directory'>, user: User): 'password' | 'federatedSingleFactor' {
  return directory.domainOf(user.userPrincipalName)?.authenticationType === 'Federated' ? 'federatedSingleFactor' : 'password'
}

/** Whoever guesses from elsewhere locks out elsewhere, not the user at the usual place. */
function counterKey({ memory }: SignInTenant, user: User, address: string): string {
  const isFamiliar = memory.familiarAddresses.get(user.id)?.has(address) ?? false

  return `${user.id} password ${isFamiliar ? 'familiar' : 'unfamiliar'}`
}

function rememberAddress({ memory }: SignInTenant, user: User, address: string): void {
  const known = memory.familiarAddresses.get(user.id) ?? new Set()
  // The address used last stays longest.
  known.delete(address)
  known.add(address)
  for (const oldest of known) {
    if (known.size <= addressesRemembered) break
    known.delete(oldest)
  }
  memory.familiarAddresses.set(user.id, known)
}

const addressesRemembered = 50

/** A hash that no password fits, made once: checking against it takes as long as any other. */
let decoyHash: Promise<string> | undefined

function decoy(): Promise<string> {
  decoyHash ??= Promise.resolve(hashPassword(randomUUID()))

  return decoyHash
}

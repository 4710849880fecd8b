import { createHmac, randomBytes } from 'node:crypto'
import { generateURI } from 'otplib'
import type { RegisteredMethod, User } from '../../directory/types.ts'
import type { UsedMethod } from '../../policy/sign-in.ts'
import type { SignInTenant } from '../attempt.ts'
import type { Refusal } from '../refusal.ts'
import { timeOfProof } from '../validity.ts'
import { counterOf } from './smart-lockout.ts'
import { checkPass } from './temporary-access-pass.ts'
import { acceptedSteps, codeAt, isCodeAt, isSecret, stepAt, stepSeconds, windowAround } from './totp.ts'

/** Checks a code against the user's authenticators. Each code is good once; wrong ones lock the account like wrong passwords. */
export function checkCode(tenant: SignInTenant, user: User, code: string): { readonly used: UsedMethod } | { readonly refusal: Refusal } {
  const counter = counterOf(tenant, `${user.id} code`)
  const locked = counter.lock()
  if (locked) return { refusal: locked }

  const digits = code.replace(/\s/g, '')
  const match = authenticatorsOf(user)
    .flatMap((authenticator) => matchingSteps(tenant, authenticator, digits).map((step) => ({ authenticator, step })))
    .find(({ authenticator, step }) => !isUsed(tenant, authenticator.id, step))
  if (!match) {
    counter.fail()
    return { refusal: { code: 500121, values: { user: user.userPrincipalName } } }
  }
  counter.succeed()
  useUp(tenant, match.authenticator.id, match.step)

  return { used: { method: match.authenticator.type, at: timeOfProof(tenant, user) } }
}

/** Checks what was typed as a second factor: a code or, where the user has one, a temporary access pass. */
export async function checkSecondFactor(tenant: SignInTenant, user: User, typed: string): Promise<ReturnType<typeof checkCode>> {
  if (counterOf(tenant, `${user.id} code`).lock()) return checkCode(tenant, user, typed)
  const used = await checkPass(tenant, user, typed)

  return used ? { used } : checkCode(tenant, user, typed)
}

/** What a test reads instead of a phone. `expiresIn`: the seconds for which the code is accepted. */
export type CurrentCode = { readonly code: string; readonly secret: string; readonly otpauth: string; readonly expiresIn: number }

/**
 * The code to type now: the earliest one accepted in the tenant's time that was neither used nor told yet. Whoever asks
 * beside other tests gets the next one, and once all three of the window are told, one of a step to come, which is then
 * accepted early: so parallel tests of one user do not collide. Of a user with a phone and no authenticator it is what would be
 * sent. Null = the user has neither.
 */
export function currentCode(tenant: SignInTenant, user: User): CurrentCode | null {
  const [authenticator] = authenticatorsOf(user)
  if (!authenticator) return null

  const now = tenant.clock.now()
  const step = stepToTell(tenant, authenticator.id, now)
  tell(tenant, authenticator.id, step)
  return {
    code: codeAt(authenticator.secret, step),
    secret: authenticator.secret,
    otpauth: otpauthOf(tenant, user, authenticator.secret),
    expiresIn: Math.ceil((expiryOf(step) - now) / 1000),
  }
}

/** What a QR code says to an authenticator app. */
export function otpauthOf({ directory }: Pick<SignInTenant, 'directory'>, user: User, secret: string): string {
  return generateURI({ issuer: directory.settings.displayName, label: user.userPrincipalName, secret })
}

/** Notes that a code was used, and forgets those that are too old to be accepted again. */
export function useUp({ memory, clock }: SignInTenant, authenticatorId: string, step: number): void {
  const used = memory.usedSteps.get(authenticatorId) ?? new Set()
  const oldest = Math.min(...acceptedSteps(clock))
  for (const earlier of used) if (earlier < oldest) used.delete(earlier)
  used.add(step)
  memory.usedSteps.set(authenticatorId, used)
}

type Authenticator = Pick<RegisteredMethod, 'id' | 'type'> & { readonly secret: string }

/** What of a user shows codes: authenticators by their secret, and whatever a mock cannot reach, such as a phone, by one made up for it. */
function authenticatorsOf(user: User): Authenticator[] {
  const { authenticationMethods } = user
  const isSecretKnown = ({ type, secret }: RegisteredMethod) => (type === 'softwareOath' || type === 'hardwareOath') && typeof secret === 'string' && isSecret(secret)
  const own = authenticationMethods.filter(isSecretKnown).map(({ id, type, secret }) => ({ id, type, secret: secret as string }))

  return [...own, ...authenticationMethods.filter((method) => outOfReach.has(method.type) && !isSecretKnown(method)).map((method) => standIn(user, method))]
}

/** Nobody gets a message, a call or a push here: the code stands for what would be sent, and is told to tests alone. */
const outOfReach: ReadonlySet<string> = new Set(['sms', 'voice', 'microsoftAuthenticatorPush', 'hardwareOath'])

/** Of this process only, so that nobody can work out a code from what the directory shows. */
const processKey = randomBytes(32)

function standIn(user: User, { id, type }: RegisteredMethod): Authenticator {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  // Phones have the same id whoever has them.
  const own = `${user.id} ${id}`
  const digest = createHmac('sha256', processKey).update(own).digest()

  return { id: own, type, secret: [...digest].map((byte) => letters[byte % 32]).join('') }
}

function matchingSteps(tenant: SignInTenant, { id, secret }: Authenticator, digits: string): number[] {
  const told = [...(tenant.memory.toldSteps.get(id)?.keys() ?? [])].filter((step) => step > stepAt(tenant.clock.now()))

  return [...new Set([...acceptedSteps(tenant.clock), ...told])].filter((step) => isCodeAt(secret, step, digits))
}

function isUsed({ memory }: SignInTenant, authenticatorId: string, step: number): boolean {
  return memory.usedSteps.get(authenticatorId)?.has(step) ?? false
}

/** A step of the window that nobody was told, then one to come; where all were told, the unused one told longest ago. */
function stepToTell(tenant: SignInTenant, authenticatorId: string, now: number): number {
  const present = stepAt(now)
  const told = tenant.memory.toldSteps.get(authenticatorId) ?? new Map<number, number>()
  const lastTold = (step: number) => told.get(step) ?? 0
  const choose = (steps: readonly number[]) => (
    steps.filter((step) => !isUsed(tenant, authenticatorId, step)).toSorted((one, other) => lastTold(one) - lastTold(other) || one - other)[0]
  )
  // A code about to expire would be refused by the time it is typed.
  const lasting = windowAround(present).filter((step) => tenant.clock.isFrozen || expiryOf(step) - now >= leastMilliseconds)
  const ahead = Array.from({ length: stepsAhead }, (_, index) => present + 2 + index)

  const isUntold = (step: number) => !told.has(step)

  return choose(lasting.filter(isUntold)) ?? choose(ahead.filter(isUntold)) ?? choose(lasting) ?? choose(ahead) ?? present
}

const leastMilliseconds = 3000
const stepsAhead = 100

function expiryOf(step: number): number {
  return (step + 2) * stepSeconds * 1000
}

function tell({ memory, clock }: SignInTenant, authenticatorId: string, step: number): void {
  const told = memory.toldSteps.get(authenticatorId) ?? new Map<number, number>()
  const oldest = stepAt(clock.now()) - 1
  for (const earlier of told.keys()) if (earlier < oldest) told.delete(earlier)
  told.set(step, Math.max(0, ...told.values()) + 1)
  memory.toldSteps.set(authenticatorId, told)
}

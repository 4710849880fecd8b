import { timingSafeEqual } from 'node:crypto'
import { createGuardrails, generateSync } from 'otplib'
import type { Clock } from '../../clock/clock.ts'

/** Codes of an authenticator app: SHA-1, six digits, half a minute each (reference 7.1). */
export const stepSeconds = 30

/** The code that an authenticator with this secret shows during a time step. */
export function codeAt(secret: string, step: number): string {
  return generateSync({ secret: normalSecret(secret), epoch: step * stepSeconds, guardrails })
}

export function isCodeAt(secret: string, step: number, code: string): boolean {
  const expected = Buffer.from(codeAt(secret, step))
  const given = Buffer.from(code)

  return given.length === expected.length && timingSafeEqual(given, expected)
}

export function stepAt(milliseconds: number): number {
  return Math.floor(milliseconds / 1000 / stepSeconds)
}

/**
 * The steps whose codes are accepted: the present one and its neighbours in the tenant's time, and in real time too, so
 * that a real phone works in a tenant whose clock was moved.
 */
export function acceptedSteps(clock: Clock): number[] {
  return [...new Set([...windowAround(stepAt(clock.now())), ...windowAround(stepAt(clock.realNow()))])]
}

export function windowAround(step: number): number[] {
  return [step - 1, step, step + 1].filter((candidate) => candidate >= 0)
}

/** Whether a text can be an authenticator's secret: BASE32, up to 128 characters, spaces and case ignored. */
export function isSecret(text: string): boolean {
  const secret = normalSecret(text)

  return /^[A-Z2-7]{8,128}$/.test(secret)
}

export function normalSecret(text: string): string {
  return text.replace(/[\s=-]/g, '').toUpperCase()
}

/** Test tenants are full of short secrets; the library would refuse what Entra takes. */
const guardrails = createGuardrails({ MIN_SECRET_BYTES: 1 })

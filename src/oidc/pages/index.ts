import type { Context, Middleware } from 'koa'
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { NextStep } from '../../sign-in/attempt.ts'
import { BadSignals } from '../../sign-in/signals-syntax.ts'
import { isGoodCsrf } from '../../http/csrf.ts'
import { readForm } from '../../http/body.ts'
import { HttpRefusal } from '../../http/errors.ts'
import type { Host } from '../host.ts'
import type { PromptName } from '../prompts.ts'
import type { RequestState } from '../request-state.ts'
import { isBeyondPages, refuseBeyondPages } from './beyond-pages.ts'
import { changePassword } from './change-password.ts'
import { confirmDevice } from './confirm-device.ts'
import { consent } from './consent.ts'
import { external } from './external.ts'
import { oneTimeCode } from './one-time-code.ts'
import type { Page } from './page.ts'
import { password } from './password.ts'
import { pickAccount } from './pick-account.ts'
import { refuse } from './refuse.ts'
import { register } from './register.ts'
import { staySignedIn } from './stay-signed-in.ts'
import { termsOfUse } from './terms-of-use.ts'
import { userName } from './user-name.ts'
import { openVisit, remember, userOf } from './visit.ts'
import type { Visit } from './visit.ts'
import { takeWhere } from './where-are-you.ts'

const pages: Readonly<Record<string, Page>> = {
  'user-name': userName,
  'password': password,
  'pick-account': pickAccount,
  'one-time-code': oneTimeCode,
  'register': register,
  'stay-signed-in': staySignedIn,
  'change-password': changePassword,
  'terms-of-use': termsOfUse,
  'external-challenge': external,
  'consent': consent,
  'confirm-device': confirmDevice,
}

/** The page that a step of a verdict is asked on. What has no page here is refused where it is owed. */
const pageOfStep: Partial<Record<NextStep, Page>> = {
  signIn: userName,
  reauthenticate: password,
  oneTimeCode,
  register,
  registerSkippable: register,
  changePassword,
  termsOfUse,
  federatedMfa: external,
  custom: external,
}

/** The sign-in pages of a tenant, at `/sign-in/{uid}`. */
export function signInPages(host: Host, provider: Provider): Middleware {
  return async (ctx, next) => {
    const [, uid, step] = /^\/sign-in\/([\w-]+)(?:\/([\w-]+))?$/.exec(ctx.path) ?? []
    if (uid === undefined) return next()

    ctx.set('cache-control', 'no-store')
    const visit = await openVisit(ctx as unknown as Context & { state: RequestState }, host, provider, pages, uid)
    if (!visit) return ended(ctx as unknown as KoaContextWithOIDC, host)
    if (ctx.method === 'GET' && step === undefined) return show(visit)
    if (ctx.method === 'POST' && step !== undefined) return take(visit, step)

    ctx.set('allow', step === undefined ? 'GET' : 'POST')
    ctx.body = 'A sign-in page is read with GET, its form sent with POST.'
  }
}

function show(visit: Visit): void | Promise<void> {
  const name = visit.interaction.prompt.name as PromptName
  if (name === 'select_account') return pickAccount.show(visit)
  if (name === 'stay_signed_in') return staySignedIn.show(visit)
  if (name === 'confirm_device') return confirmDevice.show(visit)
  if (name === 'consent') return consent.show(visit)
  if (name === 'login') return showFirstFactor(visit)

  if (isBeyondPages(visit)) return refuseBeyondPages(visit)
  const page = visit.details.step ? pageOfStep[visit.details.step] : undefined

  return page ? page.show(visit) : refuse(visit, { code: 50158 })
}

/** A known user is asked for the password at once; a hint fills in the name and skips that page, as Entra does. */
function showFirstFactor(visit: Visit): void | Promise<void> {
  if (userOf(visit)) return password.show(visit)
  const hint = (visit.interaction.params as { login_hint?: string }).login_hint
  const hinted = hint ? visit.host.tenant.directory.user(hint) : undefined
  if (hinted) return password.show(remember(visit, { userId: hinted.id, userName: hinted.userPrincipalName }))

  return userName.show(visit)
}

async function take(visit: Visit, step: string): Promise<void> {
  const form = await readForm(visit.ctx)
  if (!isGoodCsrf(visit.host.keys.cookieSecret, visit.interaction.uid, form.csrf)) {
    throw new HttpRefusal(403, 'forged_form', 'This form did not come from the page it belongs to. Go back, reload the page and try again.')
  }
  if (step === 'where') return takeWhereOrSay(visit, form)
  if (step === 'cancel') return cancel(visit)
  if (step === 'back') return userName.show(remember(visit, { userId: undefined } as never))
  if (step === 'accounts') return pickAccount.show(visit)

  const page = pages[step]
  // Who sends the form of a page that is not owed, such as a registration for the code that is, is shown the one that is.
  if (page) return isOwed(visit, step) && !isBeyondPages(visit) ? page.take(visit, form) : show(visit)

  throw new HttpRefusal(404, 'not_found', `There is no sign-in step "${step}".`)
}

/** Whether a step belongs to what the authorize request waits for. */
function isOwed(visit: Visit, step: string): boolean {
  const name = visit.interaction.prompt.name as PromptName
  if (name === 'challenge') return visit.details.step !== null && pages[step] === pageOfStep[visit.details.step]

  return stepsOfPrompt[name].includes(step)
}

const firstFactor = ['user-name', 'password', 'change-password', 'pick-account']
const stepsOfPrompt: Readonly<Record<Exclude<PromptName, 'challenge'>, readonly string[]>> = {
  select_account: firstFactor,
  login: firstFactor,
  stay_signed_in: ['stay-signed-in'],
  consent: ['consent'],
  confirm_device: ['confirm-device'],
}

async function takeWhereOrSay(visit: Visit, form: Readonly<Record<string, string>>): Promise<void> {
  try {
    await takeWhere(visit, form)
  } catch (error) {
    if (!(error instanceof BadSignals)) throw error
    throw new HttpRefusal(400, 'bad_signals', `${error.message} Go back and correct it.`)
  }
}

const declined = 65004

/** The user gave up: the application hears `access_denied`. */
async function cancel(visit: Visit): Promise<void> {
  const { interaction, ctx, host } = visit
  const words = host.profile.words({ code: declined }, { endpoint: 'authorize', isSilent: true })
  interaction.result = { error: words.error, error_description: words.description }
  await interaction.save(interaction.exp - host.tenant.clock.epochSeconds())
  ctx.status = 303
  ctx.redirect(interaction.returnTo)
}

function ended(ctx: KoaContextWithOIDC, host: Host): void {
  ctx.status = 400
  host.profile.errorPage(ctx, host, {
    status: 400,
    error: 'invalid_request',
    description: 'This sign-in has ended or belongs to another browser. Go back to the application and start again.',
    detail: 'interaction session not found',
    refusal: null,
  })
}


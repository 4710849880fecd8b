import type { SignInForm, SignInPages } from '../../sign-in/pages.ts'
import type { Refusal } from '../../sign-in/refusal.ts'
import { tenantLine } from '../sign-out.ts'
import { inlineText } from './inline-texts.ts'
import { pathOf } from './visit.ts'
import type { Visit } from './visit.ts'
import { whereAreYou } from './where-are-you.ts'

/** One step of a sign-in: how it is shown, and what happens when its form comes back. */
export type Page = {
  show(visit: Visit, refusal?: Refusal | null): void | Promise<void>
  take(visit: Visit, form: Readonly<Record<string, string>>): void | Promise<void>
}

/** Renders a sign-in page with what all of them have. */
export function render<P extends keyof SignInPages>(visit: Visit, page: P, step: string, model: Omit<SignInPages[P], keyof SignInForm>, refusal?: Refusal | null): void {
  const form: SignInForm = {
    tenant: tenantLine(visit.host),
    application: visit.client.displayName,
    form: { action: pathOf(visit, step), hidden: visit.hidden },
    error: refusal ? { text: inlineText(refusal), code: visit.host.profile.isNumbered ? String(refusal.code) : null } : null,
    whereAreYou: visit.host.isSimulationOn ? whereAreYou(visit) : null,
    cancelAction: pathOf(visit, 'cancel'),
  }
  visit.ctx.type = 'html'
  visit.ctx.status = 200
  visit.ctx.body = visit.host.render(page, { ...form, ...model } as unknown as SignInPages[P])
}


import type { Context } from 'koa'
import type { Interaction, Provider } from 'oidc-provider'
import type { Application, User } from '../../directory/types.ts'
import type { Attempt } from '../../sign-in/attempt.ts'
import { newSession, withMethod } from '../../sign-in/session.ts'
import type { UsedMethod } from '../../policy/sign-in.ts'
import { newCsrf } from '../../http/csrf.ts'
import type { InteractionAnswer } from '../adopt.ts'
import type { Host } from '../host.ts'
import { applicationOf } from '../resources.ts'
import type { RequestState } from '../request-state.ts'
import type { StepDetails } from '../prompts.ts'
import type { Page } from './page.ts'

/** One request of a browser to the page that its authorize request is waiting for. */
export type Visit = {
  readonly ctx: Context & { state: RequestState }
  readonly host: Host
  readonly provider: Provider
  readonly interaction: Interaction
  readonly details: StepDetails
  readonly client: Application
  /** What earlier pages of this visit learnt. */
  readonly memory: VisitMemory
  /** Hidden fields that prove a form came from our page. */
  readonly hidden: Readonly<Record<string, string>>
  readonly pages: Pages
}

/** The steps of a sign-in that have a page, by the last segment of the form's address. */
export type Pages = Readonly<Record<string, Page>>

export type VisitMemory = {
  readonly userId?: string
  readonly userName?: string
  /** The secret shown on the registration page, until it is confirmed. */
  readonly secret?: string
}

const memoryModel = 'SignInVisit'
const hour = 60 * 60

/** The visit behind a path `/sign-in/{uid}`, or null where the browser does not hold its cookie or it has ended. */
export async function openVisit(ctx: Context & { state: RequestState }, host: Host, provider: Provider, pages: Pages, uid: string): Promise<Visit | null> {
  if (ctx.cookies.get(provider.cookieName('interaction')) !== uid) return null
  const interaction = await provider.Interaction.find(uid)
  if (!interaction) return null

  const details = interaction.prompt.details as StepDetails
  const params = interaction.params as { client_id: string }
  const client = await provider.Client.find(params.client_id)
  return {
    ctx,
    host,
    provider,
    interaction,
    details,
    client: applicationOf(host, params.client_id, client?.clientName as string | undefined, client?.clientAuthMethod !== 'none'),
    memory: (host.tenant.state.find(memoryModel, uid) as VisitMemory | undefined) ?? {},
    hidden: { csrf: newCsrf(host.keys.cookieSecret, uid) },
    pages,
  }
}

export function remember(visit: Visit, learnt: VisitMemory): Visit {
  const memory = { ...visit.memory, ...learnt }
  visit.host.tenant.state.upsert(memoryModel, visit.interaction.uid, memory, hour)

  return { ...visit, memory }
}

/** Shows another page of the same visit. */
export function turnTo(visit: Visit, page: 'user-name' | 'password' | 'change-password'): void | Promise<void> {
  return visit.pages[page]?.show(visit)
}

export function pathOf(visit: Visit, step?: string): string {
  return `/${visit.host.tenant.id}/sign-in/${visit.interaction.uid}${step ? `/${step}` : ''}`
}

/** The user this visit is about: found by name on the first page, or the one whose session is being stepped up. */
export function userOf(visit: Visit): User | null {
  const id = visit.memory.userId ?? visit.details.userId

  return id ? (visit.host.tenant.directory.get('users', id) ?? null) : null
}

/** Adds what the user just proved to the browser's session with this account. */
export function keepProof(visit: Visit, user: User, used: UsedMethod): void {
  const { browser } = visit.ctx.state
  const existing = browser.of(user.id)
  browser.keep(existing ? withMethod(existing, used) : newSession(user.id, used, visit.host.tenant.clock.now()))
}

/** Back to the authorize request, which is judged again from the top. */
export async function goOn(visit: Visit, answer: { userId?: string; took: string }, results: Record<string, unknown> = {}): Promise<void> {
  const { interaction, ctx, host } = visit
  const before = (interaction.lastSubmission as { answer?: InteractionAnswer } | undefined)?.answer
  const userId = answer.userId ?? before?.userId
  const next: InteractionAnswer = { ...(userId ? { userId } : {}), took: [...(before?.took ?? []), answer.took] }
  // `null` settles a prompt without handing the library a result to apply: accounts are adopted by `adopt.ts`.
  interaction.result = { ...interaction.lastSubmission, ...results, answer: next } as Interaction['result']
  await interaction.save(interaction.exp - host.tenant.clock.epochSeconds())
  ctx.status = 303
  ctx.redirect(interaction.returnTo)
}

/** The attempt that this visit is part of, for the log rows of its pages. */
export function visitAttempt(visit: Visit, user: User | null, change: Partial<Attempt> = {}): Attempt {
  const { tenant } = visit.host
  const { observation, browser } = visit.ctx.state
  const params = visit.interaction.params as { scope?: string }
  return {
    event: 'authorize',
    user,
    client: visit.client,
    resources: visit.details.resources.flatMap((appId) => tenant.directory.application(appId) ?? tenant.directory.resource(appId) ?? []),
    scopes: params.scope?.split(' ') ?? [],
    authenticationContexts: [],
    userAction: null,
    observation: { ...observation, correlationId: visit.details.correlationId },
    session: user ? browser.of(user.id) : null,
    isInteractive: true,
    transferMethod: visit.details.transferMethod,
    maxAge: null,
    grantIssuedAt: null,
    isFresh: false,
    challenge: null,
    ...change,
  }
}

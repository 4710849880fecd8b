import { randomBytes } from 'node:crypto'
import type { Context } from 'koa'
import { HttpRefusal } from '../http/errors.ts'
import { begin } from './begin.ts'
import { callback } from './callback.ts'
import { home } from './home.ts'
import type { AppPort } from './port.ts'
import { refused } from './refused.ts'
import { createRelyingParty } from './relying-party.ts'
import { createSessions } from './sessions.ts'
import { signOut } from './sign-out.ts'
import { createTransactions } from './transactions.ts'
import { browserOf, show, type Site, type Visit } from './visit.ts'

/** What is at `/app` and below it. */
export function createSite(port: AppPort): (ctx: Context) => Promise<void> {
  const site: Site = {
    port,
    sessions: createSessions(),
    transactions: createTransactions(),
    configurationOf: createRelyingParty(port),
    secret: randomBytes(32),
  }

  return async (ctx) => {
    const words = ctx.path.split('/').slice(2).filter((word) => word !== '')
    if (words.join('/') === 'callback') return answered(ctx, site)

    const step = steps[words.at(-1) ?? '']
    const [tenant = null, ...more] = step ? words.slice(0, -1) : words
    if (more.length > 0) throw nowhere(ctx)

    await taken(visitOf(ctx, site, tenant), step ?? { methods: read, take: home })
  }
}

const read = ['GET', 'HEAD']

type Step = { readonly methods: readonly string[]; take(visit: Visit): void | Promise<void> }

/** What follows `/app` or `/app/{tenant}`; nothing = the app itself. No tenant has such a name: domains have dots, ids digits. */
const steps: Readonly<Record<string, Step | undefined>> = Object.assign(Object.create(null) as object, {
  'sign-in': { methods: read, take: (visit: Visit) => begin(visit, 'signIn') },
  'refresh': { methods: read, take: (visit: Visit) => begin(visit, 'refresh') },
  'sign-out': { methods: [...read, 'POST'], take: signOut },
} satisfies Record<string, Step>)

async function taken(visit: Visit, { methods, take }: Step): Promise<void> {
  const { ctx } = visit
  if (!methods.includes(ctx.method)) {
    ctx.set('Allow', methods.join(', '))
    throw new HttpRefusal(405, 'method_not_allowed', `This is for ${methods.join(', ')}.`)
  }

  try {
    await take(visit)
  } catch (error) {
    refused(visit, error)
  }
}

/** An answer is taken once, in the browser that asked. */
async function answered(ctx: Context, site: Site): Promise<void> {
  const base = site.port.base(ctx)
  const first = site.port.tenant(null)
  const state = ctx.URL.searchParams.get('state') ?? ''
  const transaction = first && site.transactions.take(state, browserOf({ ctx, base }), first.tenant.clock.realNow())
  if (!transaction) {
    const message = 'This answer of the identity provider belongs to no sign-in that this browser began, or to one begun long ago. Sign in again.'
    return show({ ctx, port: site.port }, 'app-error', { title: 'Sign-in did not work', message, code: null, policies: [], retryHref: '/app/sign-in' }, 400)
  }

  await callback({ ...visitOf(ctx, site, transaction.tenantId), home: transaction.home }, transaction)
}

function visitOf(ctx: Context, site: Site, tenant: string | null): Visit {
  const at = site.port.tenant(tenant)
  if (!at) throw nowhere(ctx)

  return { ...site, ctx, at, base: site.port.base(ctx), home: tenant === null ? '/app' : `/app/${encodeURIComponent(tenant)}` }
}

const nowhere = (ctx: Context) => new HttpRefusal(404, 'not_found', `There is nothing at ${ctx.path}. The sample app is at /app, and for another tenant at /app/{tenant}.`)

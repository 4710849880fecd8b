import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import { assets } from '../../src/http/assets.ts'
import { refusals } from '../../src/http/errors.ts'
import { allowFrames, securityHeaders } from '../../src/http/security-headers.ts'
import { readForm } from '../../src/http/body.ts'
import { createViews } from '../../src/http/views.ts'
import { samples } from './samples.ts'
import type { AllPages } from './samples.ts'

export type Preview = { readonly base: string; close(): Promise<void> }

/**
 * Every page with sample data, over the same middleware that real pages go through: `/` lists them, `/page/{name}` shows
 * one, and whatever is sent is echoed as JSON. To look at them: `node test/browser/preview.ts`.
 */
export async function openPreview(port = 0): Promise<Preview> {
  const views = createViews<AllPages>()
  const app = new Koa()
  app.use(securityHeaders())
  app.use(refusals())
  app.use(assets())
  app.use(async (ctx, next) => {
    const sample = samples[decodeURIComponent(ctx.path.replace('/page/', ''))]
    if (!sample) return next()
    if (sample.page === 'signed-out') allowFrames(ctx, sample.model.frames.map((frame) => new URL(frame, ctx.href).href))
    ctx.type = 'html'
    ctx.body = views.render(sample.page, sample.model)
  })
  app.use(async (ctx) => {
    if (ctx.path === '/') ctx.body = Object.keys(samples).map((name) => `<p><a href="/page/${encodeURIComponent(name)}">${name}</a>`).join('')
    else ctx.body = { path: ctx.path, form: ctx.method === 'POST' ? await readForm(ctx) : null }
  })
  const server = app.listen(port, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))

  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

if (import.meta.main) console.log((await openPreview(8499)).base)

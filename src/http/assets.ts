import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Middleware } from 'koa'
import { HttpRefusal } from './errors.ts'
import { shippedViews } from './shipped-views.ts'

type Asset = { readonly type: string; readonly content: Buffer; readonly etag: string }

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
}

/**
 * Serves `/assets/*`: the stylesheet, the icon and the few small scripts of the pages, from the folder `assets` beside
 * the templates; files of `folder` take the place of the shipped ones. They are read once, and a name that was not in the
 * folder then is not found, whatever path it spells.
 */
export function assets(folder?: string): Middleware {
  const folders = folder === undefined ? [shippedViews] : [shippedViews, folder]
  let files: ReadonlyMap<string, Asset> | undefined

  return async (ctx, next) => {
    if (!ctx.path.startsWith('/assets/')) return next()
    files ??= new Map(folders.flatMap((views) => assetsIn(join(views, 'assets'))))
    const asset = files.get(ctx.path.slice('/assets/'.length))
    if (!asset) throw new HttpRefusal(404, 'not_found', `There is no asset at ${ctx.path}.`)
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
      ctx.set('allow', 'GET, HEAD')
      throw new HttpRefusal(405, 'method_not_allowed', 'Assets are only read. Use GET.')
    }

    ctx.status = 200
    ctx.etag = asset.etag
    // Asked about on every page and answered without a body: a changed stylesheet shows at once.
    ctx.set('cache-control', 'no-cache')
    ctx.set('content-type', asset.type)
    if (ctx.fresh) {
      ctx.status = 304
      return
    }
    ctx.body = asset.content
    ctx.set('content-type', asset.type)
  }
}

function assetsIn(folder: string): [string, Asset][] {
  if (!existsSync(folder)) return []

  return readdirSync(folder).flatMap((name): [string, Asset][] => {
    const type = types[name.slice(name.lastIndexOf('.') + 1)]
    if (type === undefined) return []
    const content = readFileSync(join(folder, name))

    return [[name, { type, content, etag: createHash('sha256').update(content).digest('base64url').slice(0, 22) }]]
  })
}

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Eta } from 'eta/core'
import { shippedViews } from './shipped-views.ts'

/** Templates that show typed models: the members of `Pages` are the names of the templates and what each is given. */
export type Views<Pages> = {
  render<P extends keyof Pages & string>(name: P, model: Pages[P]): string
}

/**
 * Opens the templates. A template or part of a page that lies in `folder` takes the place of the shipped one of the same
 * name, so that a tenant can wear somebody's own clothes. Whatever is interpolated is escaped; each template is read and
 * compiled once, when it is first shown.
 */
export function createViews<Pages>(folder?: string): Views<Pages> {
  const folders = folder === undefined ? [shippedViews] : [folder, shippedViews]
  const eta = new Eta({ cache: true, autoEscape: true })
  eta.resolvePath = (name) => name
  eta.readFile = (name) => readFileSync(pathOf(name, folders), 'utf8')

  return { render: (name, model) => eta.render(name, model as object) }
}

function pathOf(name: string, folders: readonly string[]): string {
  const isName = /^[\w-]+$/.test(name)
  const path = isName ? folders.map((folder) => join(folder, `${name}.eta`)).find((candidate) => existsSync(candidate)) : undefined
  if (path === undefined) throw new Error(`There is no template "${name}.eta" in ${folders.join(' or ')}.`)

  return path
}

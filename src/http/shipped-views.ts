import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder of the templates that come with the package: beside the source, and beside the bundle made of it. */
export const shippedViews = nearest(import.meta.dirname)

function nearest(folder: string): string {
  const views = join(folder, 'views')
  if (existsSync(join(views, 'layout.eta'))) return views
  if (dirname(folder) === folder) throw new Error('The folder "views" is missing from the package. Install it again.')

  return nearest(dirname(folder))
}

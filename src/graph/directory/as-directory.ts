import type { OptionName } from '../odata/options.ts'

/** How the collections of the directory are asked: searched too, paged by token only, and what is expensive wants `ConsistencyLevel: eventual`. */
export const asDirectory: { readonly options: readonly OptionName[]; readonly rules: 'directory' } = {
  options: ['filter', 'select', 'expand', 'orderby', 'top', 'skiptoken', 'count', 'search', 'format'],
  rules: 'directory',
}

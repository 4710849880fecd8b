/** A tiny application: it shows the quarter's figures to whoever may see them, and says why to whoever may not. */
export type Tokens = { readonly access_token?: unknown }
export type Asked = { readonly outcome: string; readonly tokens?: Tokens; readonly error?: { readonly code: number } }

export function reportFor({ outcome, tokens, error }: Asked): string {
  if (outcome === 'granted' && typeof tokens?.access_token === 'string') return 'Q3: 4 million'
  if (error?.code === 53003) return 'Your organization lets you in from the office only.'

  return 'Please sign in again.'
}

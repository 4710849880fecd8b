/** The addresses of this server; those of its listeners are known once it listens. */
export type Origins = { http: string | null; https: string | null; publicUrl: string | null }

/** The origin that clients are told to use. */
export function clientsBase(origins: Origins): string {
  return origins.publicUrl ?? origins.https ?? origins.http ?? 'http://localhost'
}

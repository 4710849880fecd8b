import type { Domain } from '../directory/types.ts'
import type { Host } from './host.ts'

/** The federated domain that an application says its users are of (`domain_hint`); of any other it says nothing (reference 1.7). */
export function hintedDomain({ tenant }: Host, { domain_hint: hint }: { readonly domain_hint?: unknown }): Domain | null {
  const domain = typeof hint === 'string' ? tenant.directory.get('domains', hint.toLowerCase()) : undefined

  return domain?.authenticationType === 'Federated' ? domain : null
}

/** What the identity provider of a federated domain is called; null where passwords are checked here. */
export function homeProviderOf(domain: Domain | null | undefined): string | null {
  return domain?.authenticationType === 'Federated' ? (domain.federation?.displayName ?? domain.id) : null
}

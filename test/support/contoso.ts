import { readFile } from 'node:fs/promises'
import { loadTenantFile } from '../../src/directory/index.ts'
import type { TenantData } from '../../src/directory/types.ts'

/** The shipped tenant, as it starts; what a test needs different is laid over it. */
export async function contoso(changes: Partial<TenantData> = {}): Promise<TenantData> {
  const text = await readFile(new URL('../../data/contoso.json', import.meta.url), 'utf8')
  const { tenants: [tenant] } = await loadTenantFile(text, 'contoso.json')
  if (!tenant) throw new Error('data/contoso.json holds no tenant')

  return { ...tenant, ...changes }
}

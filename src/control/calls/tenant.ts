import type { Directory } from '../../directory/types.ts'
import * as answers from '../answers.ts'
import { tenantCall } from '../call.ts'
import { isSettingsOnly, settingsChange, tenantChanged, tenantMembers } from '../changes.ts'
import { members } from '../validate.ts'

/** What the tenant is, apart from who and what is in it. */
export const readTenant = tenantCall({
  method: 'GET',
  path: '/tenant',
  summary: 'The tenant\'s licence, settings and domains',
  answers: answers.tenant,
  answer: ({ tenant }) => shown(tenant.directory),
})

/** Changes the tenant itself: what is left out stays. */
export const changeTenant = tenantCall({
  method: 'PATCH',
  path: '/tenant',
  summary: 'Change licence, security defaults, MFA service settings, settings, domains, …; what is left out stays',
  answers: answers.tenant,
  bodyLimit: 67_108_864,
  body: members(tenantMembers),
  async answer({ tenant: { directory }, body }) {
    if (isSettingsOnly(body)) await directory.patchSettings(settingsChange(directory.settings, body))
    else await directory.replace(await tenantChanged(directory.snapshot(), body))

    return shown(directory)
  },
})

function shown({ settings, list }: Directory) {
  return { ...settings, domains: list('domains') }
}

import type { SessionControls } from '../policy.ts'
import type { SessionControl } from './session-control.ts'

type Kind = NonNullable<NonNullable<SessionControls['cloudAppSecurity']>['cloudAppSecurityType']>

/** Whether the session runs through Defender for Cloud Apps, and what it does there. The most restrictive wins. */
export const cloudAppSecurity: SessionControl<Kind, Kind | null> = {
  words: 'Defender for Cloud Apps',
  setting: ({ cloudAppSecurity: security }) => (security?.isEnabled ? (security.cloudAppSecurityType ?? 'mcasConfigured') : null),
  combine: (kinds) => strictestFirst.find((kind) => kinds.includes(kind)) ?? null,
  unset: null,
}

const strictestFirst: readonly Kind[] = ['blockDownloads', 'mcasConfigured', 'monitorOnly']

import { columns, table } from './help.ts'

/** What a person is told when the server is up. `startPortcullis` gives more; this is what is shown. */
export type Started = {
  readonly http: string | null
  readonly https: string | null
  readonly ca: string | null
  readonly tenants: readonly StartedTenant[]
}
export type StartedTenant = {
  readonly id: string
  readonly displayName: string
  readonly domain: string
  readonly issuer: string
  readonly issuerHttp: string | null
  readonly users: readonly {
    readonly userPrincipalName: string
    readonly displayName: string
    /** Known only where the seed gave it as plain text. */
    readonly password: string | null
    readonly oneTimeCode: string | null
  }[]
}

/** Addresses, users and what to try first, on one screen. */
export function startReport(version: string, started: Started): string {
  const base = started.http ?? started.https ?? ''
  const isShipped = started.tenants[0]?.id === shippedTenant

  return [
    `Portcullis ${version} is ready.`,
    ...started.tenants.flatMap((tenant) => ['', ...tenantLines(tenant, base)]),
    ...(started.ca === null ? [] : ['', 'To have Node trust its certificates:', '', `  export NODE_EXTRA_CA_CERTS=${shellWord(started.ca)}`]),
    ...(isShipped ? ['', 'Try it:', '', ...story(base)] : []),
    '',
    'Ctrl+C stops it.',
  ].join('\n')
}

function tenantLines(tenant: StartedTenant, base: string): string[] {
  const others = tenant.users.length - usersShown

  return [
    `${tenant.displayName}, ${tenant.domain}`,
    '',
    ...columns([
      ['issuer', tenant.issuer],
      ...(tenant.issuerHttp === null || tenant.issuerHttp === tenant.issuer ? [] : [['', tenant.issuerHttp] as const]),
      ['home page', `${base}/${tenant.domain}`],
      ['sample app', `${base}/app`],
    ]),
    '',
    ...table([
      ['user', 'password', 'code now', ''],
      ...tenant.users.slice(0, usersShown).map((user) =>
        [user.userPrincipalName, user.password ?? '(as you set it)', user.oneTimeCode ?? '-', user.displayName]),
    ]),
    ...(others > 0 ? [`  … and ${others} more`] : []),
  ]
}

/** The tenant of `data/contoso.json`, whose story can be told because its policies are known. */
const shippedTenant = 'c0ffee00-0000-4000-8000-000000000001'
const usersShown = 12

const story = (base: string) => [
  `  1. Open ${base}/app and sign in. Under "Where are you?" choose Head office, then be alice: her password is enough.`,
  '  2. Sign out, choose Branch, be alice again: she is refused, and the page names the policy.',
  '  3. From Branch again be dave: he is asked for his code.',
]

/** As a shell reads it back. */
const shellWord = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll('\'', String.raw`'\''`)}'`)

import { UserManager } from 'oidc-client-ts'

/** The application, and the page that every answer comes to: one and the same, told apart by their paths. */
const { pathname, origin, searchParams } = new URL(location.href)
const asked = JSON.parse(pathname === '/' ? (searchParams.get('settings') ?? '{}') : (localStorage.getItem('settings') ?? '{}')) as { authority: string; client_id: string }
if (pathname === '/') localStorage.setItem('settings', JSON.stringify(asked))

const client = new UserManager({ redirect_uri: `${origin}/callback`, post_logout_redirect_uri: `${origin}/signed-out`, ...asked })
const returned = pathname === '/callback' ? client.signinCallback() : pathname === '/signed-out' ? client.signoutCallback() : Promise.resolve(undefined)

Object.assign(globalThis, { client: Promise.resolve(Object.assign(client, { returned: () => returned })) })

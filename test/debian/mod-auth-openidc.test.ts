import { spawn } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { signInWithBrowser } from '../../src/testing/browser-sign-in.ts'
import { useBrowser } from '../support/browser.ts'
import { emptyFolder } from '../support/folder.ts'
import { testCertificates } from '../support/keys.ts'
import { apps, useMock } from '../support/mock.ts'
import { clientTenant } from '../support/oidc-clients.ts'
import type { ClientTenant } from '../support/oidc-clients.ts'
import { apache, apacheModules, hasModAuthOpenidc, withoutProxy } from './debian.ts'

const server = useMock({ httpsPort: 0, certificates: testCertificates() })

/** An Apache of this test alone: own configuration, own port on the loopback, in the foreground, gone when the test is. */
async function site({ issuer }: ClientTenant): Promise<string> {
  const [folder, port] = [await emptyFolder(), await freePort()]
  const origin = `http://localhost:${port}`
  await mkdir(join(folder, 'pages', 'protected'), { recursive: true })
  await writeFile(join(folder, 'pages', 'protected', 'index.shtml'), '<title>The site</title>Hello, <!--#echo var="REMOTE_USER" -->')
  await writeFile(join(folder, 'pages', 'bye.shtml'), '<title>The site</title>Signed out')
  await chmod(folder, 0o755)
  await writeFile(join(folder, 'apache.conf'), configuration({ folder, port, origin, issuer }))

  const child = spawn(apache, ['-f', join(folder, 'apache.conf'), '-DFOREGROUND'], { env: withoutProxy, stdio: ['ignore', 'inherit', 'inherit'] })
  onTestFinished(() => new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  }))
  await expect.poll(() => fetch(`${origin}/bye.shtml`).then(({ status }) => status, () => 0), { timeout: 10_000 }).toBe(200)

  return origin
}

function configuration({ folder, port, origin, issuer }: { folder: string; port: number; origin: string; issuer: string }): string {
  return `
ServerRoot "${folder}"
ServerName localhost
Listen 127.0.0.1:${port}
DefaultRuntimeDir "${folder}"
PidFile "${folder}/apache.pid"
ErrorLog "${folder}/error.log"
User www-data
Group www-data
${['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'dir', 'mime', 'include', 'auth_openidc'].map((name) => `LoadModule ${name}_module "${apacheModules}/mod_${name}.so"`).join('\n')}
TypesConfig /dev/null
DocumentRoot "${folder}/pages"
DirectoryIndex index.shtml
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
<Directory "${folder}/pages">
  Options +Includes
  Require all granted
</Directory>

OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCClientID ${apps.salesHub}
OIDCClientSecret sales-hub-secret
OIDCRedirectURI ${origin}/protected/answer
OIDCCryptoPassphrase a-secret-of-the-site-itself
OIDCScope "openid profile email"
OIDCPKCEMethod S256
OIDCCABundlePath ${testCertificates().caFile}
OIDCRemoteUserClaim preferred_username
<Location /protected>
  AuthType openid-connect
  Require valid-user
</Location>
`
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))

  return port
}

describe.skipIf(!hasModAuthOpenidc)('mod_auth_openidc in Apache (needs apache2-bin, libapache2-mod-auth-openidc)', () => {
  const browser = useBrowser()

  test('signs in, is refused where policy blocks, recovers, and signs out at the tenant too', async () => {
    const tenant = await clientTenant(server.mock)
    const origin = await site(tenant)
    const page = await browser.newPage()
    await signInWithBrowser(tenant.sandbox, page, 'alice', { at: `${origin}/protected/`, from: 'café' })
    expect(await page.locator('main').textContent()).toContain('53003')

    await signInWithBrowser(tenant.sandbox, page, 'alice', { at: `${origin}/protected/`, from: 'office' })
    await page.waitForURL(`${origin}/protected/`)
    expect(await page.locator('body').textContent()).toContain('Hello, alice@contoso.example')

    await page.goto(`${origin}/protected/answer?${new URLSearchParams({ logout: `${origin}/bye.shtml` })}`)
    await page.waitForURL(`${origin}/bye.shtml`)
    await page.goto(`${origin}/protected/`)
    expect(page.url(), 'the tenant asks again').toContain(tenant.https)
  }, 60_000)
})

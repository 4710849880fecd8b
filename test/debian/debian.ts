import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Whether Debian's own Python has a module. Another Python of this machine would not have what apt brought. */
export function hasPythonModule(name: string): boolean {
  return spawnSync(python, ['-c', `import ${name}`], { stdio: 'ignore' }).status === 0
}

export const python = '/usr/bin/python3'
export const apache = '/usr/sbin/apache2'
export const apacheModules = '/usr/lib/apache2/modules'

export const hasModAuthOpenidc = existsSync(apache) && existsSync(`${apacheModules}/mod_auth_openidc.so`)

/** This machine's environment for a program that talks to this machine alone, whatever proxy leads out of it. */
export const withoutProxy = { ...process.env, NO_PROXY: '*', no_proxy: '*' }

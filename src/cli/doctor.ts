import { join, resolve } from 'node:path'
import { BadUse, defineCommand } from './command.ts'
import { portOf } from './ports.ts'
import type { Finding } from './doctor/findings.ts'

/** `portcullis doctor`: why a client does not get through. */
export const doctor = defineCommand({
  summary: 'Looks for what keeps clients from it: server, issuer, certificate, clock, data folder, Node',
  flags: {
    'url': { value: 'URL', says: 'The origin to look at', otherwise: 'both default ports' },
    'port': { value: 'PORT', says: 'Where it listens for HTTP', otherwise: '8400', environment: 'PORTCULLIS_PORT' },
    'https-port': { value: 'PORT', says: 'Where it listens for HTTPS', otherwise: '8443', environment: 'PORTCULLIS_HTTPS_PORT' },
    'data': { value: 'DIR', says: 'The data folder', otherwise: '.portcullis', environment: 'PORTCULLIS_DATA' },
    'control-key': { value: 'KEY', says: 'What the control API wants, where it was started with one' },
    'json': { says: 'Prints one line of JSON' },
  },
  operands: [],
  async run({ flags }, world) {
    const origins = flags.url === null
      ? [`http://localhost:${portOf('--port', flags.port, 8400)}`, `https://localhost:${portOf('--https-port', flags['https-port'], 8443)}`]
      : [originOf(flags.url)]
    const data = resolve(world.workingFolder, flags.data ?? '.portcullis')
    const { dataFinding, nodeFinding } = await import('./doctor/machine.ts')
    const { isLoopback, serverFindings } = await import('./doctor/server.ts')

    const ofServer = await serverFindings({
      origins,
      controlKey: flags['control-key'],
      extraCa: world.environment.NODE_EXTRA_CA_CERTS || null,
      caFile: join(data, 'ca.pem'),
      workingFolder: world.workingFolder,
    })
    const isRunning = ofServer.some(({ check, isOk }) => check === 'running' && isOk)
    // The folder of a server elsewhere is none of this machine's.
    const ofFolder = origins.some(isLoopback) || flags.data !== null ? [await dataFinding(data, isRunning)] : []
    const findings = [nodeFinding(process.versions.node), ...ofServer, ...ofFolder]
    const isWell = findings.every(({ isOk }) => isOk)

    if (flags.json) world.print(JSON.stringify({ ok: isWell, checks: findings.map(({ isOk, ...rest }) => ({ ...rest, ok: isOk })) }))
    else for (const finding of findings) for (const line of linesOf(finding)) world.print(line)

    return isWell ? 0 : 1
  },
})

function linesOf({ check, isOk, says, advice }: Finding): string[] {
  return [`${isOk ? 'ok    ' : 'not ok'}  ${check.padEnd(11)}  ${says}`, ...(advice === undefined ? [] : [`${' '.repeat(21)}→ ${advice}`])]
}

function originOf(text: string): string {
  const url = URL.parse(text)
  if (url && /^https?:$/.test(url.protocol)) return url.origin

  throw new BadUse(`--url wants an address like https://localhost:8443, not "${text}".`)
}

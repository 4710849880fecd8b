#!/usr/bin/env node
import * as nodeModule from 'node:module'

// Named, what an old Node has not got would be a stack trace.
if (nodeModule.registerHooks === undefined) {
  process.stderr.write(`Portcullis needs Node 22.18 or newer, and this is ${process.version}.\n`)
  process.exit(2)
}

// Before anything else is loaded, so that the second start need not compile the first one's code again.
nodeModule.enableCompileCache()
const { runCommandLine } = await import('./cli/index.ts')

// Whoever reads may stop reading: `portcullis test FILE | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

const code = await runCommandLine(process.argv.slice(2), {
  environment: process.env,
  workingFolder: process.cwd(),
  isTerminal: process.stdout.isTTY,
  print: (line) => void process.stdout.write(`${line}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
  untilStopped,
})

// What has been printed leaves first; whatever else still holds the process is not waited for.
process.exitCode = code
setTimeout(() => process.exit(code), 200).unref()

/**
 * Ctrl+C, or a polite kill. npm passes on what the terminal has sent already, so a second one is not impatience; but
 * a stop that hangs is cut short.
 */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      setTimeout(() => process.exit(1), 3000).unref()
      resolve()
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
    // npm tells the shell between us, which goes without a word: whoever ended `npm start` has ended the server.
    const { ppid: parent, env } = process
    if (env.npm_package_name === 'portcullis' && env.npm_lifecycle_event === 'start') setInterval(() => process.ppid === parent || stop(), 200).unref()
  })
}

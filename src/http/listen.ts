import type { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export type Listening = { readonly port: number; close(): Promise<void> }

/**
 * Listens on one port of every address that a name stands for: `localhost` is 127.0.0.1 and ::1, and clients try either
 * first. An address this machine does not have is passed over; a port that is taken is the caller's to tell.
 */
export async function listen(create: () => Server, port: number, host: string): Promise<Listening> {
  const addresses = host === 'localhost' ? ['127.0.0.1', '::1'] : [host]
  const servers: Server[] = []
  let bound = port
  for (const address of addresses) {
    const server = keepTrackOf(create())
    try {
      bound = await bind(server, bound, address)
      servers.push(server)
    } catch (error) {
      if (servers.length > 0 && isMissingAddress(error)) continue
      await Promise.all(servers.map(close))
      if (port === 0 && servers.length > 0 && (error as NodeJS.ErrnoException).code === 'EADDRINUSE') return listen(create, port, host)
      throw error
    }
  }

  return { port: bound, close: async () => void (await Promise.all(servers.map(close))) }
}

function bind(server: Server, port: number, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

function isMissingAddress(error: unknown): boolean {
  return ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes((error as NodeJS.ErrnoException).code ?? '')
}

/** Stops at once: what keeps a connection open is a client that has its answer, or one that has not even begun to speak TLS. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    for (const socket of open.get(server) ?? []) socket.destroy()
  })
}

/** The connections of each server. `closeAllConnections` does not know those whose handshake is not over. */
const open = new WeakMap<Server, Set<Socket>>()

function keepTrackOf(server: Server): Server {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  open.set(server, sockets)

  return server
}

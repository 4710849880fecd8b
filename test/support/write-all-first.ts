import { connect } from 'node:net'

/** What a client hears that writes all it has before it reads anything, and wants the connection closed then, as simple ones do. */
export async function writeAllFirst(port: number, path: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const head = { 'host': `localhost:${port}`, 'connection': 'close', 'content-type': 'application/json', 'content-length': String(body.length), ...headers }
  const said = [`POST ${path} HTTP/1.1`, ...Object.entries(head).map(([name, value]) => `${name}: ${value}`), '', body].join('\r\n')
  for (let at = 0; at < said.length; at += 65_536) {
    await new Promise<void>((resolve, reject) => void socket.write(said.slice(at, at + 65_536), (error) => (error ? reject(error) : resolve())))
  }
  let heard = ''
  for await (const piece of socket) heard += String(piece)

  return heard
}

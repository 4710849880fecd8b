import { badRequest } from '../refusal.ts'

/**
 * Reads a tenant file's text: JSON in which comments and trailing commas are tolerated, or YAML. The name's ending decides;
 * where it says nothing, the first character does.
 */
export async function parsedFile(text: string, name: string): Promise<unknown> {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text
  if (plain.trim() === '') throw unreadable(name, 'it is empty. `portcullis init` writes one to start from')
  const isYaml = /\.ya?ml$/i.test(name) || (!/\.jsonc?$/i.test(name) && !/^\s*(\{|\[|\/\/|\/\*)/.test(plain))

  return isYaml ? parsedYaml(plain, name) : parsedJson(plain, name)
}

function parsedJson(text: string, name: string): unknown {
  const bare = withoutComments(text)
  try {
    return JSON.parse(bare)
  } catch (error) {
    throw unreadable(name, `it is not JSON: ${placed(bare, (error as Error).message)}`)
  }
}

async function parsedYaml(text: string, name: string): Promise<unknown> {
  const { parseDocument } = await import('yaml')
  const document = parseDocument(text, { prettyErrors: true })
  const [error] = document.errors
  if (error) throw unreadable(name, `it is not YAML: ${error.message.split('\n')[0]?.replace(/:$/, '') ?? ''}`)
  try {
    return document.toJS({ maxAliasCount: 1000 })
  } catch (tooMuch) {
    throw unreadable(name, `it is not YAML: ${(tooMuch as Error).message}`)
  }
}

function unreadable(name: string, why: string) {
  return badRequest([{ path: '', message: `${name} cannot be read: ${why}.` }])
}

/** The parser's complaint with line and column where it gives a position. */
function placed(text: string, message: string): string {
  const position = /at position (\d+)/.exec(message)?.[1]
  if (position === undefined || /line \d+/.test(message)) return message
  const lines = text.slice(0, Number(position)).split('\n')

  return `${message} (line ${lines.length} column ${(lines.at(-1)?.length ?? 0) + 1})`
}

/** Comments and trailing commas turned into blanks, so that every position stays what it was. */
function withoutComments(text: string): string {
  const blank = (part: string) => part.replace(/[^\n]/g, ' ')
  const bare = text.replace(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (part) => (part.startsWith('"') ? part : blank(part)))

  return bare.replace(/"(?:[^"\\\n]|\\.)*"|,(?=\s*[}\]])/g, (part) => (part.startsWith('"') ? part : ' '))
}

import { badRequest } from '../refusal.ts'
import { jsonFault } from './json-fault.ts'

/**
 * Reads a tenant file's text: JSON in which comments and trailing commas are tolerated, or YAML. The name's ending decides;
 * where it says nothing, the first character does.
 */
export async function parsedFile(text: string, name: string): Promise<unknown> {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text
  if (plain.trim() === '') throw unreadable(name, 'it is empty. `portcullis init` writes one to start from')
  if (plain.includes('\0') || plain.startsWith('\uFFFD')) throw unreadable(name, 'it is not UTF-8. Save it as UTF-8')
  const isYaml = /\.ya?ml$/i.test(name) || (!/\.jsonc?$/i.test(name) && !/^\s*(\{|\[|\/\/|\/\*)/.test(plain))

  return isYaml ? parsedYaml(plain, name) : parsedJson(plain, name)
}

function parsedJson(text: string, name: string): unknown {
  const bare = withoutComments(text)
  try {
    return JSON.parse(bare)
  } catch (error) {
    const fault = jsonFault(bare)
    throw unreadable(name, `it is not JSON: ${fault ? `line ${fault.line}, column ${fault.column}: ${fault.message}` : (error as Error).message}`)
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

/** Comments and trailing commas turned into blanks, so that every position stays what it was. */
function withoutComments(text: string): string {
  const blank = (part: string) => part.replace(/[^\n]/g, ' ')
  const bare = text.replace(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (part) => (part.startsWith('"') ? part : blank(part)))

  return bare.replace(/"(?:[^"\\\n]|\\.)*"|,(?=\s*[}\]])/g, (part) => (part.startsWith('"') ? part : ' '))
}

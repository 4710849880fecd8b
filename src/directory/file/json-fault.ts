/** Where a text stops being JSON, and what was expected there: the parser of the platform tells neither reliably. */
export type JsonFault = { readonly line: number; readonly column: number; readonly message: string }

type Token = { readonly kind: string; readonly text: string; readonly start: number }
type Frame = { readonly close: '}' | ']'; readonly start: number }

const token = /\s*(?:("(?:[^"\\\n\r\t]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.]))|(true|false|null)(?!\w)|([{}[\],:]))/y

/** Walks through the text as far as it is JSON. Null when all of it is. */
export function jsonFault(text: string): JsonFault | null {
  const stack: Frame[] = []
  let expected: Expected = 'a value'
  let at = 0

  for (;;) {
    const next = tokenAt(text, at)
    if (next === null) {
      const start = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0)
      if (start < text.length) return fault(text, start, `${shownAt(text, start)} is not JSON; expected ${expected}`)

      return expected === 'the end' ? null : fault(text, lastOpen(stack, text), stack.length > 0 ? `what begins here has no end; expected ${expected}` : `expected ${expected}`)
    }
    const after = step(next, expected, stack)
    if (after === null) return fault(text, next.start, `expected ${expected}, found ${next.text}`)
    expected = after
    at = next.start + next.text.length
  }
}

type Expected = 'a value' | 'a value or ]' | 'a name in quotes' | 'a name in quotes or }' | ':' | ', or }' | ', or ]' | 'the end'

/** What may come after a token; null when the token may not come. */
function step({ kind, start }: Token, expected: Expected, stack: Frame[]): Expected | null {
  const wantsValue = expected === 'a value' || expected === 'a value or ]'
  if (wantsValue && kind === '{') {
    stack.push({ close: '}', start })

    return 'a name in quotes or }'
  }
  if (wantsValue && kind === '[') {
    stack.push({ close: ']', start })

    return 'a value or ]'
  }
  if (wantsValue && ['string', 'number', 'literal'].includes(kind)) return afterValue(stack)
  if (expected.startsWith('a name') && kind === 'string') return ':'
  if (expected === ':' && kind === ':') return 'a value'
  if (expected.startsWith(', or') && kind === ',') return stack.at(-1)?.close === '}' ? 'a name in quotes' : 'a value'
  if (stack.at(-1)?.close === kind && expected.endsWith(kind)) {
    stack.pop()

    return afterValue(stack)
  }

  return null
}

function afterValue(stack: readonly Frame[]): Expected {
  const frame = stack.at(-1)

  return frame === undefined ? 'the end' : frame.close === '}' ? ', or }' : ', or ]'
}

function tokenAt(text: string, at: number): Token | null {
  token.lastIndex = at
  const match = token.exec(text)
  if (match === null) return null
  const [whole, string, number, literal, sign] = match
  const found = string ?? number ?? literal ?? sign ?? ''
  const kind = string !== undefined ? 'string' : number !== undefined ? 'number' : literal !== undefined ? 'literal' : found

  return { kind, text: found, start: at + whole.length - found.length }
}

function lastOpen(stack: readonly Frame[], text: string): number {
  return stack.at(-1)?.start ?? text.length
}

function shownAt(text: string, start: number): string {
  return /^\S{1,20}/.exec(text.slice(start))?.[0] ?? 'this'
}

function fault(text: string, start: number, message: string): JsonFault {
  const lines = text.slice(0, start).split('\n')

  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1, message }
}

import { parse } from 'node-html-parser'
import type { HTMLElement } from 'node-html-parser'
import { describe, expect, test } from 'vitest'
import { createViews } from '../../src/http/views.ts'
import { samples } from '../browser/samples.ts'
import type { AllPages, Sample } from '../browser/samples.ts'

const views = createViews<AllPages>()
const htmlOf = ({ page, model }: Sample) => views.render(page, model)
const pages = Object.entries(samples).map(([name, sample]) => ({ name, sample, html: parse(htmlOf(sample)) }))
const steps = pages.filter(({ sample }) => 'whereAreYou' in sample.model)

describe('every page', () => {
  for (const { name, sample, html } of pages) {
    test(`${name}: says in what language it is, has one main part and one heading`, () => {
      expect(html.querySelector('html')?.getAttribute('lang')).toBe('en')
      expect([html.querySelectorAll('main').length, html.querySelectorAll('h1').length]).toEqual([1, 1])
    })

    test(`${name}: holds no style, script or handler of its own, which its rules would forbid`, () => {
      const everything = html.querySelectorAll('*')

      expect(everything.filter((each) => each.tagName === 'STYLE' || (each.tagName === 'SCRIPT' && each.textContent.trim() !== ''))).toEqual([])
      expect(everything.flatMap((each) => Object.keys(each.attributes)).filter((attribute) => attribute === 'style' || attribute.startsWith('on'))).toEqual([])
    })

    test(`${name}: names nothing twice, and every label and reference points at something`, () => {
      const ids = html.querySelectorAll('[id]').map((each) => each.id)
      const references = ['for', 'aria-describedby', 'aria-labelledby'].flatMap((attribute) => html.querySelectorAll(`[${attribute}]`).flatMap((each) => each.getAttribute(attribute)?.split(' ') ?? []))

      expect(ids).toEqual([...new Set(ids)])
      expect(references.filter((reference) => !ids.includes(reference))).toEqual([])
    })

    test(`${name}: shows whatever it is given as text`, () => {
      const marker = `"'><b id=broken-out>&`
      const html = parse(htmlOf({ ...sample, model: poisoned(sample.model, marker) } as Sample))

      expect(html.querySelectorAll('#broken-out')).toEqual([])
    })
  }

  test('no page is called like another step', () => {
    const titles = new Map(pages.map(({ sample, html }) => [sample.page, titleOf(html).replace(/^Error: /, '')]))

    expect(new Set(titles.values()).size).toBe(titles.size)
  })
})

describe('a sign-in page', () => {
  for (const { name, sample, html } of steps) {
    const [form] = html.querySelectorAll('main form')
    const model = sample.model as AllPages['user-name']

    test(`${name}: what it wants done is the first form of its main part, and carries the hidden fields`, () => {
      expect(form?.getAttribute('action')).toBe('/echo')
      expect(form?.getAttribute('method')).toBe('post')
      expect(form?.querySelector('input[name=csrf]')?.getAttribute('value')).toBe('a-token')
    })

    test(`${name}: the first submit button of that form goes on`, () => {
      const [button] = form?.querySelectorAll('button') ?? []

      expect(button?.getAttribute('type')).toBe('submit')
      expect(button?.getAttribute('formaction')).toBeUndefined()
    })

    test(`${name}: "Where are you?" is folded away, outside its main part, and only there when it may be answered`, () => {
      const panels = html.querySelectorAll('details').filter((each) => each.textContent.includes('Where are you?'))

      expect(panels.map((panel) => [panel.hasAttribute('open'), panel.closest('main')])).toEqual(model.whereAreYou ? [[false, null]] : [])
    })

    test(`${name}: an error is announced and belongs to what it is about`, () => {
      const alerts = html.querySelectorAll('[role=alert]').map(({ id }) => id)
      const about = html.querySelectorAll('main [aria-describedby~=problem]').filter((each) => each.getAttribute('aria-invalid') === 'true')

      expect(alerts).toEqual(model.error ? ['problem'] : [])
      expect(about.length > 0).toBe(model.error !== null)
      expect(titleOf(html).startsWith('Error: ')).toBe(model.error !== null)
    })
  }

  const fields: { readonly [P in keyof AllPages]?: Readonly<Record<string, string | undefined>> } = {
    'user-name': { username: 'username' },
    'password': { password: 'current-password' },
    'one-time-code': { code: 'one-time-code' },
    'register': { code: 'one-time-code' },
    'change-password': { password: 'current-password', newPassword: 'new-password' },
    'stay-signed-in': {},
    'pick-account': {},
    'terms-of-use': {},
    'external-challenge': {},
    'consent': { organization: undefined },
  }

  for (const [page, expected] of Object.entries(fields)) {
    test(`${page} asks for ${Object.keys(expected).join(' and ') || 'nothing'}, in words that password managers know`, () => {
      const { html } = steps.find(({ sample }) => sample.page === page) ?? {}
      const inputs = html?.querySelectorAll('main input').filter((input) => input.getAttribute('type') !== 'hidden') ?? []

      expect(Object.fromEntries(inputs.map((input) => [input.getAttribute('name'), input.getAttribute('autocomplete')]))).toEqual(expected)
    })
  }

  const buttons: { readonly [P in keyof AllPages]?: readonly (readonly [name: string | undefined, value: string | undefined])[] } = {
    'stay-signed-in': [['stay', 'yes'], ['stay', 'no']],
    'pick-account': [['account', 'b1'], ['account', 'b3'], ['account', ''], [undefined, undefined]],
    'terms-of-use': [['accept', 'yes'], [undefined, undefined]],
  }

  for (const [page, expected] of Object.entries(buttons)) {
    test(`${page} is answered by pressing a button`, () => {
      const { html } = steps.find(({ sample }) => sample.page === page) ?? {}

      expect(html?.querySelectorAll('main button').map((button) => [button.getAttribute('name'), button.getAttribute('value')])).toEqual(expected)
    })
  }

  test('where registration can wait, it is skipped without a code', () => {
    const { html } = steps.find(({ name }) => name === 'register, skippable') ?? {}
    const skip = html?.querySelector('button[name=skip]')

    expect([skip?.textContent, skip?.hasAttribute('formnovalidate')]).toEqual(['Skip for now (14 days left)', true])
  })

  test('where registration cannot wait, there is nothing to skip', () => {
    expect(steps.find(({ name }) => name === 'register')?.html.querySelector('[name=skip]')).toBeNull()
  })
})

describe('the error page', () => {
  for (const { name, html } of pages.filter(({ sample }) => sample.page === 'error')) {
    test(`${name}: asks for nothing`, () => expect(html.querySelectorAll('input, select, textarea, button, form')).toEqual([]))
  }

  test('it names the policies that blocked, what to do, and the details for support', () => {
    const main = pages.find(({ name }) => name === 'error, blocked')?.html.querySelector('main')

    expect(main?.querySelectorAll('.because li').map((each) => each.textContent)).toEqual(['Sales Hub only from trusted locations'])
    expect(main?.textContent).toContain('Go to a trusted place')
    expect(main?.querySelector('details')?.textContent).toMatch(/AADSTS53003[\s\S]*Correlation id[\s\S]*203\.0\.113\.9/)
  })
})

function titleOf(html: HTMLElement): string {
  return html.querySelector('title')?.textContent ?? ''
}

/** The same model, with every text in it ending in something that tries to become markup. */
function poisoned<T>(value: T, marker: string): T {
  if (typeof value === 'string') return `${value}${marker}` as T
  if (Array.isArray(value)) return value.map((each) => poisoned(each, marker)) as T
  if (value === null || typeof value !== 'object') return value

  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, poisoned(each, marker)])) as T
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createViews } from '../../src/http/views.ts'

type Greetings = { greeting: { readonly name: string }; missing: object }

async function ownFolder(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'views-test-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)))

  return folder
}

test('a template shows what it is given', async () => {
  const views = createViews<Greetings>(await ownFolder({ 'greeting.eta': '<p>Hello <%= it.name %></p>' }))

  expect(views.render('greeting', { name: 'Alice' })).toBe('<p>Hello Alice</p>')
})

test('whatever is interpolated is escaped', async () => {
  const views = createViews<Greetings>(await ownFolder({ 'greeting.eta': '<p title="<%= it.name %>">' }))

  expect(views.render('greeting', { name: `"><script>'&` })).toBe('<p title="&quot;&gt;&lt;script&gt;&#39;&amp;">')
})

test('a template of one’s own may stand in the shipped layout', async () => {
  const views = createViews<Greetings>(await ownFolder({ 'greeting.eta': "<% layout('layout', { title: 'Greeting' }) %><h1>Hello</h1>" }))
  const html = views.render('greeting', { name: 'Alice' })

  expect(html).toMatch(/^<!doctype html>/i)
  expect(html).toContain('<h1>Hello</h1>')
})

test('a layout of one’s own takes the place of the shipped one', async () => {
  const views = createViews<Greetings>(await ownFolder({ 'layout.eta': 'Mine: <%~ it.body %>', 'greeting.eta': "<% layout('layout') %>hello" }))

  expect(views.render('greeting', { name: '' })).toBe('Mine: hello')
})

test('a template is read once', async () => {
  const folder = await ownFolder({ 'greeting.eta': 'first' })
  const views = createViews<Greetings>(folder)
  views.render('greeting', { name: '' })
  await writeFile(join(folder, 'greeting.eta'), 'second')

  expect(views.render('greeting', { name: '' })).toBe('first')
})

test('a template that is not there is named', () => {
  expect(() => createViews<Greetings>().render('missing', {})).toThrow(/missing\.eta/)
})

test('a name cannot lead out of the folder', () => {
  expect(() => createViews<Record<string, object>>().render('../package', {})).toThrow(/no template/)
})

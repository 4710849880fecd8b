import { expect, test } from 'vitest'
import { HttpRefusal, refusals, sayPageOrJson } from '../../src/http/errors.ts'
import { serve } from './serve.ts'

const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const page = sayPageOrJson(({ status, message }) => `<h1>${status}</h1><p>${message}</p>`)
const refuse = () => {
  throw new HttpRefusal(409, 'already_there', 'There is a location of that name. Choose another.')
}
const fail = () => {
  throw new Error('secret detail of the inside')
}

test('a refusal becomes its status, its code and its sentence', async () => {
  const server = await serve(refusals(), refuse)
  const answer = await server.fetch('/')

  expect(answer.status).toBe(409)
  expect(await answer.json()).toEqual({ error: { code: 'already_there', message: 'There is a location of that name. Choose another.' } })
  expect(server.mistakes).toEqual([])
})

test('a refusal is a page for a browser', async () => {
  const server = await serve(refusals(page), refuse)
  const answer = await server.fetch('/', { headers: html })

  expect(answer.headers.get('content-type')).toContain('text/html')
  expect(await answer.text()).toContain('<h1>409</h1>')
})

test('a refusal is JSON for a program, whatever a browser would get', async () => {
  const server = await serve(refusals(page), refuse)

  expect((await server.fetch('/')).headers.get('content-type')).toContain('application/json')
})

test('a mistake is reported inside and says nothing outside', async () => {
  const server = await serve(refusals(), fail)
  const answer = await server.fetch('/')
  const text = await answer.text()

  expect(answer.status).toBe(500)
  expect(text).not.toMatch(/secret|at .*\.ts/)
  expect(server.mistakes.map(({ message }) => message)).toEqual(['secret detail of the inside'])
})

test('what is thrown and is no error is a mistake too', async () => {
  const thrown: unknown = 'text'
  const server = await serve(refusals(), () => {
    throw thrown
  })

  expect((await server.fetch('/')).status).toBe(500)
  expect(server.mistakes).toHaveLength(1)
})

test('an error that Koa shows to strangers is a refusal', async () => {
  const server = await serve(refusals(), (ctx) => ctx.throw(400, 'Bad path.'))
  const answer = await server.fetch('/')

  expect([answer.status, await answer.json()]).toEqual([400, { error: { code: 'bad_request', message: 'Bad path.' } }])
})

test('an error that Koa hides is a mistake', async () => {
  const server = await serve(refusals(), (ctx) => ctx.throw(503, 'Database down.'))
  const answer = await server.fetch('/')

  expect(answer.status).toBe(500)
  expect(await answer.text()).not.toContain('Database')
})

test('a path that nobody serves is not found', async () => {
  const server = await serve(refusals())
  const answer = await server.fetch('/nowhere')

  expect([answer.status, await answer.json()]).toEqual([404, { error: { code: 'not_found', message: 'Nothing is served at /nowhere.' } }])
})

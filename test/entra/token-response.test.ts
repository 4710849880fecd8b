import { describe, expect, test } from 'vitest'
import { tokenResponse } from '../../src/entra/tokens.ts'

const body = { access_token: 'a.t.k', expires_in: 4223, id_token: 'i', refresh_token: 'r', scope: 'User.Read', token_type: 'Bearer' }
const daemonBody = { access_token: 'a.t.k', expires_in: 3599, scope: 'x', token_type: 'Bearer' }

describe('the answer of the token endpoint', () => {
  test('to a sign-in has exactly these members', () => {
    expect(tokenResponse(body, { grant: 'authorization_code', clientInfo: 'ci' })).toEqual({
      token_type: 'Bearer', scope: 'User.Read profile openid email', expires_in: 4223, ext_expires_in: 4223, access_token: 'a.t.k', refresh_token: 'r', id_token: 'i', client_info: 'ci',
    })
  })

  test('to an application alone has four', () => {
    expect(tokenResponse(daemonBody, { grant: 'client_credentials', clientInfo: 'ci' })).toEqual({ token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: 'a.t.k' })
  })

  test('says no client_info that was not asked for', () => expect(tokenResponse(body, { grant: 'authorization_code' })).not.toHaveProperty('client_info'))
  test('without an ID token says the scopes alone', () => {
    expect(tokenResponse({ ...body, id_token: undefined }, { grant: 'refresh_token' })).toMatchObject({ scope: 'User.Read' })
  })
  test('repeats scopes as they were asked for, and offline_access never', () => {
    expect(tokenResponse(body, { grant: 'authorization_code', scopes: ['openid', 'offline_access', 'api://sales-api/Orders.Read'] }).scope).toBe('api://sales-api/Orders.Read profile openid email')
  })
  test('tells a single-page app how long its refresh token has left', () => {
    expect(tokenResponse(body, { grant: 'refresh_token', refreshTokenExpiresIn: 80_000 }).refresh_token_expires_in).toBe(80_000)
    expect(tokenResponse({ ...body, refresh_token: undefined }, { grant: 'refresh_token', refreshTokenExpiresIn: 80_000 })).not.toHaveProperty('refresh_token_expires_in')
  })
  test('has a long token renewed from half-time on', () => {
    expect(tokenResponse({ ...body, expires_in: 28_800 }, { grant: 'authorization_code' }).refresh_in).toBe(14_400)
    expect(tokenResponse(body, { grant: 'authorization_code' })).not.toHaveProperty('refresh_in')
  })
  test('of v1 counts in text, and says what it is for', () => {
    expect(tokenResponse(daemonBody, { grant: 'client_credentials', version: 'v1', now: 1_000_000, resource: 'https://graph.microsoft.com' })).toEqual({
      token_type: 'Bearer', expires_in: '3599', ext_expires_in: '3599', expires_on: '4599', not_before: '700', resource: 'https://graph.microsoft.com', access_token: 'a.t.k',
    })
  })
})

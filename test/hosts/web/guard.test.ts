import { describe, expect, it } from 'vitest'
import { guardFor } from '../../../src-main/hosts/web/guard.ts'

const token = 'rAnDoM_-token'
const guard = guardFor(4321, token)
const refusal = (headers: Record<string, string>, url = '/') =>
  guard.refusal({
    headers: { host: '127.0.0.1:4321', cookie: `erratum-4321=${token}`, ...headers },
    url
  })

describe('the guard of the web host', () => {
  it.each(['127.0.0.1:4321', 'localhost:4321', '[::1]:4321'])('answers as %s', (host) => {
    expect(refusal({ host, origin: `http://${host}` })).toBeUndefined()
    expect(refusal({ host })).toBeUndefined()
  })

  it.each([
    '',
    'evil.example',
    'evil.example:4321',
    'localhost',
    'localhost:80',
    '127.0.0.1',
    '127.0.0.1:43210',
    '127.0.0.1:4321.evil.example',
    'localhost.evil.example:4321',
    'evil@127.0.0.1:4321',
    '127.0.0.2:4321',
    '0.0.0.0:4321',
    '2130706433:4321'
  ])('does not answer as "%s", whatever the token', (host) => {
    expect(refusal({ host }, `/?token=${token}`)).toMatch(/host/)
  })

  it('does not answer without a host', () => {
    expect(guard.refusal({ headers: {}, url: `/?token=${token}` })).toMatch(/\(none\)/)
  })

  it.each([
    '',
    'null',
    'http://evil.example',
    'http://127.0.0.1:8888',
    'http://127.0.0.1',
    'https://127.0.0.1:4321',
    'http://127.0.0.1:4321.evil.example',
    'app://bundle',
    'file://'
  ])('does not answer a page of "%s", whatever the token', (origin) => {
    expect(refusal({ origin }, `/?token=${token}`)).toMatch(/comes from a page of/)
  })

  it('takes the token from the address or its cookie, and nothing like it', () => {
    const none = { cookie: '' }
    expect(refusal(none, `/?token=${token}`)).toBeUndefined()
    expect(refusal({ cookie: `a=b; erratum-4321=${token};c=d` })).toBeUndefined()
    for (const url of [
      '/',
      '/?token=',
      `/?token=${token}x`,
      `/?token=${token.slice(0, -1)}`,
      `/?token=${token.toLowerCase()}`,
      `/?Token=${token}`,
      `/?x=${token}`,
      `/#token=${token}`,
      `/?token=&token=${token}`,
      `/?token[]=${token}`,
      `/${token}`,
      '/?token=%00',
      '/?token=undefined'
    ]) {
      expect(refusal(none, url), url).toMatch(/token is missing/)
    }
    for (const cookie of [
      `erratum-4322=${token}`,
      `erratum-4321=${token}x`,
      'erratum-4321=',
      'erratum-4321',
      `xerratum-4321=${token}`,
      `erratum-4321=other; erratum-4321=${token}`,
      token
    ]) {
      expect(refusal({ cookie }), cookie).toMatch(/token is missing/)
    }
  })

  it.each(['//[', 'http://[', '//'])('refuses the address %s, which is none', (url) => {
    expect(refusal({}, url)).toBe('The address cannot be read.')
    expect(guard.isPrintedAddress({ headers: {}, url })).toBe(false)
  })

  it('hands a cookie out that no script reads and no other site sends', () => {
    expect(guard.cookie).toBe(`erratum-4321=${token}; Path=/; HttpOnly; SameSite=Strict`)
  })
})

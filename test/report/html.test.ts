import { expect, it } from 'vitest'
import { dataText, html } from '../../src-main/report/html.ts'

it('escapes whatever is not markup of its own', () => {
  const hostile = `<script>alert("1")</script> & 'x' \`y\``
  expect(html`<p title="${hostile}">${hostile}</p>`.toString()).not.toMatch(/<script|"1"|'x'|`/)
  expect(html`<p>${html`<b>${'<i>'}</b>`}</p>`.toString()).toBe('<p><b>&lt;i&gt;</b></p>')
})

it('joins lists and leaves out what is not there', () => {
  expect(html`${[1, 'a', [html`<br />`]]}${false}${null}${undefined}${0}`.toString()).toBe(
    '1a<br />0'
  )
})

it('does not take an object that looks like markup for markup', () => {
  const forged = { toString: () => '<script>' } as unknown as string
  expect(html`${forged}`.toString()).toBe('&lt;script&gt;')
})

it('replaces what HTML does not allow', () => {
  expect(html`${'a\u0000b\ud800c\u0085d\ne'}`.toString()).toBe('a\ufffdb\ufffdc\ufffdd\ne')
})

it('refuses numbers that are none: they would break a drawing', () => {
  expect(() => html`${Number.NaN}`).toThrow(RangeError)
  expect(() => html`${Infinity}`).toThrow(RangeError)
})

it('isolates the direction of data', () => {
  expect(dataText('\u202eabc').toString()).toBe('<bdi dir="auto">\u202eabc</bdi>')
})

import { parse } from 'csv-parse/sync'
import { afterEach, expect, it, vi } from 'vitest'
import { csvOf, save, svgOf } from '../../../src-renderer/state/saving.ts'

afterEach(() => vi.restoreAllMocks())

it('writes CSV that another reader reads back', () => {
  const rows = [
    ['plain', '1'],
    ['a, b', '-2.5'],
    ['he said "no"', '0'],
    ['two\r\nlines', '']
  ]
  expect(parse(csvOf(['title', 'value'], rows))).toEqual([['title', 'value'], ...rows])
})

it('ends every line as RFC 4180 wants it', () => {
  expect(csvOf(['k', 'p'], [[5, 0.25]])).toBe('k,p\r\n5,0.25\r\n')
})

it('offers a file under its name', async () => {
  const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue()
  const made = vi.spyOn(URL, 'createObjectURL')
  save('chart.csv', 'text/csv', 'k\r\n')
  expect((click.mock.contexts[0] as HTMLAnchorElement).download).toBe('chart.csv')
  const blob = made.mock.calls[0]![0] as Blob
  expect(blob.type).toBe('text/csv')
  expect(await blob.text()).toBe('k\r\n')
})

it('writes the page’s styles into a chart, and leaves the page’s own as it is', () => {
  document.body.innerHTML =
    '<style>.mark { fill: rgb(1, 2, 3) }</style><svg><circle class="mark" r="4"></circle></svg>'
  const chart = document.querySelector('svg')!
  const written = svgOf(chart)
  expect(written).toContain('xmlns="http://www.w3.org/2000/svg"')
  expect(written).toContain('fill: rgb(1, 2, 3)')
  expect(written).not.toContain('class=')
  expect(chart.querySelector('.mark')?.getAttribute('style')).toBeNull()
})

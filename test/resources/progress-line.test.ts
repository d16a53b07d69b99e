import { expect, test } from 'vitest'
import { ProgressLine } from '../../resources/setup/progress-line.ts'

/** What a terminal would show in the end, line by line. */
function shown(isTTY: boolean, use: (line: ProgressLine) => void): string[] {
  let written = ''
  use(new ProgressLine({ isTTY, write: (text) => (written += text) }))
  return written.split('\n').map((line) => line.split('\r\u001b[K').at(-1)!)
}

test('a line is written over, and says at its end how far it came', () => {
  const lines = shown(true, (line) => {
    for (const done of [1e6, 2e6, 3e6]) line.tell('a.zip', done, 3e6)
    for (const done of [1e6, 2e6]) line.tell('b.zip', done, 3e6)
    line.end()
    line.end()
  })
  expect(lines).toEqual(['a.zip: 3.0 MB of 3.0 MB', 'b.zip: 2.0 MB of 3.0 MB', ''])
})

test('where the size is not known, or it breaks off, the next line is another one', () => {
  const lines = shown(true, (line) => {
    line.tell('a.zip', 1e6, undefined)
    line.tell('a.zip', 2e6, undefined)
    line.tell('b.zip', 5e5, 4e6)
    line.end()
  })
  expect(lines).toEqual(['a.zip: 2.0 MB', 'b.zip: 0.50 MB of 4.0 MB', ''])
})

test('what is no terminal is told nothing', () => {
  const lines = shown(false, (line) => {
    line.tell('a.zip', 1e6, 1e6)
    line.end()
  })
  expect(lines).toEqual([''])
})

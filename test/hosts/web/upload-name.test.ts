import { basename, join, posix, win32 } from 'node:path'
import { describe, expect, it } from 'vitest'
import { uploadName } from '../../../src-main/hosts/web/upload-name.ts'

describe('the name of an uploaded file', () => {
  it.each([
    ['films.csv', 'films.csv'],
    ['Kritiken größer.csv', 'Kritiken größer.csv'],
    ['映画.parquet', '映画.parquet'],
    ['.hidden.csv', '.hidden.csv'],
    ['a..b.csv', 'a..b.csv'],
    ['../../etc/passwd', 'passwd'],
    ['/etc/passwd', 'passwd'],
    ['..\\..\\windows\\system.ini', 'system.ini'],
    ['C:\\fakepath\\films.csv', 'films.csv'],
    ['C:films.csv', 'C-films.csv'],
    ['films.csv:stream', 'films.csv-stream'],
    ['fil\0ms\n.csv', 'films.csv'],
    ['a<b>"c"|d?*.csv', 'a-b--c--d--.csv'],
    ['  films.csv ', 'films.csv'],
    ['%2e%2e%2ffilms.csv', '%2e%2e%2ffilms.csv'],
    [`${'long'.repeat(100)}.csv`, `${'long'.repeat(19)}.csv`]
  ])('%j becomes %j', (given, name) => {
    expect(uploadName(given)).toBe(name)
  })

  it.each(['', '.', '..', '...', '/', '\\', 'films.csv/', '../', '.\0.', '\0', ' ', ' .. '])(
    'there is none in %j',
    (given) => expect(uploadName(given)).toBeUndefined()
  )

  it('is one part of a path, and fits on any disk', () => {
    const pieces = ['..', '/', '\\', '\0', ':', ' ', '😀'.repeat(50), 'é', '.csv', '\ud83d']
    for (const a of pieces)
      for (const b of pieces)
        for (const c of pieces) {
          const name = uploadName(a + b + c)
          if (name === undefined) continue
          for (const { sep } of [posix, win32]) expect(name).not.toContain(sep)
          expect(basename(join('/uploads', name))).toBe(name)
          expect(Buffer.byteLength(name)).toBeLessThanOrEqual(240)
        }
  })
})

import { expect, it } from 'vitest'
import { contentKey } from '../../src-main/project/content-key.ts'

it('does not depend on the order of fields, at any depth', () => {
  const key = contentKey({ seed: 1, edits: [{ kind: 'remove', row: 4 }] })
  expect(contentKey({ edits: [{ row: 4, kind: 'remove' }], seed: 1 })).toBe(key)
  expect(key).toMatch(/^[0-9a-f]{32}$/)
})

it('depends on everything else', () => {
  const keys = [{ a: 1 }, { a: 2 }, { b: 1 }, [['a', 1]], { a: [1, 2] }, { a: [2, 1] }, {}, null]
  expect(new Set(keys.map(contentKey)).size).toBe(keys.length)
  expect(contentKey({ a: undefined })).toBe(contentKey({}))
})

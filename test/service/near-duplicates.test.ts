import { expect, it } from 'vitest'
import { groupNearDuplicates } from '../../src-main/service/near-duplicates.ts'

it('groups texts that are nearly the same with the first of them', () => {
  const texts = [
    'a gripping tale of love and loss',
    'the plot is nothing but boilerplate cliches',
    'A gripping tale of love, and loss!',
    'the plot is nothing but boilerplate',
    'something else altogether'
  ]
  expect(groupNearDuplicates(texts)).toEqual([0, 1, 0, 1, 4])
})

it('takes texts without a word for themselves', () => {
  expect(groupNearDuplicates(['', ' ', 'a'])).toEqual([0, 1, 2])
})

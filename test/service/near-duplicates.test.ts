import { expect, it } from 'vitest'
import { groupNearDuplicates } from '../../src-main/service/near-duplicates.ts'
import { tokenize } from '../../src-main/tokens/tokenize.ts'

const groupsOf = (texts: readonly string[]) =>
  groupNearDuplicates(texts.map((text) => new Set(tokenize(text).map(({ word }) => word))))

it('groups texts that are nearly the same with the first of them', () => {
  const texts = [
    'a gripping tale of love and loss',
    'the plot is nothing but boilerplate cliches',
    'A gripping tale of love, and loss!',
    'the plot is nothing but boilerplate',
    'something else altogether'
  ]
  expect(groupsOf(texts)).toEqual([0, 1, 0, 1, 4])
})

it('takes texts without a word for themselves', () => {
  expect(groupsOf(['', ' ', 'a'])).toEqual([0, 1, 2])
})

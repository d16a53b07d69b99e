import { expect, it } from 'vitest'
import { uniformStream } from '../../src-main/random.ts'
import { groupNearDuplicates } from '../../src-main/service/near-duplicates.ts'
import { tokenize } from '../../src-main/tokens/tokenize.ts'

/** The groups of texts whose words are numbered as they come. */
function groupsOf(texts: readonly string[]): number[] {
  const ids = new Map<string, number>()
  const idOf = (word: string) => ids.get(word) ?? (ids.set(word, ids.size), ids.size - 1)
  return groupNearDuplicates(
    texts.map((text) => Int32Array.from(tokenize(text), ({ word }) => idOf(word)))
  )
}

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

it('finds what comparing each with each finds', () => {
  const uniform = uniformStream(1)
  const texts: Int32Array[] = []
  for (let n = 0; n < 300; n++) {
    const like = texts[Math.floor(2 * uniform() * n)]
    // Half of them are another text with up to half of its words replaced.
    const share = uniform() / 2
    const draw = () => Math.floor(60 * uniform() ** 2)
    const length = Math.floor(30 * uniform())
    texts.push(
      like?.map((id) => (uniform() < share ? draw() : id)) ?? Int32Array.from({ length }, draw)
    )
  }
  const sets = texts.map((ids) => new Set(ids))
  const wanted: number[] = []
  for (const [n, a] of sets.entries()) {
    const first = sets.slice(0, n).findIndex((b) => {
      const shared = [...a].filter((id) => b.has(id)).length
      return shared > 0 && shared / (a.size + b.size - shared) >= 0.7
    })
    wanted.push(first < 0 ? n : wanted[first]!)
  }
  expect(new Set(wanted).size, 'some are alike').toBeLessThan(250)
  expect(groupNearDuplicates(texts)).toEqual(wanted)
})

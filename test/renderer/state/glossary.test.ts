import { expect, it } from 'vitest'
import { glossary } from '../../../src-renderer/state/glossary.ts'

it.each(Object.entries(glossary))('says what %s means in whole sentences', (word, meaning) => {
  expect(meaning).toMatch(/^[A-Z].*\.$/)
  expect(meaning.length, 'fits a tooltip').toBeLessThan(160)
  // A word that is explained by itself is not explained.
  expect(meaning.toLowerCase().startsWith(`the ${word.toLowerCase()} `)).toBe(false)
})

/** Texts with their words shaded by influence, and the influences as text beside them. */
import { dataText, html } from './html.ts'
import type { Insertable, Markup } from './html.ts'
import { signed } from './numbers.ts'

export interface WordInfluence {
  word: string
  influence: number
}

/** How many words are listed with their influence below a text. */
const listedWords = 6

/** A text as runs of letters, digits and marks (with inner apostrophes and hyphens), and the rest. */
export function splitWords(text: string): string[] {
  return text.match(/[\p{L}\p{N}\p{M}]+(?:['’_-][\p{L}\p{N}\p{M}]+)*|[^\p{L}\p{N}\p{M}]+/gu) ?? []
}

/** The text with its influential words shaded: against in orange, for in blue, by magnitude. */
export function shadedText(text: string, words: readonly WordInfluence[]): Markup {
  const influences = new Map(words.map(({ word, influence }) => [word.toLowerCase(), influence]))
  const largest = Math.max(...words.map(({ influence }) => Math.abs(influence)), 0)
  const parts = splitWords(text).map((part): Insertable => {
    const influence = influences.get(part.toLowerCase())
    if (!influence || largest === 0) return part
    const side = influence < 0 ? 'against' : 'for'
    const share = Math.round((100 * Math.abs(influence)) / largest)
    // Below a tenth the shade could not be told from the page.
    if (share < 10) return part
    return html`<mark class="${side}" style="--share: ${share}%" title="${signed(influence)}"
      >${part}</mark
    >`
  })
  return html`<bdi dir="auto">${parts}</bdi>`
}

/** The words that matter most with their signed influence: `gimmick −6.9 · not −0.4`. */
export function wordList(words: readonly WordInfluence[]): Markup {
  const sorted = [...words].sort((a, b) => Math.abs(b.influence) - Math.abs(a.influence))
  return html`${sorted
    .slice(0, listedWords)
    .map(
      ({ word, influence }, index) =>
        html`${index > 0 && ' · '}${dataText(word)}
          <span class="number">${signed(influence)}</span>`
    )}`
}

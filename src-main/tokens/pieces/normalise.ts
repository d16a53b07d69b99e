/**
 * BERT's normalising, character by character, with the way back: every UTF-16 unit of the result
 * knows the span of the original that it comes from.
 *
 * The result is that of the Rust tokenizers. @huggingface/tokenizers departs from them here, so that
 * its own normalizer is not used: it lower-cases the text as a whole (a final Σ becomes ς, not σ),
 * spaces no ideograph beyond U+FFFF, keeps a text's tables to those of the JavaScript engine, and
 * says nothing of origins. One departure is left: marks that are kept and stand in no canonical
 * order, of which Unicode has a dozen (musical stems, Hangul tones), are not put in order.
 */
import {
  isNonspacingMark,
  isRemoved,
  isSpacedIdeograph,
  isUndecomposed,
  isWhiteSpace
} from './character-classes.ts'

/** A text as the model sees it, and where each of its UTF-16 units comes from. */
export interface Normalised {
  readonly text: string
  /** [text.length] offset of the original character that a unit comes from. */
  readonly starts: readonly number[]
  /** [text.length] end of that character, and of the marks on it that were taken off. */
  readonly ends: readonly number[]
}

/** The settings of a BertNormalizer. */
export interface BertNormalising {
  cleanText: boolean
  spaceIdeographs: boolean
  stripAccents: boolean
  lowerCase: boolean
}

/** The text as it stands; `at` is where it begins in the original. */
export function unchanged(text: string, at: number): Normalised {
  const starts = Array.from({ length: text.length }, (_, unit) => at + unit)
  return { text, starts, ends: starts.map((start) => start + 1) }
}

export class BertNormaliser {
  readonly #settings: BertNormalising
  /** What each code point becomes, once it was asked for. */
  readonly #known = new Map<number, string>()

  constructor(settings: BertNormalising) {
    this.#settings = settings
  }

  /** Normalises a well-formed text that begins at offset `at` of the original. */
  normalise(text: string, at: number): Normalised {
    const parts: string[] = []
    const starts: number[] = []
    const ends: number[] = []
    for (let from = 0; from < text.length;) {
      const point = text.codePointAt(from)!
      const next = from + (point > 0xffff ? 2 : 1)
      const normal = this.#of(point)
      parts.push(normal)
      const spaced = normal.length > 1 && normal.startsWith(' ')
      for (let unit = 0; unit < normal.length; unit += 1) {
        // The spaces around an ideograph are beside it.
        starts.push(at + (spaced && unit === normal.length - 1 ? next : from))
        ends.push(at + (spaced && unit === 0 ? from : next))
      }
      if (normal === '' && isNonspacingMark.test(String.fromCodePoint(point))) {
        extend(ends, at + from, at + next)
      }
      from = next
    }
    return { text: parts.join(''), starts, ends }
  }

  #of(point: number): string {
    let normal = this.#known.get(point)
    if (normal === undefined) {
      normal = normaliseCharacter(String.fromCodePoint(point), this.#settings)
      this.#known.set(point, normal)
    }
    return normal
  }
}

/** Gives a mark that was taken off to the character right before it, so that no edit leaves it bare. */
function extend(ends: number[], from: number, to: number): void {
  for (let unit = ends.length - 1; ends[unit] === from; unit -= 1) ends[unit] = to
}

function normaliseCharacter(character: string, settings: BertNormalising): string {
  if (settings.cleanText && isRemoved.test(character)) return ''
  if (settings.cleanText && isWhiteSpace.test(character)) return ' '
  let normal = character
  if (settings.stripAccents) normal = withoutAccents(normal)
  if (settings.lowerCase) normal = Array.from(normal, (each) => each.toLowerCase()).join('')
  const spaced = settings.spaceIdeographs && isSpacedIdeograph.test(character)
  return spaced ? ` ${normal} ` : normal
}

function withoutAccents(character: string): string {
  const parts = isUndecomposed.test(character) ? [character] : character.normalize('NFD')
  return Array.from(parts)
    .filter((part) => !isNonspacingMark.test(part))
    .join('')
}

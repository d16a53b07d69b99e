/** What part a Unicode character plays in cutting a text into words: one row a kind, first match wins. */
const kinds = [
  ['separator', /[\p{White_Space}\p{Cc}\p{Cs}]/u],
  ['ideograph', /\p{Ideographic}/u],
  ['mark', /\p{M}/u],
  ['letter', /[\p{L}\p{N}]/u],
  ['apostrophe', /['’＇]/u],
  ['underscore', /_/u],
  ['regional', /\p{Regional_Indicator}/u],
  ['tone', /\p{Emoji_Modifier}/u],
  ['pictograph', /\p{Extended_Pictographic}/u],
  // Spelled-out tags that follow a black flag (England, Scotland, Wales).
  ['tag', /[\u{E0020}-\u{E007F}]/u],
  // Zero-width joiner and non-joiner and the soft hyphen stand inside words, as in Persian.
  ['format', /[\u200C\u200D\u00AD]/u],
  ['separator', /\p{Cf}/u],
  ['symbol', /[^]/u]
] as const

export type CharacterKind = (typeof kinds)[number][0]

/** The row of each code point, plus one, once it was asked for: a million look-ups must not run regular expressions. */
const known = new Uint8Array(0x110000)

/** The kind of a code point. */
export function classify(point: number): CharacterKind {
  if (known[point] === 0) {
    const character = String.fromCodePoint(point)
    known[point] = kinds.findIndex(([, pattern]) => pattern.test(character)) + 1
  }
  return kinds[known[point]! - 1]![0]
}

/**
 * Classes of characters as the Rust tokenizers know them (release 0.23, every code point compared).
 * Their tables are older than JavaScript's: a character that Unicode has added or moved since then is
 * to them of no class, and the ids of a text depend on it. So each class here is today's property
 * but for the code points on the lists below, which are written in hexadecimal.
 */

/** Punctuation of today that was none then. */
const youngPunctuation = `
  061d 09fd 0a76 0c77 0c84 1b4e-1b4f 1b7d-1b7f 2e43-2e4f 2e52-2e5d 10d6e 10ead 10ed0
  10f55-10f59 10f86-10f89 113d4-113d5 113d7-113d8 1144b-1144f 1145a-1145b 1145d 11660-1166c
  116b9 1183b 11944-11946 119e2 11a3f-11a46 11a9a-11a9c 11a9e-11aa2 11b00-11b09 11be1
  11c41-11c45 11c70-11c71 11ef7-11ef8 11f43-11f4f 11fff 12ff1-12ff2 16d6d-16d6f 16e97-16e9a
  16fe2 1e5ff 1e95e-1e95f
`

/** Punctuation then that is none today. */
const formerPunctuation = '166d 111c9'

/** Nonspacing marks of today that were none then. */
const youngMarks = `
  07fd 0897-089f 08ca-08e1 09fe 0afa-0aff 0b55 0c04 0c3c 0d00 0d3b-0d3c 0d81 0eba 0ece 180f
  1885-1886 1abf-1add 1ae0-1aeb 1df6-1dfb a82c a8c5 a8ff a9bd 10d24-10d27 10d69-10d6d
  10eab-10eac 10efa-10eff 10f46-10f50 10f82-10f85 11070 11073-11074 110c2 111c9 111cf 1123e
  11241 1133b 113bb-113c0 113ce 113d0 113d2 113e1-113e2 11438-1143f 11442-11444 11446 1145e
  1182f-11837 11839-1183a 1193b-1193c 1193e 11943 119d4-119d7 119da-119db 119e0 11a01-11a0a
  11a33-11a38 11a3b-11a3e 11a47 11a51-11a56 11a59-11a5b 11a8a-11a96 11a98-11a99 11b60
  11b62-11b64 11b66 11c30-11c36 11c38-11c3d 11c3f 11c92-11ca7 11caa-11cb0 11cb2-11cb3
  11cb5-11cb6 11d31-11d36 11d3a 11d3c-11d3d 11d3f-11d45 11d47 11d90-11d91 11d95 11d97
  11ef3-11ef4 11f00-11f01 11f36-11f3a 11f40 11f42 11f5a 13440 13447-13455 1611e-16129
  1612d-1612f 16f4f 16fe4 1cf00-1cf2d 1cf30-1cf46 1e000-1e006 1e008-1e018 1e01b-1e021
  1e023-1e024 1e026-1e02a 1e08f 1e130-1e136 1e2ae 1e2ec-1e2ef 1e4ec-1e4ef 1e5ee-1e5ef 1e6e3
  1e6e6 1e6ee-1e6ef 1e6f5 1e944-1e94a
`

/** Nonspacing marks then that are none today. */
const formerMarks = '1734 1171e'

/** Format characters of today that were none then. */
const youngFormats = '0890-0891 08e2 110cd 13430-1343f'

/** Letters of today that were none then. */
const youngLetters = `
  088f 0c5c 0cdc a7ce-a7cf a7d2 a7d4 a7f1 10940-10959 10ec5-10ec7 11db0-11ddb 16ea0-16eb8
  16ebb-16ed3 16ff2-16ff3 187f8-187ff 18d09-18d1e 18d80-18df2 1e6c0-1e6de 1e6e0-1e6e2
  1e6e4-1e6e5 1e6e7-1e6ed 1e6f0-1e6f4 1e6fe-1e6ff 2b73a-2b73f 2cea2-2cead 323b0-33479
`

/** Numbers of today that were none then. */
const youngNumbers = '11de0-11de9 16ff4-16ff6'

/** Characters with a decomposition today that had none then. */
const youngDecompositions = `
  105c9 105e4 11383 11385 1138e 11391 113c5 113c7-113c8 11938 16121-16128 16d68-16d6a
`

/** A class for a regular expression with the flag `v`, from code points and ranges in hexadecimal. */
function classOf(points: string): string {
  const escaped = points.trim().replace(/[0-9a-f]+/g, '\\u{$&}')
  return `[${escaped.replace(/\s+/g, '')}]`
}

const single = (source: string): RegExp => new RegExp(`^${source}$`, 'v')

/** Class sources for larger patterns (flag `v`). */
export const letters = `[\\p{L}--${classOf(youngLetters)}]`
export const numbers = `[\\p{N}--${classOf(youngNumbers)}]`
export const whiteSpace = '\\p{White_Space}'

/** Each tests a string of one character. */
export const isWhiteSpace = single(whiteSpace)
export const isPunctuation = single(
  `[[\\p{P}$+<=>\\^\`\\|~${classOf(formerPunctuation)}]--${classOf(youngPunctuation)}]`
)
export const isNonspacingMark = single(`[[\\p{Mn}${classOf(formerMarks)}]--${classOf(youngMarks)}]`)
/** What cleaning takes out: control, format and private characters and the replacement character. */
export const isRemoved = single(
  `[[\\p{Cc}\\p{Cf}\\p{Co}\\uFFFD]--[\\t\\n\\r${classOf(youngFormats)}]]`
)
/** Ideographs that get spaces around them. Rust's range from 2B920 on should begin at 2B820. */
export const isSpacedIdeograph = single(
  classOf('3400-4dbf 4e00-9fff f900-faff 20000-2a6df 2a700-2b81f 2b920-2ceaf 2f800-2fa1f')
)
/** What decomposing leaves as it is, whatever today's tables say. */
export const isUndecomposed = single(classOf(youngDecompositions))
/** Rust's regex class \w. */
export const isWordCharacter = single('[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]')

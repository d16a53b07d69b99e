/**
 * Texts, labels, column names and file names come from outside. On a terminal their control and
 * bidirectional characters could write over what is there, or show it in another order.
 */
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** A text for one line of a terminal: each unsafe character, line ends too, becomes `�`. */
export function harmless(text: string): string {
  return text.replace(unsafe, '\ufffd')
}

/** A text on one line of at most `width` characters: white space and unsafe ones become a space. */
export function oneLine(text: string, width = 100): string {
  const clean = text.replace(unsafe, ' ').replace(/\s+/g, ' ').trim()
  return clean.length <= width ? clean : `${clean.slice(0, width - 1).toWellFormed()}…`
}

/** JSON that is harmless to a terminal as well: unsafe characters are escaped, which says the same. */
export function harmlessJson(value: unknown): string {
  const json = JSON.stringify(value, null, 2)
  // Line ends between the fields are JSON's own; those in texts are escaped already.
  return json.replace(unsafe, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  )
}

/** A path as a shell takes it, for commands to be copied. */
export function shellWord(path: string): string {
  return /^[\w./:@%+=,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}

/**
 * Mail of 2002 often names no character set, or a wrong one ("default", "us-ascii" over Chinese).
 * A parser then reads UTF-8 and loses the text. Here such parts get a label guessed from their own
 * bytes before the parser sees them. A message is a latin1 string: one character, one byte.
 */
import { analyse } from 'chardet'

const named = /charset\s*=\s*(?:3D)?["']?([\w.:-]+)["']?/gi
/** Labels that a mailer wrote without knowing; real ASCII needs no label. */
const meaningless = /^(?:default|default_charset|_charset|unknown-8bit|us-ascii|ascii)$/i
const latin = /^(?:iso-8859-(?:1|15)|windows-1252|us-ascii)$/i
/** What a guess may be: chardet also offers sets that none of this mail was written in. */
const plausible = /^(?:gb18030|big5|euc-kr|euc-jp|shift_jis|koi8-r|windows-125[0125])$/i
const contentType = /^content-type:[^\n]*(?:\n[ \t]+[^\n]*)*/gim

/** Gives each text part, and raw bytes in the headers, the character set that they need. */
export function labelCharsets(message: string): string {
  const bytes = message.replace(/=([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16))
  )
  if (!/[\x80-\xff]/.test(bytes)) return message
  const guess = guessCharset(bytes)
  const wrong = (name: string) =>
    meaningless.test(name) || (latin.test(name) && !latin.test(guess) && isNotLatin(bytes))
  const labelled = message.replace(contentType, (header) => {
    const spelt = header.replace(named, (whole, name: string) => {
      const known = /^(gb2312|big5)_charset$|^chinese(big5)$/i.exec(name)
      if (known) return `charset=${(known[1] ?? known[2])!}`
      return wrong(name) ? `charset=${guess}` : whole
    })
    if (/charset\s*=/i.test(spelt)) return spelt
    return spelt.replace(/(text\/(?:plain|html))/i, `$1; charset=${guess}`)
  })
  return labelHeaders(labelled, guess)
}

function labelHeaders(message: string, guess: string): string {
  const end = message.indexOf('\n\n')
  const headers = end < 0 ? message : message.slice(0, end)
  const declared = [...message.matchAll(named)].map((match) => match[1]!)
  const charset = declared.find((name) => !meaningless.test(name)) ?? guess
  const utf8 = Buffer.from(decode(headers, charset), 'utf8').toString('latin1')
  const isTyped = /^content-type:/im.test(headers)
  const type = isTyped ? '' : `Content-Type: text/plain; charset=${guess}\n`
  return type + utf8 + message.slice(headers.length)
}

function decode(text: string, charset: string): string {
  const bytes = Buffer.from(text, 'latin1')
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** Languages in Latin letters have an accent here and there; elsewhere most bytes are high. */
function isNotLatin(bytes: string): boolean {
  const high = highLines(bytes)
  return (high.match(/[\xa0-\xff]{4,}/g)?.join('').length ?? 0) > 0.2 * high.length
}

/** Lines of pure ASCII would drown the few bytes that tell character sets apart. */
function highLines(bytes: string): string {
  const lines = bytes.split('\n').filter((line) => /[\x80-\xff]/.test(line))
  return lines.join('\n').replace(/<[^>]*>/g, ' ')
}

function guessCharset(bytes: string): string {
  const high = Buffer.from(highLines(bytes), 'latin1')
  if (isUtf8(high)) return 'utf-8'
  const mentioned = [...bytes.matchAll(named)].map((match) => match[1]!)
  const inPage = mentioned.find((name) => !meaningless.test(name) && !latin.test(name))
  if (inPage && canDecode(inPage)) return inPage
  const found = analyse(high).find(
    ({ name, confidence }) => plausible.test(name) && confidence >= 30
  )
  return found?.name.toLowerCase() ?? 'windows-1252'
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

function canDecode(charset: string): boolean {
  try {
    return new TextDecoder(charset).encoding !== 'utf-8'
  } catch {
    return false
  }
}

/**
 * Mends the outer structure of mail that bulk mailers and old archives broke, so that a parser for
 * well-formed mail reads it. A message is a latin1 string with "\n" line ends.
 */

/** Removes the mbox separator, joins split header blocks, and declares undeclared multiparts. */
export function repairStructure(message: string): string {
  return declareMultipart(joinHeaders(withoutFlow(withoutEnvelope(message))))
}

/** Left in place, the mbox line "From address date" would end the header block. */
function withoutEnvelope(message: string): string {
  return message.replace(/^\s*(?:>?From [^\n]*\n)+/, '')
}

/** The parser would join flowed lines without regard to their quote marks. */
function withoutFlow(message: string): string {
  return message.replace(/^content-type:[^\n]*(?:\n[ \t]+[^\n]*)*/gim, (header) =>
    header.replace(/flowed/gi, 'fixed')
  )
}

/** A blank line in mid-header turns the rest, with its Content-Type, into text. */
function joinHeaders(message: string): string {
  const second = /\n\n+(?:DATA\n)?((?:[A-Za-z][\w-]*:[^\n]*\n(?:[ \t]+\S[^\n]*\n)*)+)\n/
  const match = second.exec(message)
  if (!match || match.index !== message.indexOf('\n\n')) return message
  if (!/^(?:mime-version|content-type):/im.test(match[1]!)) return message
  const first = `${message.slice(0, match.index)}\n`
  const body = message.slice(match.index + match[0].length)
  // The parser takes the first of repeated headers.
  const headers = /^subject:[ \t]*\S/im.test(first) ? first + match[1]! : match[1]! + first
  return `${headers}\n${body}`
}

function declareMultipart(message: string): string {
  const end = message.indexOf('\n\n')
  if (end < 0 || /^content-type:/im.test(message.slice(0, end))) return message
  const boundary = /\n--([^\n"]{3,70})\nContent-Type:/i.exec(message.slice(end, end + 2000))?.[1]
  if (!boundary) return message
  return `Content-Type: multipart/alternative; boundary="${boundary.trim()}"\n${message}`
}

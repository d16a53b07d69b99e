/**
 * Raw mail (RFC 822 bytes, optionally in mbox form) → the words a reader of it saw: subject and
 * body as plain text. Old mail breaks every rule; each step here answers something that the corpus
 * holds: HTML sent as text/plain, blank text parts before HTML ones, quote marks, signatures.
 */
import PostalMime from 'postal-mime'
import { htmlToWords, looksLikeHtml, withoutMarkup } from './html-to-words.ts'
import { labelCharsets } from './mail-charset.ts'
import { repairStructure } from './mail-repair.ts'

/** The readable parts of one mail; either may be empty. */
export interface MailText {
  subject: string
  body: string
}

/** Longest body that is kept, in UTF-16 units; a classifier reads its first 100 to 250 words. */
export const maximumBodyLength = 4000

/** Stands for every e-mail address, so that the product does not spread them. */
export const addressMask = 'user@example'

/**
 * Decodes one raw mail: picks text/plain (text/html where that is missing or blank), strips HTML,
 * drops headers and quote marks, masks addresses, and collapses white space.
 */
export async function mailToText(raw: Uint8Array): Promise<MailText> {
  const message = repairStructure(Buffer.from(raw).toString('latin1').replace(/\r\n?/g, '\n'))
  const mail = await PostalMime.parse(Buffer.from(labelCharsets(message), 'latin1'))
  const html = cleanBody(htmlToWords(mail.html ?? ''))
  const plain = cleanBody(mail.text ?? '')
  // Without an alternative part both hold the whole mail, and `html` was converted by our rules.
  const hasAlternatives = /^content-type:\s*multipart\/alternative/im.test(message)
  const isStub = plain.length < 100 && html.length > 3 * plain.length
  const body = html !== '' && (isStub || !hasAlternatives) ? html : plain
  return { subject: cleanSubject(mail.subject ?? ''), body: truncate(body) }
}

/** A list for reporting spam relayed part of the corpus: what it added to a mail is the label. */
const sightingsFooter =
  /(?: ?--(?:DeathToSpam)+--)?(?: ?-+ This sf\.net email is sponsored by.{0,200}?)? _+ Spamassassin-Sightings mailing list .*?spamassassin-sightings/i
const sightingsTag = /^\[SA\] /

function cleanSubject(subject: string): string {
  return collapse(subject.replace(/^(?:\s*subject:)+/i, '')).replace(sightingsTag, '')
}

function cleanBody(body: string): string {
  const decoded = withoutSoftBreaks(body)
  const text = looksLikeHtml(decoded) ? htmlToWords(decoded) : withoutMarkup(decoded)
  return collapse(
    text
      .replace(/^-----BEGIN PGP SIGNATURE-----[\s\S]*?^-----END PGP SIGNATURE-----/gm, '')
      .replace(/^-----BEGIN PGP SIGNED MESSAGE-----\n(?:Hash: .*\n)?/gm, '')
      .replace(/^\s*(?:content-[a-z-]+:.*\n)+/i, '')
      .replace(/^(?:[ \t]{0,2}[>|])+[ \t]?/gm, '')
  ).replace(sightingsFooter, '')
}

/** Undoes quoted-printable that the mail did not declare; a lone "=" at a line end means nothing. */
function withoutSoftBreaks(text: string): string {
  const breaks = text.match(/(?:=20|[^=\s][ ]?=)$/gm)?.length ?? 0
  return breaks < 3 ? text : text.replace(/=\n/g, '').replace(/=20$/gm, '').replaceAll('=3D', '=')
}

/** One line of valid Unicode without control characters, addresses or rulers of punctuation. */
function collapse(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g, '')
    .replace(/[\p{Cc}\ufffd\p{Co}\p{Cn}]+/gu, ' ')
    .replace(/[\w.+%-]+(?:@[\w-]+(?:\.[\w-]+)*)+/g, addressMask)
    .replace(/([^\p{L}\p{N}\s])\1{3,}/gu, '$1$1$1')
    .replace(/\s+/g, ' ')
    .trim()
}

function truncate(text: string): string {
  if (text.length <= maximumBodyLength) return text
  const cut = text.lastIndexOf(' ', maximumBodyLength)
  return text
    .slice(0, cut > 0 ? cut : maximumBodyLength)
    .toWellFormed()
    .replace(/\ufffd$/, '')
}

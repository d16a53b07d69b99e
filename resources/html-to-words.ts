import { compile } from 'html-to-text'

const convert = compile({
  wordwrap: false,
  baseElements: { selectors: [] },
  limits: { maxInputLength: 2_000_000 },
  selectors: [
    ...['title', 'style', 'script', 'img', 'hr', 'noframes'].map((selector) => ({
      selector,
      format: 'skip'
    })),
    { selector: 'a', options: { ignoreHref: true } },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({
      selector,
      options: { uppercase: false }
    })),
    { selector: 'ul', options: { itemPrefix: ' ' } },
    ...['td', 'th', 'tr', 'li', 'center', 'option'].map((selector) => ({
      selector,
      format: 'block'
    }))
  ]
})

/** The words of an HTML page as a reader sees them: no link targets, images, styles or comments. */
export function htmlToWords(html: string): string {
  return convert(withoutComments(html))
}

/** Whether text that is labelled plain is an HTML page or a piece of one. */
export function looksLikeHtml(text: string): boolean {
  return (
    /^\s*<(?:!doctype|html|head|body|table|center|font|div|p|br|meta|style)\b[^<>]*>/i.test(text) ||
    /<\/(?:html|body|table|font)>/i.test(text)
  )
}

/** Plain text less the stray links, line breaks and entities that mailers left in it. */
export function withoutMarkup(text: string): string {
  return text
    .replace(/<\/?(?:br|p|center|img|meta|frame|frameset)\b[^<>]*>/gi, ' ')
    .replace(/<\/?(?:a|b|i|u|font|strong)\b[^<>]*>/gi, '')
    .replace(/&#(\d{2,5});/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&(quot|amp|lt|gt|nbsp);/g, (_, name: string) => entities.get(name)!)
}

const entities = new Map([
  ['quot', '"'],
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['nbsp', ' ']
])

/**
 * Comments go before parsing: spam puts them inside words, and one that is never closed would
 * swallow the rest of the page (the readers of 2002 ended it at the next ">").
 */
function withoutComments(html: string): string {
  return html.replace(/<!--[\s\S]*?-->/g, '').replace(/<![^>]*>/g, '')
}

/**
 * HTML that escapes by default: whatever is put into an `html` template is text, unless it is the
 * result of another `html` template. Data sets are untrusted, so there is no other way in.
 */

/** A piece of markup that is safe to insert as it is; only `html` makes it. */
export class Markup {
  readonly #text: string

  constructor(strings: TemplateStringsArray, values: readonly Insertable[]) {
    this.#text = String.raw({ raw: strings }, ...values.map(insert))
  }

  toString(): string {
    return this.#text
  }
}

export type Insertable = Markup | string | number | false | null | undefined | readonly Insertable[]

/** A template of HTML or SVG: strings and numbers are escaped, lists joined, false and null left out. */
export function html(strings: TemplateStringsArray, ...values: Insertable[]): Markup {
  return new Markup(strings, values)
}

/** Text of the data set: set apart from the direction of writing around it. */
export function dataText(text: string): Markup {
  return html`<bdi dir="auto">${text}</bdi>`
}

function insert(value: Insertable): string {
  if (value instanceof Markup) return value.toString()
  if (Array.isArray(value)) return value.map(insert).join('')
  if (value === false || value === null || value === undefined) return ''
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new RangeError(`A number in the markup is ${value}.`)
  }
  return escape(String(value))
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;'
}

/** Characters that HTML does not allow become U+FFFD, as do halves of surrogate pairs. */
function escape(text: string): string {
  return text
    .toWellFormed()
    .replace(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff]/g,
      '\ufffd'
    )
    .replace(/[&<>"'`]/g, (character) => entities[character]!)
}

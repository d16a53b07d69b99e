import { megabytes } from './sizes.ts'

interface Output {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** How far a download is: on a terminal a line that is written over, one a file; nothing elsewhere. */
export class ProgressLine {
  readonly #output: Output
  #name = ''
  /** What the line says when it is written next. */
  #line = ''
  #told = -Infinity

  constructor(output: Output) {
    this.#output = output
  }

  /** Bytes of a file that are here, and bytes in all where that is known. */
  tell(name: string, done: number, total: number | undefined): void {
    if (!this.#output.isTTY) return
    if (name !== this.#name) this.end()
    this.#name = name
    const all = total === undefined ? '' : ` of ${megabytes(total)}`
    this.#line = `\r\u001b[K${name}: ${megabytes(done)}${all}`
    if (done === total) return this.end()
    if (Date.now() - this.#told < 200) return
    this.#told = Date.now()
    this.#output.write(this.#line)
  }

  /** Leaves the line as it stands at the end, whatever has ended it; what is written next comes below. */
  end(): void {
    if (this.#name === '') return
    this.#output.write(`${this.#line}\n`)
    this.#name = ''
    this.#told = -Infinity
  }
}

/**
 * Reads bytes as UTF-8 and remembers what is wrong with them: where the first wrong byte and the
 * first NUL stand, and whether the file mixes right and wrong lines. By chance a text in a
 * one-byte or a double-byte encoding holds some right sequences, but hardly a whole right line.
 */
import { isAscii } from 'node:buffer'

/** A byte of interest: its offset in the file, its 1-based line, and its value. */
export interface BytePlace {
  offset: number
  line: number
  byte: number
}

export class Utf8Check {
  firstWrong: BytePlace | undefined
  firstNul: BytePlace | undefined
  /** How many bytes past ASCII began a right sequence, and how many did not. */
  right = 0
  wrong = 0
  #rightLines = 0
  #wrongLines = 0
  #lineIsRight = false
  #lineIsWrong = false
  #line = 1
  #offset = 0
  #start: BytePlace = { offset: 0, line: 0, byte: 0 }
  /** Continuation bytes still due, and the range that the next must lie in. */
  #due = 0
  #low = 0x80
  #high = 0xbf

  /** Takes the next bytes of the file. */
  push(chunk: Buffer): void {
    if (this.#due === 0 && isAscii(chunk) && !chunk.includes(0)) this.#skip(chunk)
    else for (const byte of chunk) this.#take(byte)
  }

  /** Says that the file ends here. */
  end(): void {
    if (this.#due > 0) this.#fail()
    this.#endLine()
  }

  /** Whether one part of the file is UTF-8 and another is not. */
  get mixed(): boolean {
    if (this.wrong === 0 || this.right === 0) return false
    return this.right >= this.wrong || this.#rightLines * 10 >= this.#wrongLines
  }

  #skip(chunk: Buffer): void {
    let after = 0
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, after)) {
      this.#endLine()
      after = at + 1
    }
    this.#offset += chunk.length
  }

  #take(byte: number): void {
    if (this.#due > 0) {
      if (byte >= this.#low && byte <= this.#high) {
        this.#low = 0x80
        this.#high = 0xbf
        if (--this.#due === 0) {
          this.right++
          this.#lineIsRight = true
        }
        this.#offset++
        return
      }
      this.#fail()
    }
    if (byte >= 0x80) this.#lead(byte)
    else if (byte === 10) this.#endLine()
    else if (byte === 0) this.firstNul ??= { offset: this.#offset, line: this.#line, byte }
    this.#offset++
  }

  /** The first byte of a sequence: how many follow, without overlong forms and surrogates. */
  #lead(byte: number): void {
    this.#start = { offset: this.#offset, line: this.#line, byte }
    if (byte >= 0xc2 && byte <= 0xdf) this.#due = 1
    else if (byte >= 0xe0 && byte <= 0xef) this.#due = 2
    else if (byte >= 0xf0 && byte <= 0xf4) this.#due = 3
    else this.#fail()
    if (byte === 0xe0) this.#low = 0xa0
    else if (byte === 0xed) this.#high = 0x9f
    else if (byte === 0xf0) this.#low = 0x90
    else if (byte === 0xf4) this.#high = 0x8f
  }

  #fail(): void {
    this.firstWrong ??= this.#start
    this.wrong++
    this.#lineIsWrong = true
    this.#due = 0
    this.#low = 0x80
    this.#high = 0xbf
  }

  #endLine(): void {
    if (this.#lineIsWrong) this.#wrongLines++
    else if (this.#lineIsRight) this.#rightLines++
    this.#lineIsRight = false
    this.#lineIsWrong = false
    this.#line++
  }
}

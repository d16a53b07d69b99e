/** The words of one batch and their gradients. */
import { padId } from '../tokens/vocabulary.ts'

/** The words of a batch, each once, and the sums of their gradients over all their positions. */
export class WordSlots {
  readonly #width: number
  /** [words] slot of each word met; valid where `#stamp` is that of this pass. */
  readonly #slot: Int32Array
  readonly #stamp: Int32Array
  #pass = 0
  #rows = new Int32Array(0)
  #used = 0
  #gradients = new Float32Array(0)

  constructor(words: number, width: number) {
    this.#width = width
    this.#slot = new Int32Array(words)
    this.#stamp = new Int32Array(words)
  }

  /** The distinct words of a batch, but [PAD], whose embedding is frozen. Valid until `gather`. */
  assign(texts: readonly Int32Array[]): Int32Array {
    this.#startPass(texts)
    for (const ids of texts) {
      for (const id of ids) if (id !== padId) this.#meet(id)
    }
    return this.#rows.subarray(0, this.#used)
  }

  /**
   * Sums [rows, tokens, width] gradients by word. Words without a gradient are left out: after
   * pooling by maximum that is true of half of all positions, and for a table they are as good as
   * absent.
   */
  gather(texts: readonly Int32Array[], tokens: number, embeddedGradient: Float32Array) {
    this.#startPass(texts)
    const [width, sums] = [this.#width, this.#gradients]
    for (let row = 0; row < texts.length; row++) {
      const ids = texts[row]!
      let from = row * tokens * width
      for (let i = 0; i < ids.length; i++, from += width) {
        const id = ids[i]!
        if (id === padId || isZero(embeddedGradient, from, from + width)) continue
        const first = this.#meet(id)
        const to = this.#slot[id]! * width
        if (first) sums.set(embeddedGradient.subarray(from, from + width), to)
        else for (let d = 0; d < width; d++) sums[to + d]! += embeddedGradient[from + d]!
      }
    }
    return { rows: this.#rows.subarray(0, this.#used), gradients: sums }
  }

  #startPass(texts: readonly Int32Array[]): void {
    const most = texts.reduce((sum, ids) => sum + ids.length, 0)
    if (most > this.#rows.length) {
      this.#rows = new Int32Array(2 * most)
      this.#gradients = new Float32Array(2 * most * this.#width)
    }
    this.#pass++
    this.#used = 0
  }

  /** Gives a word a slot, unless it has one; whether this was the first meeting of the pass. */
  #meet(id: number): boolean {
    if (this.#stamp[id] === this.#pass) return false
    this.#stamp[id] = this.#pass
    this.#slot[id] = this.#used
    this.#rows[this.#used++] = id
    return true
  }
}

function isZero(numbers: Float32Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (numbers[i] !== 0) return false
  return true
}

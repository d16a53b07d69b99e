/** The words of one batch and their gradients. */
import { padId } from '../tokens/vocabulary.ts'

/** The words of a batch, each once, and the sums of their gradients over all their positions. */
export class WordSlots {
  readonly #width: number
  /** [words] slot of each word of the batch; valid where `#stamp` is this batch's. */
  readonly #slot: Int32Array
  readonly #stamp: Int32Array
  #batch = 0
  #rows = new Int32Array(0)
  #used = 0
  #gradients = new Float32Array(0)

  constructor(words: number, width: number) {
    this.#width = width
    this.#slot = new Int32Array(words)
    this.#stamp = new Int32Array(words)
  }

  /** The distinct words of a batch, but [PAD], whose embedding is frozen. */
  assign(texts: readonly Int32Array[]): Int32Array {
    const most = texts.reduce((sum, ids) => sum + ids.length, 0)
    if (most > this.#rows.length) {
      this.#rows = new Int32Array(2 * most)
      this.#gradients = new Float32Array(2 * most * this.#width)
    }
    this.#batch++
    this.#used = 0
    for (const ids of texts) {
      for (const id of ids) {
        if (id === padId || this.#stamp[id] === this.#batch) continue
        this.#stamp[id] = this.#batch
        this.#slot[id] = this.#used
        this.#rows[this.#used++] = id
      }
    }
    return this.#rows.subarray(0, this.#used)
  }

  /** Sums [rows, tokens, width] gradients by word, for the batch last assigned. */
  gather(texts: readonly Int32Array[], tokens: number, embeddedGradient: Float32Array) {
    const [width, sums] = [this.#width, this.#gradients]
    sums.fill(0, 0, this.#used * width)
    texts.forEach((ids, row) => {
      for (let i = 0; i < ids.length; i++) {
        if (ids[i] === padId) continue
        const to = this.#slot[ids[i]!]! * width
        const from = (row * tokens + i) * width
        for (let d = 0; d < width; d++) sums[to + d]! += embeddedGradient[from + d]!
      }
    })
    return { rows: this.#rows.subarray(0, this.#used), gradients: sums }
  }
}

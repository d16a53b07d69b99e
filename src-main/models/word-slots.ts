/** The distinct words of a batch. */

/** Gives every word of a batch a slot, in the order of first meeting; [PAD]'s comes after them. */
export class WordSlots {
  readonly #padId: number
  /** [word ids] slot of each word met; valid where `#stamp` is that of this pass. */
  #slot = new Int32Array(0)
  #stamp = new Int32Array(0)
  #pass = 0
  #words = new Int32Array(1)
  #used = 0

  constructor(padId: number) {
    this.#padId = padId
  }

  /** The distinct words of some texts by slot, [PAD] last; valid until the next call. */
  assign(texts: readonly Int32Array[]): Int32Array {
    const most = texts.reduce((sum, ids) => sum + ids.length, 1)
    if (most > this.#words.length) this.#words = new Int32Array(2 * most)
    this.#pass++
    this.#used = 0
    for (const ids of texts) {
      for (let i = 0; i < ids.length; i++) if (ids[i] !== this.#padId) this.#meet(ids[i]!)
    }
    this.#words[this.#used] = this.#padId
    return this.#words.subarray(0, this.#used + 1)
  }

  /** Slot of a word of the texts last given. */
  of(word: number): number {
    return word === this.#padId ? this.#used : this.#slot[word]!
  }

  #meet(word: number): void {
    if (word >= this.#slot.length) this.#grow(2 * word + 1)
    if (this.#stamp[word] === this.#pass) return
    this.#stamp[word] = this.#pass
    this.#slot[word] = this.#used
    this.#words[this.#used++] = word
  }

  #grow(size: number): void {
    const stamp = new Int32Array(size)
    const slot = new Int32Array(size)
    stamp.set(this.#stamp)
    slot.set(this.#slot)
    this.#stamp = stamp
    this.#slot = slot
  }
}

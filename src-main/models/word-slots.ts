/** The distinct words of a batch. */
import { padId } from '../tokens/vocabulary.ts'

/** Gives every word of a batch a slot, in the order of first meeting; [PAD] has none. */
export class WordSlots {
  /** [word ids] slot of each word met; valid where `#stamp` is that of this pass. */
  #slot = new Int32Array(0)
  #stamp = new Int32Array(0)
  #pass = 0
  #words = new Int32Array(0)
  #used = 0

  /** The distinct words of some texts; valid until the next call. */
  assign(texts: readonly Int32Array[]): Int32Array {
    const most = texts.reduce((sum, ids) => sum + ids.length, 0)
    if (most > this.#words.length) this.#words = new Int32Array(2 * most)
    this.#pass++
    this.#used = 0
    for (const ids of texts) {
      for (let i = 0; i < ids.length; i++) if (ids[i] !== padId) this.#meet(ids[i]!)
    }
    return this.#words.subarray(0, this.#used)
  }

  /** Slot of a word of the texts last given; that of [PAD] is the first after all others. */
  of(word: number): number {
    return word === padId ? this.#used : this.#slot[word]!
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

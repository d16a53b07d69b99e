/** Numbers of which nobody knows yet how many come, at the size that they need. */

type NumberArray = Int32Array | Uint32Array | Uint8Array | Float64Array

/** A typed array that grows; `finish` hands out what was pushed. */
export class Growing<T extends NumberArray> {
  #values: T
  readonly #make: new (length: number) => T
  length = 0

  constructor(make: new (length: number) => T) {
    this.#make = make
    this.#values = new make(1024)
  }

  /** Adds a number at the end. */
  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new this.#make(this.length * 2)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.length++] = value
  }

  /** A copy of exactly the numbers pushed. */
  finish(): T {
    return this.#values.slice(0, this.length) as T
  }
}

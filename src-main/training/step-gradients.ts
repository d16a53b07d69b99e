/** The gradients of one step, which may be worked out part by part. */

/** Gradients by parameter, and of the embeddings of the words that the step has. */
export interface StepGradients {
  readonly dense: ReadonlyMap<string, Float32Array>
  readonly words: Int32Array
  /** [words, embedding], and perhaps more after them. */
  readonly wordGradients: Float32Array
}

/** Adds up gradients by position, [positions, embedding], by word; `slots` hold each one's. */
export class WordSum {
  readonly #width: number
  #sums = new Float32Array(0)

  /** `width` is that of the embedding. */
  constructor(width: number) {
    this.#width = width
  }

  /** [words, embedding] sums, overwritten by the next; positions of slots from `words` on are left out. */
  of(gradients: Float32Array, slots: Float32Array, words: number): Float32Array {
    const width = this.#width
    if (this.#sums.length < words * width) this.#sums = new Float32Array(2 * words * width)
    const sums = this.#sums
    sums.fill(0, 0, words * width)
    for (let position = 0; position < slots.length; position++) {
      const slot = slots[position]!
      if (slot >= words) continue
      const [from, to] = [position * width, slot * width]
      for (let i = 0; i < width; i++) sums[to + i]! += gradients[from + i]!
    }
    return sums
  }
}

/** Adds up the parts of a step. */
export class GradientSum implements StepGradients {
  readonly dense = new Map<string, Float32Array>()
  readonly #width: number
  readonly #slots = new Map<number, number>()
  #wordGradients = new Float32Array(0)

  /** `width` is that of the embedding. */
  constructor(width: number) {
    this.#width = width
  }

  get words(): Int32Array {
    return Int32Array.from(this.#slots.keys())
  }

  get wordGradients(): Float32Array {
    return this.#wordGradients
  }

  clear(): void {
    for (const sum of this.dense.values()) sum.fill(0)
    this.#slots.clear()
    this.#wordGradients.fill(0)
  }

  add({ dense, words, wordGradients }: StepGradients): void {
    for (const [name, gradient] of dense) {
      const sum = this.dense.get(name)
      if (sum) addTo(sum, gradient)
      else this.dense.set(name, gradient.slice())
    }
    words.forEach((word, n) => {
      const from = n * this.#width
      const slot = this.#slotOf(word) * this.#width
      const sum = this.#wordGradients.subarray(slot, slot + this.#width)
      addTo(sum, wordGradients.subarray(from, from + this.#width))
    })
  }

  #slotOf(word: number): number {
    const known = this.#slots.get(word)
    if (known !== undefined) return known
    const slot = this.#slots.size
    this.#slots.set(word, slot)
    if (this.#wordGradients.length < (slot + 1) * this.#width) {
      const larger = new Float32Array(2 * (slot + 1) * this.#width)
      larger.set(this.#wordGradients)
      this.#wordGradients = larger
    }
    return slot
  }
}

/**
 * Scales all gradients so that their norm, taken of all of them together, is at most `limit`
 * (Pascanu et al., 2013; the 1e-6 is PyTorch's).
 */
export function clip({ dense, words, wordGradients }: StepGradients, width: number, limit: number) {
  const all = [...dense.values(), wordGradients.subarray(0, words.length * width)]
  const norm = Math.sqrt(all.reduce((sum, gradient) => sum + sumOfSquares(gradient), 0))
  const factor = limit / (norm + 1e-6)
  if (factor >= 1) return
  for (const gradient of all) scaleBy(gradient, factor)
}

/** Multiplies numbers in place. */
export function scaleBy(numbers: Float32Array, factor: number): void {
  for (let i = 0; i < numbers.length; i++) numbers[i]! *= factor
}

/** The squared norm. */
function sumOfSquares(numbers: Float32Array): number {
  let sum = 0
  for (let i = 0; i < numbers.length; i++) sum += numbers[i]! * numbers[i]!
  return sum
}

function addTo(sum: Float32Array, numbers: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += numbers[i]!
}

/** Results of several runs, end to end: those of a step from those of its parts. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/**
 * Seeded random numbers. Everything random in Erratum is a pure function of a seed and of what it
 * is for (a name, an epoch, a row id), never of how many numbers were drawn before: a retraining
 * without some rows still meets the others in the same order and starts from the same weights,
 * which is what makes paired rounds comparable.
 */

/** A 32-bit hash of integers (the finaliser of MurmurHash3 over each, chained). */
export function hash32(...values: readonly number[]): number {
  let h = 0x9e3779b9
  for (const value of values) {
    h ^= value | 0
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    h ^= h >>> 16
    h = (Math.imul(h, 5) + 0xe6546b64) | 0
  }
  return h >>> 0
}

/** A 32-bit hash of a string (FNV-1a over its UTF-16 code units). */
export function hashString(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h >>> 0
}

/** A stream of numbers uniform in [0, 1) with 32 bits each (splitmix32). */
export function uniformStream(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x9e3779b9) | 0
    let z = state
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
    return ((z ^ (z >>> 16)) >>> 0) / 0x1_0000_0000
  }
}

/** A stream of standard normal numbers (Box and Muller). */
export function normalStream(seed: number): () => number {
  const uniform = uniformStream(seed)
  let spare: number | undefined
  return () => {
    if (spare !== undefined) {
      const value = spare
      spare = undefined
      return value
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()))
    const angle = 2 * Math.PI * uniform()
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
}

/** `ids` sorted by a key drawn for each from (seed, salt, id): removing an id leaves the others' order. */
export function keyedShuffle(ids: Iterable<number>, seed: number, salt: number): number[] {
  const keyed = Array.from(ids, (id) => ({ id, key: hash32(seed, salt, id) }))
  keyed.sort((a, b) => a.key - b.key || a.id - b.id)
  return keyed.map(({ id }) => id)
}

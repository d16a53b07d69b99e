/** The masks by which dropout leaves numbers out (Srivastava et al., 2014). */
import type { Tensors } from '../executors/executor.ts'
import { hash32, hashString } from '../random.ts'

/** Two numbers are decided by one draw of 32 bits, so a share is exact to 1/65536. */
const lane = 2 ** 16

/**
 * Fills masks: 0 for a `share` of the numbers, 1 / (1 − share) for the others, so that sums keep
 * their size. What is left out depends on seed, step, part of the step and a mask's name alone.
 */
export function fillMasks(
  masks: Tensors,
  { share, seed, step, part }: { share: number; seed: number; step: number; part: number }
): void {
  const threshold = Math.round(share * lane)
  const kept = lane / (lane - threshold)
  for (const [name, mask] of Object.entries(masks)) {
    let state = hash32(seed, hashString('dropout'), step, part, hashString(name)) | 0
    for (let i = 0; i < mask.length; i += 2) {
      // The stream of `uniformStream`, in line: millions are drawn for every step.
      state = (state + 0x9e3779b9) | 0
      let z = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
      z ^= z >>> 16
      mask[i] = (z & 0xffff) < threshold ? 0 : kept
      // A write past an odd end does nothing.
      mask[i + 1] = z >>> 16 < threshold ? 0 : kept
    }
  }
}

/** The masks by which dropout leaves numbers out (Srivastava et al., 2014). */
import type { Tensors } from '../executors/executor.ts'
import { constant, floor, input, mul, reshape, slice, sub } from '../graph/build.ts'
import type { Shape, Value } from '../graph/ir.ts'
import { sizeOf } from '../graph/ir.ts'
import { hash32, hashString } from '../random.ts'

/** Two numbers are decided by one draw of 32 bits, so a share is exact to 1/65536. */
const lane = 2 ** 16

/** What masks are drawn from, beside their names: they depend on nothing else. */
export interface Draw {
  share: number
  seed: number
  step: number
  part: number
}

/** Draws below this leave a number out. */
const thresholdOf = (share: number) => Math.round(share * lane)

/** What the others are multiplied by, so that sums keep their size. */
const factorOf = (share: number) => lane / (lane - thresholdOf(share))

/** Where the stream of draws for a mask begins. */
const startOf = ({ seed, step, part }: Draw, name: string) =>
  hash32(seed, hashString('dropout'), step, part, hashString(name)) | 0

/** The stream of `uniformStream` in its bits, in line: millions are drawn for every step. */
const increment = 0x9e3779b9
function mixed(state: number): number {
  let z = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
  return z ^ (z >>> 16)
}

/** 1 or 0, by the sign of a difference: no processor can tell which way a branch would go. */
const isKept = (drawn: number, threshold: number) => (threshold - 1 - drawn) >>> 31

/** Fills masks: 0 for a share of the numbers, 1 / (1 − share) for the others. */
export function fillMasks(masks: Tensors, draw: Draw): void {
  const [threshold, kept] = [thresholdOf(draw.share), factorOf(draw.share)]
  for (const [name, mask] of Object.entries(masks)) {
    let state = startOf(draw, name)
    for (let i = 0; i < mask.length; i += 2) {
      state = (state + increment) | 0
      const z = mixed(state)
      mask[i] = isKept(z & 0xffff, threshold) * kept
      // A write past an odd end does nothing.
      mask[i + 1] = isKept(z >>> 16, threshold) * kept
    }
  }
}

/** Numbers of a mask that one packed number has: a float32 holds integers of so many bits exactly. */
const packed = 24

/** Fills masks with the bits of those that `fillMasks` fills, 1 where a number is kept. */
export function packMasks(masks: Tensors, draw: Draw): void {
  const threshold = thresholdOf(draw.share)
  for (const [name, mask] of Object.entries(masks)) {
    let state = startOf(draw, name)
    for (let i = 0; i < mask.length; i++) {
      let bits = 0
      for (let bit = 0; bit < packed; bit += 2) {
        state = (state + increment) | 0
        const z = mixed(state)
        bits |= isKept(z & 0xffff, threshold) << bit
        bits |= isKept(z >>> 16, threshold) << (bit + 1)
      }
      mask[i] = bits
    }
  }
}

/**
 * A mask that is given in bits, for a device to which its numbers would be a long way: with
 * b(k) = ⌊v / 2ᵏ⌋, bit k of v is b(k) − 2 · b(k + 1), exactly.
 */
export function packedMask(share: number): (name: string, shape: Shape) => Value {
  const powers = Array.from({ length: packed + 1 }, (_, k) => 2 ** -k)
  return (name, shape) => {
    const [size, count] = [sizeOf(shape), Math.ceil(sizeOf(shape) / packed)]
    const given = reshape(input(name, [count]), [count, 1])
    const shifted = floor(mul(given, constant(powers, [1, packed + 1])))
    const higher = slice(shifted, 1, [1, packed + 1])
    const bits = sub(slice(shifted, 1, [0, packed]), mul(higher, constant([2])))
    const all = reshape(bits, [count * packed])
    const own = size < count * packed ? slice(all, 0, [0, size]) : all
    return reshape(mul(own, constant([factorOf(share)])), shape)
  }
}

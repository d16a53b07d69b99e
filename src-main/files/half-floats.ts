/** The two formats of 16 bits in which weights are stored, made float32 again; both without loss. */

const single = new Float32Array(1)
const singleBits = new Uint32Array(single.buffer)

/** bfloat16: the upper half of a float32. Writes as many numbers as there are halves. */
export function fromBfloat16(halves: Uint16Array, into: Float32Array): void {
  const bits = new Uint32Array(into.buffer, into.byteOffset, into.length)
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16
}

/** IEEE 754 half precision: 1 bit of sign, 5 of exponent (bias 15), 10 of fraction. */
export function fromFloat16(halves: Uint16Array, into: Float32Array): void {
  const table = (halfTable ??= makeHalfTable())
  for (let i = 0; i < halves.length; i++) into[i] = table[halves[i]!]!
}

/** The value of each of the 65,536 halves: a quarter of a megabyte, made when first needed. */
let halfTable: Float32Array | undefined

function makeHalfTable(): Float32Array {
  return Float32Array.from({ length: 1 << 16 }, (_, half) => valueOfHalf(half))
}

function valueOfHalf(half: number): number {
  const exponent = (half >> 10) & 0x1f
  const fraction = half & 0x3ff
  const sign = half >> 15 === 0 ? 1 : -1
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent < 0x1f) return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
  singleBits[0] = ((half >> 15) << 31) | 0x7f800000 | (fraction << 13)
  return single[0]!
}

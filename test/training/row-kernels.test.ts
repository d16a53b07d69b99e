import { expect, test } from 'vitest'
import { hash32, normalStream } from '../../src-main/random.ts'
import type { Arithmetic } from '../../src-main/training/kernel-code.ts'
import { RowArrays } from '../../src-main/training/row-kernels.ts'

const rows = 5
const row = 3

/** What a kernel leaves in `out` of row 3, and what it leaves of the other rows. */
function run(width: number, body: (arithmetic: Arithmetic) => void, x: Float32Array) {
  const arrays = new RowArrays({ rows, width, arrays: ['x', 'out'] })
  const [input, out] = [arrays.array('x', rows), arrays.array('out', rows)]
  input.set(x)
  arrays.batch.set(x.map((value) => 3 * value))
  out.fill(7)
  arrays.factors.set([0.3, -1.7])
  arrays.kernel(['first', 'second'], body)(4 * width * row, 4 * width)
  const others = out.filter((_, i) => Math.floor(i / width) !== row)
  return { found: [...out.subarray(row * width, (row + 1) * width)], others: new Set(others) }
}

const numbers = (width: number) =>
  Float32Array.from({ length: rows * width }, normalStream(hash32(width)))

// One below, at and above the two numbers of a turn, and a width that takes two bytes to write.
test.each([1, 2, 3, 8, 127, 128, 129])(
  'a row of %i numbers is worked on, and no other',
  (width) => {
    const x = numbers(width)
    const { found, others } = run(
      width,
      ({ load, store, factor, constant, add, sub, mul, div, sqrt }) => {
        const [a, b] = [load('x'), load('batch')]
        const sum = add(mul(factor('first'), a), mul(b, b))
        store('out', sub(div(sum, factor('second')), sqrt(add(constant(2.5), mul(a, a)))))
      },
      x
    )
    const expected = Array.from({ length: width }, (_, d) => {
      const [a, b] = [x[row * width + d]!, Math.fround(3 * x[width + d]!)]
      return Math.fround((0.3 * a + b * b) / -1.7 - Math.sqrt(2.5 + a * a))
    })
    expect(found).toEqual(expected)
    expect([...others]).toEqual([7])
  }
)

test('a quotient is taken where the divisor is above 0 alone', () => {
  const x = new Float32Array(rows * 4)
  x.set([0, -1, 2, 1e-45], row * 4)
  const body = ({ load, store, constant, quotient }: Arithmetic) =>
    store('out', quotient(constant(1), load('x')))
  expect(run(4, body, x).found).toEqual([0, 0, 0.5, Infinity])
})

test('rounding is to float32, and what is not rounded keeps its digits', () => {
  const x = new Float32Array(rows).fill(1)
  const third = ({ load, div, constant }: Arithmetic) => div(load('x'), constant(3))
  const lost = (write: Arithmetic) => {
    const exact = third(write)
    write.store('out', write.sub(write.rounded(exact), exact))
  }
  expect(run(1, lost, x).found).toEqual([Math.fround(Math.fround(1 / 3) - 1 / 3)])
})

import { expect, test } from 'vitest'
import { evaluate } from '../../src-main/executors/reference.ts'
import { sizeOf } from '../../src-main/graph/ir.ts'
import { fillMasks, packMasks, packedMask } from '../../src-main/training/dropout.ts'

function masksOf(changes: Partial<Parameters<typeof fillMasks>[1]> = {}, length = 100_001) {
  const masks = { 'dropout.0': new Float32Array(length), 'dropout.1': new Float32Array(length) }
  fillMasks(masks, { share: 0.1, seed: 1, step: 2, part: 0, ...changes })
  return masks
}

test.each([0.1, 0.25, 0.5])('a share of %d is left out, and sums keep their size', (share) => {
  for (const mask of Object.values(masksOf({ share }))) {
    const left = mask.filter((factor) => factor === 0).length / mask.length
    // Six standard deviations.
    expect(Math.abs(left - share)).toBeLessThan(6 * Math.sqrt((share * (1 - share)) / mask.length))
    const kept = [...new Set(mask)].filter((factor) => factor !== 0)
    expect(kept).toHaveLength(1)
    expect(kept[0]!).toBeCloseTo(1 / (1 - share), 4)
  }
})

test('masks depend on seed, step, part and name, and on nothing else', () => {
  const masks = masksOf()
  expect(masksOf()).toEqual(masks)
  expect(masks['dropout.0']).not.toEqual(masks['dropout.1'])
  for (const changes of [{ seed: 2 }, { step: 3 }, { part: 1 }]) {
    expect(masksOf(changes)['dropout.0']).not.toEqual(masks['dropout.0'])
  }
  // A shorter mask is the beginning of a longer one.
  expect([...masksOf({}, 7)['dropout.0']!]).toEqual([...masks['dropout.0']!.subarray(0, 7)])
})

test('neighbours are left out independently of each other', () => {
  const mask = masksOf({ share: 0.5 })['dropout.0']!
  let both = 0
  for (let i = 0; i + 1 < mask.length; i++) if (mask[i] === 0 && mask[i + 1] === 0) both++
  expect(both / mask.length).toBeCloseTo(0.25, 2)
})

test.each([[[1]], [[7, 3]], [[24]], [[2, 3, 100]]])(
  'a mask of %j that is given in bits is the same',
  (shape) => {
    for (const share of [0.1, 0.5]) {
      const draw = { share, seed: 3, step: 4, part: 1 }
      const masks = { 'dropout.0': new Float32Array(sizeOf(shape)) }
      fillMasks(masks, draw)
      const mask = packedMask(share)('dropout.0', shape)
      const bits = { 'dropout.0': new Float32Array(Math.ceil(sizeOf(shape) / 24)) }
      packMasks(bits, draw)
      const { y } = evaluate({ name: 'mask', outputs: { y: mask } }, bits)
      expect(y!.shape).toEqual(shape)
      expect(Float32Array.from(y!.data)).toEqual(masks['dropout.0'])
    }
  }
)

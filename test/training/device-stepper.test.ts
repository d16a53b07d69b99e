/** Training with its numbers on a device, where the CPU is the device. */
import { describe, expect, test } from 'vitest'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import { evaluate } from '../../src-main/executors/reference.ts'
import { wordSumGraph } from '../../src-main/training/device-graphs.ts'
import { changedMemory } from '../support/changed-memory.ts'
import { residentStory } from '../support/resident-story.ts'
import { differencesOf, host, residentVariants, trained } from '../support/resident-trainings.ts'

const executor = onnxruntimeExecutor({ threads: 1, keepsTensors: true })

/**
 * 30 steps in float32 that the host takes in float64: a few roundings, of which AdamW without an
 * epsilon makes more where a gradient nearly cancels. Up to 2.6e-6 was seen; the host itself ends up to
 * 5.3e-6 away where its weights begin a rounding off.
 */
const tolerance = 2 ** -18

describe('a training on a device', () => {
  const variants = residentVariants
  residentStory({ executor, tolerance, variants, stopped: variants })
})

describe('a training on a device that has no room for the table', () => {
  const looked = new Set<string>()
  const small = changedMemory(executor, (memory) => ({
    largestTensor: 4 * 40 * 8 - 1,
    write(tensors, shapes) {
      for (const name of Object.keys(tensors)) looked.add(name)
      return memory.write(tensors, shapes)
    }
  }))
  const wanted = ['SGD, clipped, in parts', 'AdamW, in parts', 'AdamW, the first layer frozen']
  const variants = residentVariants.filter(({ name }) => wanted.includes(name))
  residentStory({ executor: small, tolerance, variants, stopped: variants })

  test('has its rows looked up by the host', () => {
    expect(looked).toContain('vectors')
    expect(looked).not.toContain('embedding')
  })
})

test.each(['TextCNN', 'BERT'] as const)('what is set for %s makes a difference', async (of) => {
  const [usual, ...others] = await Promise.all(
    residentVariants.filter((variant) => variant.of === of).map((variant) => trained(host, variant))
  )
  for (const { parameters } of others) {
    const differences = differencesOf(parameters, usual!.parameters)
    expect(Math.max(...differences.values())).toBeGreaterThan(1e-3)
  }
})

test.each([1, 7, 40, 1000])('words are summed alike in parts of %i numbers', async (largest) => {
  const [flows, room, width] = [30, 5, 3]
  const flow = Float32Array.from({ length: flows * width }, (_, i) => (i % 11) - 5)
  const places = Float32Array.from({ length: flows }, (_, i) => ((i * 7) % (room + 1)) - 1)
  const graph = wordSumGraph({ flows, room, width, byPosition: true, isFirst: true }, largest)
  const { sums, squares } = evaluate(graph, { flow, places })
  const expected = new Float64Array(room * width)
  places.forEach((place, i) => {
    if (place < 0) return
    for (let n = 0; n < width; n++) expected[place * width + n]! += flow[i * width + n]!
  })
  expect([...sums!.data]).toEqual([...expected])
  expect(squares!.data[0]).toBe(expected.reduce((sum, number) => sum + number * number, 0))
})

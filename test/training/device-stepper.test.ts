/** Training with its parameters on a device, where the CPU is the device. */
import { describe, expect, test } from 'vitest'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import { residentStory } from '../support/resident-story.ts'
import { differencesOf, host, residentVariants, trained } from '../support/resident-trainings.ts'

const executor = onnxruntimeExecutor({ threads: 1, keepsTensors: true })

describe('a training on a device', () => {
  // 30 steps in float32 that the host takes in float64: a few roundings, and up to 9e-7 was seen.
  const variants = residentVariants
  residentStory({ executor, tolerance: 2 ** -19, variants, stopped: variants })
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

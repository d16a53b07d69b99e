/** Training with its numbers on a device, where the CPU is the device. */
import { describe, expect, test } from 'vitest'
import type { Executor } from '../../src-main/executors/executor.ts'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import type { StepResult } from '../../src-main/training/trainer.ts'
import { changedMemory } from '../support/changed-memory.ts'
import { residentStory } from '../support/resident-story.ts'
import { differencesOf, host, residentVariants, trained } from '../support/resident-trainings.ts'

const executor = onnxruntimeExecutor({ threads: 1, keepsTensors: true })

describe('a training on a device', () => {
  // 30 steps in float32 that the host takes in float64: a few roundings, and up to 9e-7 was seen.
  const variants = residentVariants
  residentStory({ executor, tolerance: 2 ** -19, variants, stopped: variants })
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
  residentStory({ executor: small, tolerance: 2 ** -19, variants, stopped: variants })

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

test('the losses of several steps are read at once, and told in their order', async () => {
  let reads = 0
  const counting = changedMemory(executor, (memory) => ({
    read(names) {
      if (names.includes('outcomes')) reads++
      return memory.read(names)
    }
  }))
  const told = async (on: Executor) => {
    const steps: { step: number; loss: number }[] = []
    const onStep = (step: number, _: number, { loss }: StepResult) =>
      void steps.push({ step, loss })
    await trained(on, residentVariants[0]!, { onStep })
    return steps
  }
  const [there, expected] = [await told(counting), await told(host)]
  expect(there.map(({ step }) => step)).toEqual(expected.map(({ step }) => step))
  there.forEach(({ loss }, i) => expect(loss).toBeCloseTo(expected[i]!.loss, 5))
  // The first step is read at once, as nobody knows how long it takes; each epoch ends with a read.
  expect(reads).toBeLessThan(there.length / 2)
})

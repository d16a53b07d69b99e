/**
 * WebGPU on whatever GPU there is: one in software where vitest.config.ts has found it. Skipped with
 * a sentence where there is none.
 */
import { afterAll, describe, expect, test } from 'vitest'
import type { Executable } from '../../src-main/executors/executor.ts'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import { probeDevice } from '../../src-main/executors/probe.ts'
import { input, scatterAdd } from '../../src-main/graph/build.ts'
import { sizeOf } from '../../src-main/graph/ir.ts'
import { encoder } from '../../src-main/models/encoder.ts'
import type { Model } from '../../src-main/models/model.ts'
import { textCnn } from '../../src-main/models/text-cnn.ts'
import { onnxruntimeRow } from '../support/executors.ts'
import { memoryStory } from '../support/memory-story.ts'
import { opParity, stepParity } from '../support/parity.ts'
import { residentStory } from '../support/resident-story.ts'
import { residentVariants } from '../support/resident-trainings.ts'
import { movedBytes } from '../support/train-steps.ts'

/** While a session is there, others take over what the GPU has made ready for it: by far the most. */
const kept: Executable[] = []
const executor = onnxruntimeRow('onnxruntime webgpu', { device: 'webgpu', threads: 1, kept })
const probe = await probeDevice('webgpu')
if (!probe.found) {
  console.warn(
    `SKIPPED: nothing was tested on WebGPU. ${probe.why} Debian's package chromium brings a GPU in ` +
      'software (apt-get install chromium).'
  )
}

describe.skipIf(!probe.found)('onnxruntime webgpu', () => {
  afterAll(async () => {
    for (const executable of kept) await executable.dispose()
  })

  describe('computes', () => opParity(executor))

  describe('agrees with the reference on a step of', () => stepParity(executor))

  describe('a memory for tensors', () => memoryStory({ device: 'webgpu', alone: true }))

  test('adds many rows to the same place', async () => {
    const [rows, places, width] = [2048, 16, 64]
    const sums = scatterAdd(input('at', [rows]), input('x', [rows, width]), places)
    const executor = onnxruntimeExecutor({ device: 'webgpu', threads: 1, alone: true })
    const executable = await executor.compile({ name: 'test', outputs: { y: sums } })
    const at = Float32Array.from({ length: rows }, (_, row) => row % places)
    const x = new Float32Array(rows * width).fill(1)
    for (let run = 0; run < 5; run++) {
      const { y } = await executable.run({ at, x })
      expect(new Set(y)).toEqual(new Set([rows / places]))
    }
    await executable.dispose()
  })

  describe('keeps the parameters of a training', { timeout: 240_000 }, () => {
    const executor = onnxruntimeExecutor({ device: 'webgpu', threads: 1, alone: true })
    const wanted = ['AdamW, clipped', 'SGD, clipped, in parts', 'AdamW, clipped, with dropout']
    const variants = residentVariants.filter(({ name }) => wanted.includes(name))
    // As on the CPU, with sums in another order; up to 2.3e-6 was seen.
    // A GPU adds what falls on one place as it comes, so a TextCNN, whose graph adds up the gradients
    // of words, ends the same to within rounding only.
    const stopped = variants.filter(({ of }) => of === 'BERT').slice(0, 1)
    residentStory({ executor, tolerance: 2 ** -17, variants, stopped })
  })
  describe('a step moves what belongs to its batch alone', () => {
    const batch = { rows: 4, tokens: 8 }
    const there = { device: 'webgpu', threads: 1 } as const
    const cnn = (filters: number, embedding = 8) =>
      textCnn({ embedding, filters, widths: [3, 2] }, 3)
    const bert = (layers: number) =>
      encoder(
        'bert',
        {
          ...{ embedding: 8, hidden: 8, layers, heads: 2, intermediate: 16, positions: 24 },
          ...{ types: 2, normEpsilon: 1e-12, padId: 0 }
        },
        3
      )

    test('as much with more filters, wider embeddings or more layers', async () => {
      const [few, many] = [cnn(4), cnn(32)]
      expect(await movedBytes(cnn(32, 16), batch, there)).toEqual(
        await movedBytes(few, batch, there)
      )
      expect(await movedBytes(bert(2), batch, there)).toEqual(
        await movedBytes(bert(1), batch, there)
      )
      // Where the host has the parameters, they and their gradients are on their way each time.
      const fed = { ...there, keepsTensors: false }
      const [before, after] = [
        await movedBytes(few, batch, fed),
        await movedBytes(many, batch, fed)
      ]
      const more = 4 * (sizeOfAll(many) - sizeOfAll(few))
      expect(after.fed - before.fed).toBe(more)
      expect(after.fetched - before.fetched).toBe(more)
    })
  })
})

/** Numbers of all parameters but the embedding. */
const sizeOfAll = ({ parameters }: Model) =>
  parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)

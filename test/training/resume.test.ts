import { mkdtempSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import type { Tensors } from '../../src-main/executors/executor.ts'
import { encoder } from '../../src-main/models/encoder.ts'
import { textCnn } from '../../src-main/models/text-cnn.ts'
import { hash32 } from '../../src-main/random.ts'
import type { Epoch } from '../../src-main/training/base-record.ts'
import { writeCheckpoint } from '../../src-main/training/checkpoints.ts'
import { trainingPresets } from '../../src-main/training/presets.ts'
import type { TrainingSet } from '../../src-main/training/trainer.ts'
import { Trainer } from '../../src-main/training/trainer.ts'
import { readPoint, readUnfinished, writePoint } from '../../src-main/training/unfinished.ts'
import { encoded } from '../support/views.ts'

const folder = mkdtempSync(join(tmpdir(), 'erratum-resume-'))
afterAll(() => rm(folder, { recursive: true }))

const words = 50
const models = {
  TextCNN: { model: textCnn({ embedding: 8, filters: 4, widths: [5, 1] }, 2), changes: {} },
  // What dropout leaves out must not depend on where the training was taken up.
  BERT: {
    model: encoder(
      'bert',
      {
        ...{ embedding: 8, hidden: 8, layers: 2, heads: 2, intermediate: 16, positions: 24 },
        ...{ types: 2, normEpsilon: 1e-12, padId: 0 }
      },
      2
    ),
    changes: { dropout: 0.2, clipNorm: 0.5, warmUpShare: 0.2, accumulation: 2 }
  }
}

/** Random texts, of which some rows have no weight, so that a whole batch may have none. */
function data(): TrainingSet {
  const rows = 40
  const textOf = (row: number) =>
    Array.from({ length: 3 + (hash32(row) % 9) }, (_, i) => 4 + (hash32(row, i) % 46))
  const { texts } = encoded(
    Array.from({ length: rows }, (_, row) => textOf(row)),
    []
  )
  return {
    texts,
    rows: Int32Array.from({ length: rows }, (_, row) => row),
    classes: Int32Array.from({ length: rows }, (_, row) => hash32(row + 7) % 2),
    weights: Float32Array.from({ length: rows }, (_, row) => (hash32(row + 3) % 2 === 0 ? 0 : 1))
  }
}

const copied = (parameters: Tensors): Tensors =>
  Object.fromEntries(Object.entries(parameters).map(([name, data]) => [name, data.slice()]))

const cases = [
  ['TextCNN', 'adamw'],
  ['TextCNN', 'sgd'],
  ['BERT', 'adamw']
] as const

describe.each(cases)('a training of %s by %s that is taken up again', (name, optimizer) => {
  const { model, changes } = models[name]
  const preset = trainingPresets('text-cnn', false)[optimizer]
  const settings = { ...preset, epochs: 4, batchSize: 2, ...changes }
  const trainer = new Trainer(model, {
    words,
    settings,
    executor: onnxruntimeExecutor({ threads: 1 })
  })

  it.each([1, 3])('after epoch %i ends bit for bit as one that never stopped', async (stop) => {
    const at = join(folder, `${name}-${optimizer}-${stop}`)
    const results: Epoch[] = []
    await mkdir(at)
    const whole = await trainer.train(data(), 5, {
      async onEpoch(result, parameters, state) {
        results.push({ ...result, heldOutLoss: 0, heldOutAccuracy: 0 })
        if (result.epoch > stop) return
        await writeCheckpoint(at, model, parameters, result)
        await writePoint(
          at,
          { key: 'k', seed: 5, settings, epochs: [...results], seconds: 1, devices: ['cpu'] },
          state
        )
      }
    })
    const expected = copied(whole)

    const unfinished = await readUnfinished(at)
    expect(unfinished?.epochs.map(({ epoch }) => epoch)).toEqual(
      Array.from({ length: stop }, (_, n) => n + 1)
    )
    const from = await readPoint(at, stop, { model, words })
    const later: Epoch[] = []
    const steps: number[] = []
    const resumed = await trainer.train(
      data(),
      5,
      {
        onStep: (step) => void steps.push(step),
        onEpoch: (result) => void later.push({ ...result, heldOutLoss: 0, heldOutAccuracy: 0 })
      },
      from
    )
    expect(resumed).toEqual(expected)
    expect(later).toEqual(results.slice(stop))
    expect(Math.min(...steps)).toBeGreaterThan(results[stop - 1]!.step - settings.batchSize)
  })

  it('is not the same without the state of its optimizer', async () => {
    const at = join(folder, `${name}-${optimizer}-3`)
    const from = (await readPoint(at, 3, { model, words }))!
    const whole = copied(await trainer.train(data(), 5))
    const forgetful = await trainer.train(data(), 5, {}, { ...from, state: new Map() })
    expect(forgetful).not.toEqual(whole)
  })
})

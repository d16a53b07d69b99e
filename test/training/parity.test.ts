import { expect, test } from 'vitest'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import { BatchRunner } from '../../src-main/models/batch-runner.ts'
import { trainStepGraph } from '../../src-main/models/graphs.ts'
import { textCnn } from '../../src-main/models/text-cnn.ts'
import type { OptimizerSettings } from '../../src-main/training/optimizers.ts'
import { HostStepper } from '../../src-main/training/host-stepper.ts'
import { expectClose, golden } from '../support/golden.ts'

type Parameters = Record<string, { shape: number[]; data: number[] }>

interface Run {
  name: string
  optimizer: 'sgd' | 'adamw'
  momentum: number
  betas: [number, number]
  eps: number
  weightDecay: number
  learningRates: number[]
  losses: number[]
  finalParameters: Parameters
}

const { sizes, texts, labels, batches, unseenWord, initialParameters, runs } = golden<{
  sizes: Record<'V' | 'D' | 'F' | 'C' | 'w1' | 'w2', number>
  texts: number[][]
  labels: number[]
  batches: number[][]
  unseenWord: number
  initialParameters: Parameters
  runs: Run[]
}>('training')

function copied(parameters: Parameters) {
  const entries = Object.entries(parameters)
  return Object.fromEntries(entries.map(([name, { data }]) => [name, Float32Array.from(data)]))
}

function settingsOf(run: Run): OptimizerSettings {
  return run.optimizer === 'sgd'
    ? { kind: 'sgd', momentum: run.momentum }
    : { kind: 'adamw', betas: run.betas, epsilon: run.eps, weightDecay: run.weightDecay }
}

test.each(runs)('50 steps of $name end where dense PyTorch in float64 ends', async (run) => {
  const model = textCnn({ embedding: sizes.D, filters: sizes.F, widths: [sizes.w1, sizes.w2] }, 2)
  const rows = batches[0]!.length
  const executor = onnxruntimeExecutor({ threads: 1 })
  const runner = new BatchRunner({ model, executor, graph: trainStepGraph, rows })
  const stepper = new HostStepper(model, copied(initialParameters), {
    optimizer: settingsOf(run),
    runner
  })
  const rowWeight = new Float32Array(rows).fill(1 / rows)
  const losses: number[] = []
  for (const [step, batch] of batches.entries()) {
    const [outcome] = await stepper.step({
      texts: batch.map((row) => ({
        ids: Int32Array.from(texts[row]!),
        second: texts[row]!.length
      })),
      step,
      classes: batch.map((row) => labels[row]!),
      rowWeight,
      learningRate: run.learningRates[step]!
    })
    losses.push(outcome!.losses.reduce((sum, loss) => sum + loss, 0) / rows)
  }
  await stepper.settle()
  await runner.dispose()

  expectClose(losses, run.losses, { tolerance: 1e-5, name: 'losses' })
  for (const [name, { data }] of Object.entries(run.finalParameters)) {
    expectClose(stepper.parameters[name]!, data, { tolerance: 1e-5, name })
  }
  const start = unseenWord * sizes.D
  const unseen = stepper.parameters['embedding']!.subarray(start, start + sizes.D)
  const initial = initialParameters['embedding']!.data.slice(start, start + sizes.D)
  expect([...unseen], 'a word that is in no batch does not move').toEqual([
    ...Float32Array.from(initial)
  ])
})

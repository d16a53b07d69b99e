import { describe, expect, test } from 'vitest'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import { textCnn } from '../../src-main/models/text-cnn.ts'
import { hash32, normalStream, uniformStream } from '../../src-main/random.ts'
import { DeviceGraphs } from '../../src-main/training/device-graphs.ts'
import type { OptimizerSettings } from '../../src-main/training/optimizers.ts'
import { createOptimizer } from '../../src-main/training/optimizers.ts'
import { trainingPresets } from '../../src-main/training/presets.ts'
import { StepWords } from '../../src-main/training/step-words.ts'
import { wordTable } from '../../src-main/training/word-tables.ts'
import { unrefined } from '../../src-main/training/settings.ts'

const rows = 14
const width = 3
const steps = 2600
/** Row 0 is never touched; row 1 at every step; row 2 at the first and the last step only. */
const [never, always, ends] = [0, 1, 2]

interface Step {
  learningRate: number
  touched: number[]
  /** [touched, width] */
  gradients: Float32Array
}

/** Steps whose rows wait for 1 to 2000 steps between two touches, short and long gaps alike often. */
function plan(seed: number): Step[] {
  const uniform = uniformStream(hash32(seed, 1))
  const normal = normalStream(hash32(seed, 2))
  const gap = () => Math.ceil(2000 ** uniform())
  const next = Array.from({ length: rows }, gap)
  return Array.from({ length: steps }, (_, i) => {
    const step = i + 1
    const touched: number[] = []
    for (let row = 0; row < rows; row++) {
      const due = row > ends ? next[row] === step : row === always || (row === ends && isEnd(step))
      if (due) touched.push(row)
      if (due && row > ends) next[row] = step + gap()
    }
    const learningRate = 0.05 * (1 - i / steps) * (0.5 + uniform())
    const gradients = Float32Array.from({ length: touched.length * width }, normal)
    return { learningRate, touched, gradients }
  })
}

const isEnd = (step: number) => step === 1 || step === steps

/** Dense training in float64: moves every row at every step. */
interface Dense {
  step(gradient: Float64Array, learningRate: number): void
}

function denseOf(settings: OptimizerSettings, weights: Float64Array): Dense {
  return settings.kind === 'sgd'
    ? denseSgd(settings.momentum, weights)
    : denseAdam(settings.betas, weights)
}

function denseSgd(momentum: number, weights: Float64Array): Dense {
  const velocity = new Float64Array(weights.length)
  return {
    step(gradient, learningRate) {
      weights.forEach((_, i) => {
        velocity[i] = momentum * velocity[i]! + gradient[i]!
        weights[i]! -= learningRate * velocity[i]!
      })
    }
  }
}

/** Adam with ε = 0 and without decay of the weights, where 0/0 counts as 0. */
function denseAdam([beta1, beta2]: readonly [number, number], weights: Float64Array): Dense {
  const mean = new Float64Array(weights.length)
  const square = new Float64Array(weights.length)
  let step = 0
  return {
    step(gradient, learningRate) {
      step++
      weights.forEach((_, i) => {
        const g = gradient[i]!
        mean[i] = beta1 * mean[i]! + (1 - beta1) * g
        square[i] = beta2 * square[i]! + (1 - beta2) * g * g
        if (square[i] === 0) return
        const corrected = mean[i]! / (1 - beta1 ** step)
        weights[i]! -= (learningRate * corrected) / Math.sqrt(square[i]! / (1 - beta2 ** step))
      })
    }
  }
}

/** A table, wherever it is. */
interface Table {
  /** The rows, as they are after the last step. */
  read(rows: Int32Array): Promise<Float32Array>
  step(rows: Int32Array, gradients: Float32Array, learningRate: number): Promise<void>
  /** All rows, as they are after the last step. */
  end(): Promise<Float32Array>
}

function hostTable(settings: OptimizerSettings, initial: Float32Array): Table {
  const optimizer = createOptimizer(settings)
  const weights = initial.slice()
  const table = optimizer.table(weights, width)
  return {
    read(rows) {
      const current = new Float32Array(rows.length * width)
      table.read(rows, current)
      return Promise.resolve(current)
    },
    step(rows, gradients, learningRate) {
      optimizer.begin(learningRate)
      table.step(rows, gradients)
      return Promise.resolve()
    },
    end() {
      table.catchUpAll()
      return Promise.resolve(weights)
    }
  }
}

/** On the CPU as a device; row 0, which is never touched, is that of [PAD]. */
function deviceTable(settings: OptimizerSettings, initial: Float32Array): Table {
  const model = textCnn({ embedding: width, filters: 1, widths: [1, 1] }, 2)
  const training = { ...unrefined, ...trainingPresets('text-cnn', false).sgd, optimizer: settings }
  const memory = onnxruntimeExecutor({ threads: 1, keepsTensors: true }).openMemory!()
  const graphs = new DeviceGraphs(memory, { model, settings: training, words: rows })
  const optimizer = createOptimizer(settings)
  const weights = initial.slice()
  const words = new StepWords(model, graphs)
  const host = optimizer.table(weights, width)
  const table = wordTable({ model, weights, table: host, rule: optimizer.rowRule, graphs, words })
  const begun = table.begin()
  const room = 16
  const batchOf = (ids: Int32Array) => ({
    ...{ words: ids, lookedUp: ids, room },
    slots: new Float32Array(0)
  })
  return {
    async read(ids) {
      await begun
      words.begin([{ ids, second: ids.length }])
      await table.lookUp(batchOf(ids))
      return (await memory.read(['vectors']))['vectors']!.subarray(0, ids.length * width)
    },
    async step(ids, gradients, learningRate) {
      const flow = new Float32Array(room * width)
      flow.set(gradients)
      await memory.write({ flow }, { flow: [room, width] })
      await words.take(batchOf(ids), true)
      optimizer.begin(learningRate)
      await table.step()
    },
    async end() {
      await table.settle()
      await memory.dispose()
      return weights
    }
  }
}

/**
 * Runs a plan both ways; holds the rows of a step to the dense ones when they have been caught up
 * for it, and all rows at the end. Returns the largest gap that was caught up.
 */
async function compare(
  make: typeof hostTable,
  settings: OptimizerSettings,
  seed: number
): Promise<number> {
  const normal = normalStream(hash32(seed, 3))
  const initial = Float32Array.from({ length: rows * width }, () => 0.1 * normal())
  const table = make(settings, initial)
  const weights = Float64Array.from(initial)
  const dense = denseOf(settings, weights)
  const way = new Float64Array(weights.length)
  const last = new Array<number>(rows).fill(0)
  let longest = 0
  for (const [i, { learningRate, touched, gradients }] of plan(seed).entries()) {
    const ids = Int32Array.from(touched)
    const current = await table.read(ids)
    for (const [n, row] of touched.entries()) {
      const found = current.subarray(n * width, (n + 1) * width)
      expectRow(row, { found, weights, way, when: `seed ${seed}, before step ${i + 1}` })
      if (last[row]! > 0) longest = Math.max(longest, i + 1 - last[row]!)
      last[row] = i + 1
    }
    await table.step(ids, gradients, learningRate)
    const whole = new Float64Array(rows * width)
    touched.forEach((row, n) => {
      whole.set(gradients.subarray(n * width, (n + 1) * width), row * width)
    })
    const before = weights.slice()
    dense.step(whole, learningRate)
    weights.forEach((weight, j) => (way[j]! += Math.abs(weight - before[j]!)))
  }
  const ended = await table.end()
  for (let row = 0; row < rows; row++) {
    const found = ended.subarray(row * width, (row + 1) * width)
    expectRow(row, { found, weights, way, when: `seed ${seed}, at the end` })
  }
  const start = never * width
  expect([...ended.subarray(start, start + width)], 'a row never touched').toEqual([
    ...initial.subarray(start, start + width)
  ])
  return longest
}

interface Compared {
  /** [width] the row */
  found: Float32Array
  weights: Float64Array
  /** How far each weight has gone, there and back. */
  way: Float64Array
  when: string
}

/** Within float32's rounding of what a weight is and of what has been added to it. */
function expectRow(row: number, { found, weights, way, when }: Compared): void {
  found.forEach((weight, d) => {
    const i = row * width + d
    const error = Math.abs(weight - weights[i]!)
    const detail = `${when}: row ${row}[${d}] is ${weight}, not ${weights[i]}`
    if (!(error <= 3e-6 * (way[i]! + 0.1))) expect.fail(detail)
  })
}

const tables: [name: string, settings: OptimizerSettings][] = [
  ['SGD without momentum', { kind: 'sgd', momentum: 0 }],
  ['SGD with momentum 0.5', { kind: 'sgd', momentum: 0.5 }],
  ['SGD with momentum 0.9', { kind: 'sgd', momentum: 0.9 }],
  ['SGD with momentum 0.99', { kind: 'sgd', momentum: 0.99 }],
  ['AdamW', { kind: 'adamw', betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0.01 }],
  [
    'AdamW with short memories',
    { kind: 'adamw', betas: [0.6, 0.9], epsilon: 1e-8, weightDecay: 0.01 }
  ],
  ['AdamW without a mean', { kind: 'adamw', betas: [0, 0.99], epsilon: 1e-8, weightDecay: 0 }]
]

describe.each(tables)('a table under %s is trained as a dense one is', (_, settings) => {
  // The row touched first and last alone waits for longer than any memory of past rates.
  test.each([1, 2, 3, 4, 5])('seed %i', async (seed) => {
    expect(await compare(hostTable, settings, seed)).toBe(steps - 1)
  })

  test('on a device', async () => {
    expect(await compare(deviceTable, settings, 6)).toBe(steps - 1)
  })
})

test('catching up twice, or with no step between, moves nothing', () => {
  const optimizer = createOptimizer({ kind: 'sgd', momentum: 0.9 })
  const weights = new Float32Array(2)
  const table = optimizer.table(weights, 1)
  const stepOf = (row: number) => {
    const rows = Int32Array.of(row)
    const current = new Float32Array(1)
    table.read(rows, current)
    optimizer.begin(0.5)
    table.step(rows, Float32Array.of(1))
  }
  const read = () => {
    const found = new Float32Array(1)
    table.read(Int32Array.of(0), found)
    return found[0]
  }
  stepOf(0)
  stepOf(1)
  // −0.5 · (1 + 0.9)
  expect(read()).toBeCloseTo(-0.95, 6)
  expect(read()).toBe(read())
  table.catchUpAll()
  expect(weights[0]).toBeCloseTo(-0.95, 6)
  const once = weights.slice()
  table.catchUpAll()
  expect([...weights]).toEqual([...once])
  expect(read()).toBe(once[0])
})

test('a row whose gradient is zero moves as if it were not in the batch', () => {
  for (const [, settings] of tables) {
    const run = (given: number[]) => {
      const optimizer = createOptimizer(settings)
      const weights = Float32Array.of(1, 2)
      const table = optimizer.table(weights, 1)
      const both = Int32Array.of(0, 1)
      const current = new Float32Array(2)
      for (const gradient of [0.5, 0, 0, -0.25]) {
        const rows = gradient === 0 ? Int32Array.from(given) : both
        table.read(rows, current)
        optimizer.begin(0.1)
        table.step(rows, Float32Array.of(gradient, gradient))
      }
      table.catchUpAll()
      return [...weights]
    }
    expect(run([0, 1])).toEqual(run([]))
  }
})

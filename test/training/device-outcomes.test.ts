import { expect, test } from 'vitest'
import type { DeviceMemory } from '../../src-main/executors/executor.ts'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import { constant } from '../../src-main/graph/build.ts'
import { DeviceOutcomes, keepingOutcomes } from '../../src-main/training/device-outcomes.ts'

/** Two rows of a batch, three classes; a loss and logits that name the batch. */
const sizes = { rows: 2, classes: 3, parts: 2 }
const lossesOf = (batch: number) => [batch, batch + 0.25]
const logitsOf = (batch: number) => [1, 2, 3, 4, 5, 6].map((number) => number + 100 * batch)

/** Takes steps of one batch, each so many ms long, and gives which were known after each. */
async function steps(milliseconds: readonly number[]): Promise<number[][]> {
  const memory = onnxruntimeExecutor({ threads: 1, keepsTensors: true }).openMemory!()
  let now = 0
  const outcomes = new DeviceOutcomes(memory, sizes, () => now)
  await outcomes.begin()
  const known: number[][] = []
  const tell = (found: Awaited<ReturnType<typeof outcomes.rest>>) => {
    for (const { losses, logits } of found) {
      expect([...losses]).toEqual(lossesOf(losses[0]!))
      expect([...logits]).toEqual(logitsOf(losses[0]!))
    }
    known.push(found.map(({ losses }) => losses[0]!))
  }
  for (const [batch, length] of milliseconds.entries()) {
    await takeBatch(memory, batch)
    now += length
    tell(await outcomes.took(1))
  }
  tell(await outcomes.rest())
  await memory.dispose()
  return known
}

async function takeBatch(memory: DeviceMemory, batch: number): Promise<void> {
  const losses = constant(lossesOf(batch), [2])
  const logits = constant(logitsOf(batch), [2, 3])
  const graph = keepingOutcomes({ name: 'batch', outputs: { losses, logits } }, sizes)
  const writes = { 'next outcomes': 'outcomes' }
  await (await memory.compile(graph, { reads: ['outcomes'], writes })).run({})
}

test('steps are told one by one where each takes long', async () => {
  expect(await steps([1000, 200, 200, 126])).toEqual([[0], [1], [2], [3], []])
})

test('short ones are told together, after an eighth of a second, and the rest at the end', async () => {
  const each = [[0], [], [], [1, 2, 3], [], []]
  expect(await steps([40, 40, 40, 40, 40, 40])).toEqual([...each, [4, 5]])
})

test('no more are left untold than there is room for', async () => {
  const known = await steps(new Array<number>(20).fill(1))
  const sizes = known.map((found) => found.length).filter((count) => count > 0)
  expect(sizes).toEqual([1, 8, 8, 3])
  expect(known.flat()).toEqual([...Array(20).keys()])
})

test('a step in parts is told as one', async () => {
  const memory = onnxruntimeExecutor({ threads: 1, keepsTensors: true }).openMemory!()
  const outcomes = new DeviceOutcomes(memory, sizes, () => 0)
  await outcomes.begin()
  for (const batch of [7, 8]) await takeBatch(memory, batch)
  const [step, ...others] = await outcomes.took(2)
  expect([...step!.losses]).toEqual([...lossesOf(7), ...lossesOf(8)])
  expect([...step!.logits]).toEqual([...logitsOf(7), ...logitsOf(8)])
  expect(others).toEqual([])
  await memory.dispose()
})

import { describe, expect, test } from 'vitest'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import { input, scatterAdd } from '../../src-main/graph/build.ts'
import { memoryStory } from '../support/memory-story.ts'

test('several threads may add rows to the same place', async () => {
  const [rows, places, width] = [8192, 16, 100]
  const sums = scatterAdd(input('at', [rows]), input('x', [rows, width]), places)
  const graph = { name: 'test', outputs: { y: sums } }
  const executable = await onnxruntimeExecutor({ threads: 4 }).compile(graph)
  const at = Float32Array.from({ length: rows }, (_, row) => row % places)
  const x = new Float32Array(rows * width).fill(1)
  // One run in ten was wrong when each thread added on its own.
  for (let run = 0; run < 100; run++) {
    const { y } = await executable.run({ at, x })
    expect(new Set(y)).toEqual(new Set([rows / places]))
  }
  await executable.dispose()
})

describe('a memory for tensors, on the CPU', () =>
  memoryStory({ device: 'cpu', keepsTensors: true }))

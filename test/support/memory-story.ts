/** What a memory of every device does. */
import { expect, test } from 'vitest'
import type { OnnxruntimeOptions } from '../../src-main/executors/onnxruntime.ts'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import { add, constant, input, matmul, mul } from '../../src-main/graph/build.ts'
import type { Value } from '../../src-main/graph/ir.ts'

/** Tensors are written, changed by runs and read, on the device that the options name. */
export function memoryStory(options: Omit<OnnxruntimeOptions, 'threads'>): void {
  const moved: number[] = []
  const onRun = ({ fed, fetched }: { fed: number; fetched: number }) =>
    void moved.push(fed, fetched)
  const open = () => onnxruntimeExecutor({ ...options, threads: 1, onRun }).openMemory!()

  test('runs read what it holds and replace it', async () => {
    const memory = open()
    const given = Float32Array.of(1, 2, 3)
    await memory.write({ w: given, unused: Float32Array.of(9) }, { w: [3], unused: [1] })
    // It has taken a copy.
    given.fill(0)
    const [w, x] = [input('w', [3]), input('x', [3])]
    const graph = { name: 'test', outputs: { product: mul(w, x), next: add(w, x) } }
    const executable = await memory.compile(graph, { reads: ['w'], writes: { next: 'w' } })
    expect(executable.inputShapes).toEqual({ x: [3] })
    expect(executable.outputShapes).toEqual({ product: [3] })
    const into = { product: new Float32Array(3) }
    for (const expected of [
      [1, 2, 3],
      [2, 3, 4],
      [3, 4, 5]
    ]) {
      const results = await executable.run({ x: Float32Array.of(1, 1, 1) }, into)
      expect(results).toBe(into)
      expect([...into.product]).toEqual(expected)
    }
    const read = await memory.read(['w', 'unused'])
    expect(
      Object.fromEntries(Object.entries(read).map(([name, data]) => [name, [...data]]))
    ).toEqual({
      w: [4, 5, 6],
      unused: [9]
    })
    await executable.dispose()
    await memory.dispose()
  })

  test('what one graph leaves another reads, and a write replaces it', async () => {
    const memory = open()
    const double = await memory.compile(
      { name: 'double', outputs: { y: mul(input('x', [2]), constant([2])) } },
      { reads: [], writes: { y: 'kept' } }
    )
    const onward = await memory.compile(
      { name: 'add', outputs: { z: add(input('kept', [2]), constant([1])) } },
      { reads: ['kept'], writes: {} }
    )
    await expect(onward.run({})).rejects.toThrow('kept was read from a device before')
    await double.run({ x: Float32Array.of(1, 2) })
    expect([...(await onward.run({}))['z']!]).toEqual([3, 5])
    for (const n of [10, 20]) {
      await memory.write({ kept: Float32Array.of(n, n) }, { kept: [2] })
      expect([...(await onward.run({}))['z']!]).toEqual([n + 1, n + 1])
    }
    await double.dispose()
    await onward.dispose()
    await memory.dispose()
  })

  test('what was fed may be changed while a device has yet to compute', async () => {
    const memory = open()
    const size = 256
    const matrix = input('m', [size, size])
    const chain = Array.from({ length: 4 }).reduce<Value>((y) => matmul(y, matrix), matrix)
    await memory.write({ m: new Float32Array(size * size) }, { m: [size, size] })
    const outputs = { busy: chain, kept: input('x', [3]) }
    const writes = { busy: 'busy', kept: 'kept' }
    const executable = await memory.compile({ name: 'test', outputs }, { reads: ['m'], writes })
    const x = Float32Array.of(1, 2, 3)
    await executable.run({ x })
    x.fill(9)
    expect([...(await memory.read(['kept']))['kept']!]).toEqual([1, 2, 3])
    await executable.dispose()
    await memory.dispose()
  })

  test('only what the host gives and gets is moved', async () => {
    const memory = open()
    await memory.write({ w: new Float32Array(1000) }, { w: [1000] })
    const outputs = { next: add(input('w', [1000]), input('x', [1])), z: input('y', [2]) }
    const executable = await memory.compile(
      { name: 'test', outputs },
      { reads: ['w'], writes: { next: 'w' } }
    )
    moved.length = 0
    await executable.run({ x: new Float32Array(1), y: new Float32Array(2) })
    // On the CPU everything is with the host.
    const kept = options.device === 'cpu' ? 4000 : 0
    expect(moved).toEqual([kept + 12, kept + 8])
    await executable.dispose()
    await memory.dispose()
  })
}

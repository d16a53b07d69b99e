/** What every executor's executables do alike, whatever the operators. */
import { afterEach, describe, expect, test } from 'vitest'
import type { Executable, Executor } from '../../src-main/executors/executor.ts'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import { loadTfjs } from '../../src-main/executors/tfjs/library.ts'
import { tfjsExecutor } from '../../src-main/executors/tfjs/tfjs.ts'
import { add, constant, input, matmul, mul, neg, reshape } from '../../src-main/graph/build.ts'
import type { Value } from '../../src-main/graph/ir.ts'

const open: Executable[] = []

afterEach(async () => {
  for (const executable of open.splice(0)) await executable.dispose()
})

async function compile(executor: Executor, outputs: Record<string, Value>, constants = {}) {
  const executable = await executor.compile({ name: 'test', outputs }, { constants })
  open.push(executable)
  return executable
}

const executors = [
  onnxruntimeExecutor({ threads: 1 }),
  tfjsExecutor(loadTfjs({ packages: ['@tensorflow/tfjs-backend-cpu'] }))
]

describe.each(executors)('$name', (executor) => {
  test('results go where they are wanted, or to arrays of its own', async () => {
    const executable = await compile(executor, { y: neg(input('x', [2])) })
    const y = new Float32Array(2)
    expect((await executable.run({ x: Float32Array.of(1, -2) }, { y }))['y']).toBe(y)
    expect([...y]).toEqual([-1, 2])
    const own = await executable.run({ x: Float32Array.of(3, 4) })
    expect([...own['y']!]).toEqual([-3, -4])
    expect([...y]).toEqual([-1, 2])
  })

  test('an array that changes between two runs is read anew', async () => {
    const executable = await compile(executor, { y: neg(input('x', [2])) })
    const x = Float32Array.of(1, 2)
    expect([...(await executable.run({ x }))['y']!]).toEqual([-1, -2])
    x[1] = 5
    expect([...(await executable.run({ x }))['y']!]).toEqual([-1, -5])
  })

  test('one array may feed two inputs of different shapes', async () => {
    const [row, column] = [input('row', [1, 2]), input('column', [2, 1])]
    const executable = await compile(executor, { y: matmul(row, column) })
    const both = Float32Array.of(3, 4)
    for (let run = 0; run < 2; run++) {
      const results = await executable.run({ row: both, column: both })
      expect([...results['y']!]).toEqual([25])
    }
  })

  test('inputs keep their names, whatever the nodes are called', async () => {
    const names = ['v0', 'v1', 'v2', 'a.0', 'a name']
    const sum = names.map((name) => mul(input(name, []), constant([2]))).reduce(add)
    const executable = await compile(executor, { v3: reshape(sum, [1]) })
    const feeds = Object.fromEntries(names.map((name, i) => [name, Float32Array.of(i)]))
    expect([...(await executable.run(feeds))['v3']!]).toEqual([20])
  })

  test('a value may be an output twice, and an input an output', async () => {
    const x = input('x', [1])
    const y = neg(x)
    const executable = await compile(executor, {
      first: y,
      second: y,
      third: x,
      fourth: constant([7])
    })
    const results = await executable.run({ x: Float32Array.of(4) })
    expect(Object.values(results).map((result) => result[0])).toEqual([-4, -4, 4, 7])
  })

  test('constants are folded in and no longer fed', async () => {
    const outputs = { y: mul(input('x', [2]), input('weight', [2])) }
    const executable = await compile(executor, outputs, { weight: Float32Array.of(2, 3) })
    expect(executable.inputShapes).toEqual({ x: [2] })
    expect(executable.outputShapes).toEqual({ y: [2] })
    expect([...(await executable.run({ x: Float32Array.of(1, 1) }))['y']!]).toEqual([2, 3])
  })

  test('a tensor that does not fit is refused with its name and shape', async () => {
    const executable = await compile(executor, { y: neg(input('x', [2, 2])) })
    await expect(executable.run({ x: new Float32Array(3) })).rejects.toThrow(
      'Tensor x [2, 2] was given 3 numbers.'
    )
    await expect(executable.run({})).rejects.toThrow('Tensor x [2, 2] was given nothing.')
  })

  test('results of one run are none of the next', async () => {
    const x = input('x', [2])
    const executable = await compile(executor, { same: x, column: reshape(x, [2, 1]) })
    const fed = Float32Array.of(1, 2)
    const results = await executable.run({ x: fed })
    fed[0] = 7
    expect([...results['same']!, ...results['column']!]).toEqual([1, 2, 1, 2])
  })
})

/** TensorFlow.js in plain JavaScript: its tensors, and how its packages are looked for. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { slowness } from '../../src-main/executors/probe.ts'
import { loadTfjs } from '../../src-main/executors/tfjs/library.ts'
import { tfjsExecutor } from '../../src-main/executors/tfjs/tfjs.ts'
import {
  constant,
  gather,
  input,
  matmul,
  mul,
  neg,
  transposeLast
} from '../../src-main/graph/build.ts'
import { smallModels, stepKinds, wholeStep } from '../support/steps.ts'

const plain = loadTfjs({ packages: ['@tensorflow/tfjs-backend-cpu'] })
const executor = tfjsExecutor(plain)
const tensorCount = () => plain.tf.memory().numTensors

test.each(smallModels)('runs of $name leave no tensors behind', async ({ model, batch }) => {
  for (const kind of stepKinds) {
    const before = tensorCount()
    const { graph, feeds, parameters } = wholeStep(model, kind, batch)
    const constants = Object.fromEntries(parameters.map((name) => [name, feeds[name]!]))
    const executable = await executor.compile(graph, { constants })
    const compiled = tensorCount()
    for (let run = 0; run < 3; run++) {
      await executable.run(feeds)
      expect(tensorCount()).toBe(compiled)
    }
    await executable.dispose()
    expect(tensorCount()).toBe(before)
  }
})

test('a run that fails leaves no tensors behind', async () => {
  const rows = gather(input('matrix', [3, 2]), input('at', [1]))
  const executable = await executor.compile({ name: 'test', outputs: { y: mul(rows, rows) } })
  const before = tensorCount()
  const matrix = new Float32Array(6)
  await expect(executable.run({ matrix, at: Float32Array.of(5) })).rejects.toThrow('5')
  expect(tensorCount()).toBe(before)
  await executable.dispose()
})

test('a graph that cannot be compiled leaves no tensors behind', async () => {
  const rows = gather(input('matrix', [3, 2]), input('at', [1]))
  const twice = mul(input('weight', [2]), constant([2]))
  const before = tensorCount()
  const graph = { name: 'test', outputs: { y: matmul(mul(rows, twice), input('x', [2, 1])) } }
  const constants = {
    weight: new Float32Array(2),
    matrix: new Float32Array(6),
    at: Float32Array.of(5)
  }
  await expect(executor.compile(graph, { constants })).rejects.toThrow('5')
  expect(tensorCount()).toBe(before)
})

test('a tensor is freed when the last step has read it', async () => {
  const [size, steps] = [1000, 40]
  let y = input('x', [size])
  for (let step = 0; step < steps; step++) y = neg(y)
  const executable = await executor.compile({ name: 'test', outputs: { y } })
  const before = plain.tf.memory().numBytes
  const { peakBytes } = await plain.tf.profile(async () => {
    await executable.run({ x: new Float32Array(size) })
    return plain.tf.zeros([0])
  })
  // What a step reads, which at first is what is fed, and what it writes.
  expect(peakBytes - before).toBeLessThanOrEqual(2 * 4 * size)
  await executable.dispose()
})

test('what follows from constants is computed once and kept alone', async () => {
  const before = tensorCount()
  const weight = mul(transposeLast(input('weight', [2, 3])), constant([2]))
  const graph = { name: 'test', outputs: { y: matmul(input('x', [1, 3]), weight) } }
  const constants = { weight: Float32Array.of(1, 2, 3, 4, 5, 6) }
  const executable = await executor.compile(graph, { constants })
  expect(tensorCount()).toBe(before + 1)
  constants.weight.fill(0)
  expect([...(await executable.run({ x: Float32Array.of(1, 1, 1) }))['y']!]).toEqual([12, 30])
  await executable.dispose()
})

test('a constant that does not fit is refused with its name and shape', async () => {
  const graph = { name: 'test', outputs: { y: mul(input('x', [2]), input('weight', [2])) } }
  await expect(executor.compile(graph, { constants: { weight: new Float32Array(3) } }))
    .rejects //
    .toThrow('Tensor weight [2] was given 3 numbers.')
})

test('rows far down a table are found exactly', async () => {
  const rows = 2 ** 24
  const table = Float32Array.from({ length: rows }, (_, row) => row % 251)
  const at = [rows - 1, rows - 2, 2 ** 23 + 1, 9_999_999]
  const y = gather(input('table', [rows, 1]), input('at', [at.length]))
  const executable = await executor.compile({ name: 'test', outputs: { y } })
  const results = await executable.run({ table, at: Float32Array.from(at) })
  expect([...results['y']!]).toEqual(at.map((row) => row % 251))
  await executable.dispose()
})

const folder = mkdtempSync(join(tmpdir(), 'erratum-tfjs-'))
afterAll(() => rmSync(folder, { recursive: true }))

const gpuPackage = '@tensorflow/tfjs-node-gpu'

/** The package for a GPU in a folder of its own, each of its two parts doing what its text says. */
function install({ functions, backend }: { functions: string; backend: string }): string {
  const own = mkdtempSync(join(folder, 'with-'))
  writeFileSync(join(own, 'package.json'), '{}')
  for (const [name, text] of [
    ['@tensorflow/tfjs', functions],
    [gpuPackage, `require('@tensorflow/tfjs'); ${backend}`]
  ] as const) {
    const lies = join(own, 'node_modules', name)
    mkdirSync(lies, { recursive: true })
    writeFileSync(join(lies, 'package.json'), JSON.stringify({ name, main: 'index.js' }))
    writeFileSync(join(lies, 'index.js'), text)
  }
  return own
}

const noLibrary = "throw new Error('libtensorflow.so.2 is missing.\\nMore.')"

test('without any of its packages it says what to run', () => {
  expect(() => loadTfjs({ folders: [folder] })).toThrow(
    '@tensorflow/tfjs-node-gpu is not installed. @tensorflow/tfjs-node is not installed. ' +
      '@tensorflow/tfjs-backend-cpu is not installed. ' +
      'In a checkout on Linux (x64), install it by npm run setup:gpu; or choose another device.'
  )
})

test('a package that does not load is passed over with its reason', () => {
  const functions = 'exports.enableProdMode = () => undefined'
  const broken = install({ functions, backend: noLibrary })
  const library = loadTfjs({
    packages: [gpuPackage, '@tensorflow/tfjs-backend-cpu'],
    folders: [broken, process.cwd()]
  })
  expect(library.package).toBe('@tensorflow/tfjs-backend-cpu')
  expect(slowness(library)).toBe(
    'It computes in plain JavaScript, which is slow. @tensorflow/tfjs-node-gpu did not load: ' +
      'libtensorflow.so.2 is missing. In a checkout on Linux (x64), npm run setup:gpu -- tfjs gets ' +
      'the one for a GPU.'
  )
})

test('the next package says nothing of what one that did not load has registered', () => {
  const core = createRequire(import.meta.url).resolve('@tensorflow/tfjs-core')
  const functions = `const core = require(${JSON.stringify(core)})
  core.registerKernel({ kernelName: 'Add', backendName: 'cpu', kernelFunc: () => undefined })
  module.exports = core`
  const script = join(import.meta.dirname, 'load-tfjs.ts')
  const given = ['--import', 'tsx', script, install({ functions, backend: noLibrary })]
  const { stdout, stderr } = spawnSync(process.execPath, given, { encoding: 'utf8' })
  expect({ stdout, stderr }).toEqual({ stdout: '@tensorflow/tfjs-backend-cpu\n', stderr: '' })
})

test('a package is found in the second folder, and given what newer Nodes lack', () => {
  const found = install({
    functions: 'exports.enableProdMode = () => undefined',
    backend: `const tf = require('@tensorflow/tfjs')
    const util = require('util')
    tf.checks = [undefined, null, 0, []].map((x) => [util.isNullOrUndefined(x), util.isArray(x)])
    tf.backend = () => ({ isUsingGpuDevice: true })`
  })
  const library = loadTfjs({ folders: [folder, found] })
  expect(library).toMatchObject({ package: gpuPackage, isOnGpu: true, passedOver: [] })
  expect(slowness(library)).toBe('')
  expect((library.tf as unknown as { checks: boolean[][] }).checks).toEqual([
    [true, false],
    [true, false],
    [false, false],
    [false, true]
  ])
})

/** The parts of `check.ts`; each says what it finds as soon as it has found it. */
import { firstLine } from '../../src-main/errors.ts'
import type { DeviceName } from '../../src-main/executors/devices.ts'
import { isOfOnnxruntime } from '../../src-main/executors/devices.ts'
import type { Executable, Tensors } from '../../src-main/executors/executor.ts'
import { executorOn } from '../../src-main/executors/on-device.ts'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import { probeDevice } from '../../src-main/executors/probe.ts'
import { evaluate } from '../../src-main/executors/reference.ts'
import type { Graph } from '../../src-main/graph/ir.ts'
import type { BatchShape, Model } from '../../src-main/models/model.ts'
import { models } from '../../src-main/models/models.ts'
import { median } from '../bench/measure.ts'
import { tolerances } from '../support/executors.ts'
import { buildCase, casesOf, computingOps, numbered } from '../support/op-cases.ts'
import { differencesOf, host, residentVariants, trained } from '../support/resident-trainings.ts'
import type { StepKind } from '../support/steps.ts'
import { smallModels, stepKinds, wholeStep } from '../support/steps.ts'
import type { TimedModel } from '../support/side-by-side.ts'
import { secondsOfAll, secondsOfOneGraph } from '../support/side-by-side.ts'
import { timeOfSteps, trainSteps } from '../support/train-steps.ts'

export interface PartOptions {
  device: DeviceName
  /** Threads of the CPU beside the device. */
  threads: number
  quick: boolean
}

/** The median time of one step. */
export interface Row {
  step: string
  /** Where it ran, and where its state was. */
  how: string
  ms: number
}

const timed: readonly TimedModel[] = [
  { model: 'text-cnn', preset: 'text-cnn', tokens: 48, words: 640 },
  { model: 'bert', preset: 'bert-tiny', tokens: 64, words: 768 },
  { model: 'bert', preset: 'bert-mini', tokens: 64, words: 768 },
  { model: 'bert', preset: 'bert-small', tokens: 64, words: 768 }
]

const parts = new Map<string, (options: PartOptions) => Promise<Row[]>>([
  ['probe', probe],
  ['operators', operators],
  ...smallModels.map(({ name }) => [`${name} beside the reference`, smallSteps(name)] as const),
  ['state on the device', residentState],
  ...timed.map((each) => [`${each.preset} side by side`, several(each)] as const),
  ...timed.flatMap(({ model, preset, tokens, words }) =>
    stepKinds.map((kind) => {
      const make = () => models[model].create(models[model].presets[preset]!, 2)
      const batch = { rows: 32, tokens, words }
      const name = `${preset} ${kind}`
      return [name, (options: PartOptions) => times(name, { kind, make, batch, options })] as const
    })
  )
])

export const partNames = [...parts.keys()]

/** Runs a part; an error is said, and ends the process. */
export async function runPart(name: string, options: PartOptions): Promise<Row[]> {
  return parts.get(name)!(options)
}

async function probe({ device }: PartOptions): Promise<Row[]> {
  const found = await probeDevice(device)
  say(found.found ? (found.remark ?? 'It is there, and computes.') : found.why)
  if (!found.found) process.exit(1)
  return []
}

/** All operators' cases; which of them need the CPU, and which come out wrong. */
async function operators({ device, quick }: PartOptions): Promise<Row[]> {
  for (const op of computingOps) {
    const cases = casesOf(op).slice(0, quick ? 4 : Infinity)
    const [failures, onCpu] = [new Set<string>(), new Set<string>()]
    let worst = 0
    for (const given of cases) {
      try {
        const { outputs, feeds } = buildCase(given)
        const graph = { name: op, outputs: numbered('y', outputs) }
        const compiled = await compileFor(device, graph)
        if (!compiled.isAlone) onCpu.add(given.note)
        const tensors = Object.entries(feeds).map(([x, data]) => [x, Float32Array.from(data)])
        const results = await compiled.executable.run(Object.fromEntries(tensors))
        const errors = given.outputs.map(({ data }, i) => errorOf(results[`y${i}`]!, data))
        await compiled.executable.dispose()
        worst = Math.max(worst, ...errors)
        if (!(Math.max(...errors) <= tolerances[device])) failures.add(`"${given.note}"`)
      } catch (error) {
        failures.add(`"${given.note}" (${firstLine(error)})`)
      }
    }
    const wrong = failures.size > 0 ? `  WRONG: ${[...failures].join(', ')}` : ''
    const partly = onCpu.size > 0 ? `  on the CPU in ${onCpu.size}` : ''
    say(`  ${op.padEnd(20)} ${cases.length} cases, error ${roundings(worst)}${partly}${wrong}`)
  }
  return []
}

/** Steps of a small model, beside the reference executor. */
function smallSteps(name: string) {
  return async ({ device }: PartOptions): Promise<Row[]> => {
    const { model, batch } = smallModels.find((small) => small.name === name)!
    for (const kind of stepKinds) {
      const { graph, feeds } = wholeStep(model, kind, batch)
      const { executable, isAlone } = await compileFor(device, graph)
      const results = await executable.run(feeds)
      const expected = Object.entries(evaluate(graph, feeds)).map(([output, { data }]) => {
        return [output, data] as const
      })
      say(`  ${kind}: ${worstOf(results, expected)}${isAlone ? '' : ', partly on the CPU'}`)
      await executable.dispose()
    }
    return []
  }
}

/** Trainings whose parameters and optimizer's state never leave the device, beside the host's. */
async function residentState({ device, quick }: PartOptions): Promise<Row[]> {
  const executor = executorOn(device, { threads: 1 })
  if (!executor.openMemory) say('  its library leaves no tensors there: the host has them.')
  for (const variant of residentVariants.slice(0, quick ? 2 : Infinity)) {
    const { parameters } = await trained(executor, variant)
    const differences = [...differencesOf(parameters, (await trained(host, variant)).parameters)]
    const [name, worst] = differences.reduce((most, next) => (next[1] <= most[1] ? most : next))
    say(`  ${variant.of} by ${variant.name}: largest difference ${roundings(worst)}, of ${name}`)
  }
  return []
}

/** Trainings that share the device, a process each: the time of a step of any of them. */
function several(timed: TimedModel) {
  return async ({ device }: PartOptions): Promise<Row[]> => {
    const step = `${timed.preset} train step`
    const rows: Row[] = []
    const attempt = async (how: string, seconds: () => Promise<number>) => {
      try {
        const ms = 1000 * (await seconds())
        rows.push({ step, how, ms })
        say(`  ${how}: ${ms.toFixed(2)} ms, ${(1000 / ms).toFixed(1)} steps/s`)
      } catch (error) {
        say(`  FAILED: ${how}: ${firstLine(error)}`)
      }
    }
    for (const atOnce of [1, 2, 4, 8]) {
      const seconds = () => secondsOfAll(timed, { device, atOnce })
      await attempt(`device, ${atOnce} side by side`, seconds)
    }
    for (const trainings of [2, 4, 8]) {
      const seconds = () => secondsOfOneGraph(timed, { device, trainings })
      await attempt(`device, one graph for ${trainings}, at best`, seconds)
    }
    return rows
  }
}

interface Timing {
  kind: StepKind
  make: () => Model
  batch: BatchShape
  options: PartOptions
}

/** Times of a graph on the device and on the CPU; of a train step also with all that belongs to it. */
async function times(name: string, { kind, make, batch, options }: Timing): Promise<Row[]> {
  const { device, threads, quick } = options
  const seconds = quick ? 1 : 3
  const model = make()
  const step = wholeStep(model, kind, batch)
  const rows: Row[] = []
  const attempt = async (how: string, work: () => Promise<number>) => {
    try {
      const ms = await work()
      rows.push({ step: name, how, ms })
      say(`  ${how}: ${ms.toFixed(2)} ms, ${(1000 / ms).toFixed(1)} steps/s`)
    } catch (error) {
      say(`  FAILED: ${how}: ${firstLine(error)}`)
    }
  }
  // What extraction does: the weights are the same for all batches. A train step is fed them anew.
  const isFixed = (input: string) => kind === 'input gradient' && step.parameters.includes(input)
  const entries = Object.entries(step.feeds)
  const constants = Object.fromEntries(entries.filter(([input]) => isFixed(input)))
  const feeds = Object.fromEntries(entries.filter(([input]) => !isFixed(input)))
  const results: Tensors[] = []
  const timeOf = async (on: DeviceName) => {
    const begin = performance.now()
    const executor = executorOn(on, { threads })
    const executable = await executor.compile(step.graph, { constants })
    const compiled = performance.now()
    results.push(copyOf(await executable.run(feeds)))
    const first = performance.now() - compiled
    say(
      `  (${on}: ${(compiled - begin).toFixed(0)} ms to compile, first run ${first.toFixed(0)} ms)`
    )
    const ms = await medianTime(() => executable.run(feeds), seconds)
    await executable.dispose()
    return ms
  }
  await attempt('device', () => timeOf(device))
  const wholeStepOn = async (on: DeviceName) => {
    const steps = trainSteps(model, batch, { device: on, threads })
    const ms = await timeOfSteps(steps, seconds)
    await steps.run()
    const { fed, fetched } = steps.moved
    if (on !== 'cpu') say(`  (${kilobytes(fed)} kB there and ${kilobytes(fetched)} kB back a step)`)
    await steps.dispose()
    return ms
  }
  if (kind === 'train step') {
    await attempt('device, with the updates', () => wholeStepOn(device))
    await attempt('CPU, with the updates', () => wholeStepOn('cpu'))
  }
  await attempt('CPU', () => timeOf('cpu'))
  if (results.length === 2) say(`  ${worstOf(results[0]!, Object.entries(results[1]!))}`)
  return rows
}

/** Compiles for the device alone if it can, and with the CPU's help if not. */
async function compileFor(
  device: DeviceName,
  graph: Graph
): Promise<{ executable: Executable; isAlone: boolean }> {
  if (!isOfOnnxruntime(device)) {
    return { executable: await executorOn(device, { threads: 1 }).compile(graph), isAlone: true }
  }
  try {
    const alone = onnxruntimeExecutor({ device, threads: 1, alone: device !== 'cpu' })
    return { executable: await alone.compile(graph), isAlone: true }
  } catch {
    const executor = onnxruntimeExecutor({ device, threads: 1 })
    return { executable: await executor.compile(graph), isAlone: false }
  }
}

/** Median time of a run in ms, over some seconds, after two runs to get warm. */
async function medianTime(run: () => Promise<unknown>, seconds: number): Promise<number> {
  for (let i = 0; i < 2; i++) await run()
  const ms: number[] = []
  const end = performance.now() + 1000 * seconds
  while (ms.length < 3 || performance.now() < end) {
    const start = performance.now()
    await run()
    ms.push(performance.now() - start)
  }
  return median(ms)
}

/** The largest error, relative to the largest expected number. */
function errorOf(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [scale, worst] = [Number.EPSILON, 0]
  for (let i = 0; i < expected.length; i++) {
    scale = Math.max(scale, Math.abs(expected[i]!))
    const error = Math.abs(actual[i]! - expected[i]!)
    if (!(error <= worst)) worst = error
  }
  return actual.length === expected.length ? worst / scale : Infinity
}

function worstOf(
  actual: Tensors,
  expected: readonly (readonly [string, ArrayLike<number>])[]
): string {
  const errors = expected.map(([name, data]) => ({ name, error: errorOf(actual[name]!, data) }))
  const worst = errors.reduce((most, next) => (next.error <= most.error ? most : next))
  return `largest error ${roundings(worst.error)}, of ${worst.name}`
}

const kilobytes = (bytes: number) => Math.round(bytes / 1000)

/** An error in roundings of float32. */
const roundings = (error: number) => `${(error * 2 ** 24).toFixed(1)} · 2⁻²⁴`

const copyOf = (tensors: Tensors): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, data]) => [name, data.slice()]))

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

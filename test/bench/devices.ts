/**
 * Whole train steps on every device that is found: look-up, train-step graph, both updates, AdamW,
 * without dropout and clipping. One batch again and again, so that one shape is compiled.
 */
import type { DeviceName } from '../../src-main/executors/devices.ts'
import { deviceNames, devices, isOfOnnxruntime } from '../../src-main/executors/devices.ts'
import { probeDevice } from '../../src-main/executors/probe.ts'
import type { Model } from '../../src-main/models/model.ts'
import { models } from '../../src-main/models/models.ts'
import type { Moved } from '../support/train-steps.ts'
import { timeOfSteps, trainSteps } from '../support/train-steps.ts'
import { classes, modelOf } from './data.ts'
import { milliseconds, table } from './table.ts'

const rows = 32

interface DeviceCase {
  /** Begins with "device". */
  name: string
  step: string
  device: DeviceName
  tokens: number
  make: () => Model
}

const bert = (size: string) => () => models.bert.create(models.bert.presets[size]!, classes)
const steps: readonly Pick<DeviceCase, 'step' | 'tokens' | 'make'>[] = [
  { step: 'TextCNN F=10, 48 tokens', tokens: 48, make: () => modelOf(10) },
  { step: 'BERT tiny, 64 tokens', tokens: 64, make: bert('bert-tiny') },
  { step: 'BERT mini, 64 tokens', tokens: 64, make: bert('bert-mini') },
  { step: 'BERT small, 64 tokens', tokens: 64, make: bert('bert-small') }
]

export const deviceCases: readonly DeviceCase[] = steps.flatMap(({ step, ...more }) =>
  deviceNames.map((device) => ({ name: `device ${device}: ${step}`, step, device, ...more }))
)

export interface DeviceFigure {
  step: string
  device: DeviceName
  medianMs: number
  stepsPerSecond: number
  /** Between host and device, in a step; null on the CPU, and where they are not told. */
  bytes: Moved | null
  /** How many times as fast as on the CPU; null where that was not measured. */
  timesTheCpu: number | null
}

/** Measures the cases whose devices are there, and says which are not. */
export async function measureDevices(
  wanted: readonly DeviceCase[],
  { seconds, threads }: { seconds: number; threads: number }
): Promise<{ figures: DeviceFigure[]; notes: string[] }> {
  const [found, notes]: [Set<DeviceName>, string[]] = [new Set(), []]
  for (const device of new Set(wanted.map(({ device }) => device))) {
    const probe = await probeDevice(device)
    if (probe.found) found.add(device)
    else notes.push(`${devices[device].title} was left out. ${probe.why}`)
  }
  const figures: DeviceFigure[] = []
  for (const { name, step, device, tokens, make } of wanted) {
    if (!found.has(device)) continue
    process.stderr.write(`${name}\n`)
    const work = trainSteps(make(), { rows, tokens }, { device, threads })
    const medianMs = await timeOfSteps(work, seconds)
    await work.run()
    const isTold = device !== 'cpu' && isOfOnnxruntime(device)
    const bytes = isTold ? { ...work.moved } : null
    await work.dispose()
    const cpu = figures.find((other) => other.step === step && other.device === 'cpu')
    figures.push({
      ...{ step, device, medianMs, stepsPerSecond: 1000 / medianMs, bytes },
      timesTheCpu: cpu ? cpu.medianMs / medianMs : null
    })
  }
  return { figures, notes }
}

/** The figures for people. */
export function deviceTable(figures: readonly DeviceFigure[], threads: number): string {
  const head = [
    'train step',
    'device',
    'median ms',
    'steps/s',
    'kB there',
    'kB back',
    'times the CPU'
  ]
  const kilobytes = (bytes: number | undefined) =>
    bytes === undefined ? '' : Math.round(bytes / 1000).toLocaleString('en')
  const lines = figures.map(({ step, device, medianMs, stepsPerSecond, bytes, timesTheCpu }) => [
    ...[step, devices[device].title, milliseconds(medianMs), stepsPerSecond.toFixed(1)],
    ...[kilobytes(bytes?.fed), kilobytes(bytes?.fetched), timesTheCpu?.toPrecision(2) ?? '']
  ])
  return `${table([head, ...lines], [0, 1])}\n\nThe CPU with ${threads} threads.`
}

/** Which device does a piece of work the fastest, and how, by the seconds of a step on each. */
import { availableParallelism } from 'node:os'
import type { DeviceName, DeviceUse } from '../executors/devices.ts'
import type { PlannedWork } from '../pipeline/job.ts'
import type { MeasuredOn } from '../pipeline/measure-step.ts'
import { threadsFor } from '../pipeline/train.ts'

/** Seconds of a step; null where it fails there, undefined where that has not been measured. */
export type KnownSeconds = (on: MeasuredOn) => number | null | undefined

/** Trainings that a GPU is tried with side by side, at most. */
const mostAtOnce = 4

/** What twice as many at once have to gain, as a factor. */
const leastGain = 1.1

/**
 * The fastest use of the devices for the work; of the first where all fail. What is not known yet and
 * has to be measured to tell comes in its place.
 */
export function bestUse(
  candidates: readonly DeviceName[],
  work: PlannedWork,
  secondsOn: KnownSeconds
): { use: DeviceUse } | { missing: MeasuredOn } {
  let best: Pace = { use: useOf(candidates[0]!, work), pace: Infinity }
  for (const device of candidates) {
    const found = paceOn(device, work, { secondsOn, limit: best.pace })
    if ('missing' in found) return found
    if (found.pace < best.pace) best = found
  }
  return { use: best.use }
}

/** A use, and the seconds that a step takes with it, counted over all that run at once. */
interface Pace {
  use: DeviceUse
  pace: number
}

/**
 * A GPU is tried with twice as many trainings at once for as long as that is worth it, and may come
 * to be faster than `limit`.
 */
function paceOn(
  device: DeviceName,
  work: PlannedWork,
  { secondsOn, limit }: { secondsOn: KnownSeconds; limit: number }
): Pace | { missing: MeasuredOn } {
  let best: Pace = { use: useOf(device, work), pace: Infinity }
  for (let atOnce = 1; ; atOnce *= 2) {
    const on = measuredOn(device, work, atOnce)
    const seconds = secondsOn(on)
    if (seconds === undefined) return { missing: on }
    if (device === 'cpu') return { ...best, pace: (seconds ?? Infinity) / threadsOn(work) }
    const pace = (seconds ?? Infinity) / atOnce
    if (pace * leastGain >= best.pace) return best
    best = { use: { device, atOnce }, pace }
    const most = work.sideBySide ? Math.min(mostAtOnce, work.threads) : 1
    if (2 * atOnce > most || seconds! / most >= limit) return best
  }
}

/** As it is used where nothing is known of its speed. */
export function useOf(device: DeviceName, { sideBySide }: PlannedWork): DeviceUse {
  return device === 'cpu' && sideBySide ? { device } : { device, atOnce: 1 }
}

/** How the work is measured on a device. */
export function measuredOn(
  device: DeviceName,
  { step, sideBySide }: PlannedWork,
  atOnce = 1
): MeasuredOn {
  return { device, operatorThreads: sideBySide ? 1 : threadsFor(step.model.name), atOnce }
}

/** Trainings that the CPU does in the time of one, which is measured alone. */
function threadsOn({ sideBySide, threads }: PlannedWork): number {
  return sideBySide ? Math.min(threads, availableParallelism()) : 1
}

/** What training with its parameters on a device is held to: the same training from the host. */
import { expect, test } from 'vitest'
import type { Executor, Tensors } from '../../src-main/executors/executor.ts'
import type { Variant } from './resident-trainings.ts'
import { differencesOf, host, trained } from './resident-trainings.ts'

/** Expects tensors to be those expected, to within a share of the largest number of each. */
export function expectNear(actual: Tensors, expected: Tensors, tolerance: number): void {
  for (const [name, difference] of differencesOf(actual, expected)) {
    expect(difference, name).toBeLessThanOrEqual(tolerance)
  }
}

/** A device to train on, and how near to the host its trainings end. */
export interface ResidentDevice {
  executor: Executor
  tolerance: number
  variants: readonly Variant[]
  /** Those of them that are also stopped and taken up again. */
  stopped: readonly Variant[]
}

/** Holds trainings with their parameters on a device to those from the host. */
export function residentStory(device: ResidentDevice): void {
  const { executor, tolerance, variants, stopped } = device
  const there = once((variant) => trained(executor, variant))
  const fromHost = once((variant) => trained(host, variant))

  test.each(variants)('$of by $name ends as from the host', async (variant) => {
    const { parameters, epochs } = await there(variant)
    const expected = await fromHost(variant)
    expectNear(parameters, expected.parameters, tolerance)
    epochs.forEach(({ loss, accuracy }, i) => {
      expect(loss).toBeCloseTo(expected.epochs[i]!.loss, 5)
      expect(accuracy).toBe(expected.epochs[i]!.accuracy)
    })
  })

  test.each(stopped)('$of by $name is taken up again and ends bit for bit', async (variant) => {
    const { parameters, points, epochs } = await there(variant)
    const again = await trained(executor, variant, { from: points[0] })
    expect(again.parameters).toEqual(parameters)
    expect(again.epochs).toEqual(epochs.slice(1))
  })

  test('the host goes on from what it has left', async () => {
    const variant = variants[0]!
    const { points } = await there(variant)
    const expected = await fromHost(variant)
    const states = [points, expected.points].map(([first]) => [...first!.state.keys()].toSorted())
    expect(states[0]).toEqual(states[1])
    const again = await trained(host, variant, { from: points[0] })
    expectNear(again.parameters, expected.parameters, tolerance)
  })
}

/** A training of each variant, which several tests look at. */
function once<Result>(
  train: (variant: Variant) => Promise<Result>
): (variant: Variant) => Promise<Result> {
  const done = new Map<Variant, Promise<Result>>()
  return (variant) => {
    const result = done.get(variant) ?? train(variant)
    done.set(variant, result)
    return result
  }
}

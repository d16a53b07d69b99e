/** What every executor is held to: the cases of all operators, and whole steps of small models. */
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../src-main/executors/reference.ts'
import type { TestedExecutor } from './executors.ts'
import { expectClose } from './golden.ts'
import { buildCase, casesOf, computingOps, numbered } from './op-cases.ts'
import { smallModels, stepKinds, wholeStep } from './steps.ts'

/** The executor computes every operator's cases as they were made outside. */
export function opParity(executor: TestedExecutor): void {
  describe.each(computingOps)('%s', (op) => {
    test.each(casesOf(op))('$note', async (given) => {
      const { outputs, feeds } = buildCase(given)
      expect(outputs.map(({ shape }) => shape)).toEqual(given.outputs.map(({ shape }) => shape))
      const results = await executor.run({ name: op, outputs: numbered('y', outputs) }, feeds)
      given.outputs.forEach(({ data }, i) => {
        expectClose(results[`y${i}`]!, data, { tolerance: executor.tolerance, name: `y${i}` })
      })
    })
  })
}

/** The executor computes whole steps as the reference executor does; hundreds of roundings add up. */
export function stepParity(executor: TestedExecutor): void {
  describe.each(smallModels)('$name', ({ model, batch }) => {
    test.each(stepKinds)('%s', async (kind) => {
      const { graph, feeds } = wholeStep(model, kind, batch)
      const expected = Object.entries(evaluate(graph, feeds))
      const results = await executor.run(graph, feeds)
      for (const [name, { data }] of expected) {
        expectClose(results[name]!, data, { tolerance: 4 * executor.tolerance, name })
      }
    })
  })
}

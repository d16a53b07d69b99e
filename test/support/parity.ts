/** What every executor is held to: the cases of all operators, and whole steps of small models. */
import { beforeAll, describe, expect, test } from 'vitest'
import { evaluate } from '../../src-main/executors/reference.ts'
import type { Numbers, TestedExecutor } from './executors.ts'
import { expectClose } from './golden.ts'
import { casesAtOnce, computingOps } from './op-cases.ts'
import { smallModels, stepKinds, wholeStep } from './steps.ts'

/** The executor computes every operator's cases as they were made outside. */
export function opParity(executor: TestedExecutor): void {
  describe.each(computingOps)('%s', (op) => {
    // Together, as a GPU takes longer to get ready for a graph than to compute it.
    const { cases, graph, feeds } = casesAtOnce(op)
    let results: Numbers

    beforeAll(async () => {
      results = await executor.run(graph, feeds)
    })

    test.each(cases)('$note', ({ built, outputs, prefix }) => {
      expect(built.outputs.map(({ shape }) => shape)).toEqual(outputs.map(({ shape }) => shape))
      outputs.forEach(({ data }, i) => {
        const result = results[`${prefix}y${i}`]!
        expectClose(result, data, { tolerance: executor.tolerance, name: `y${i}` })
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

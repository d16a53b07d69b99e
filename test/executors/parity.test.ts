import { describe, expect, test } from 'vitest'
import { expectClose } from '../support/golden.ts'
import { testedExecutors } from '../support/executors.ts'
import { buildCase, casesOf, computingOps, filedOps, numbered } from '../support/op-cases.ts'

test('every operator has a file of cases, and every file an operator', () => {
  expect(filedOps.toSorted()).toEqual(computingOps.toSorted())
  for (const op of computingOps) {
    const cases = casesOf(op)
    expect(cases.length, `cases of ${op}`).toBeGreaterThan(2)
    expect(new Set(cases.map((given) => given.op))).toEqual(new Set([op]))
  }
})

describe.each(testedExecutors)('$name computes', (executor) => {
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
})

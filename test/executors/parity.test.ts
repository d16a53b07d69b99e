import { describe, expect, test } from 'vitest'
import { testedExecutors } from '../support/executors.ts'
import { casesOf, computingOps, filedOps } from '../support/op-cases.ts'
import { opParity, stepParity } from '../support/parity.ts'

const [, ...others] = testedExecutors

test('every operator has a file of cases, and every file an operator', () => {
  expect(filedOps.toSorted()).toEqual(computingOps.toSorted())
  for (const op of computingOps) {
    const cases = casesOf(op)
    expect(cases.length, `cases of ${op}`).toBeGreaterThan(2)
    expect(new Set(cases.map((given) => given.op))).toEqual(new Set([op]))
  }
})

describe.each(testedExecutors)('$name computes', opParity)

describe.each(others)('$name agrees with the reference on a step of', stepParity)

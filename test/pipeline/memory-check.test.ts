import { totalmem } from 'node:os'
import { expect, it } from 'vitest'
import { freeBytes, requireMemory, roundsThatFit } from '../../src-main/pipeline/memory-check.ts'

it('refuses a training that does not fit, with both numbers and what can be done', () => {
  requireMemory(1.4e9, 1.4e9)
  expect(() => requireMemory(9.34e9, 4.1e9)).toThrow(
    /^Training this model takes about 9\.3 GB of memory, and 4\.1 GB are free\. Take fewer rows/
  )
})

it('runs as many rounds side by side as fit, and refuses when not even one does', () => {
  expect(roundsThatFit(8, 1e9, 3.5e9)).toBe(3)
  expect(roundsThatFit(2, 1e9, 3.5e9)).toBe(2)
  expect(() => roundsThatFit(2, 1e9, 0.96e9)).toThrow(
    /^A round of this model takes about 1\.0 GB of memory, and 960 MB are free\./
  )
})

it('finds what is free, also where the system counts its own cache as used', () => {
  expect(freeBytes()).toBeGreaterThan(0)
  expect(freeBytes()).toBeLessThan(totalmem())
})

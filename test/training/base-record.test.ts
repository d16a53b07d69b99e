import { expect, test } from 'vitest'
import { baseSchema, withoutCosts } from '../../src-main/training/base-record.ts'
import { trainingPresets } from '../../src-main/training/presets.ts'

const epoch = { epoch: 1, step: 8, loss: 0.4, accuracy: 0.8, learningRate: 1e-3 }
const record = {
  seed: 0,
  settings: trainingPresets('text-cnn', false).adamw,
  epochs: [{ ...epoch, heldOutLoss: 0.5, heldOutAccuracy: 0.7 }],
  checkpoints: [1],
  doubts: [],
  seconds: 3
}

test('a record of the time when there was only the CPU says so', () => {
  expect(baseSchema.parse(record).devices).toEqual(['cpu'])
})

test('equal trainings are equal however long they took and wherever', () => {
  const elsewhere = { ...record, seconds: 1, devices: ['webgpu', 'cpu'], peakBytes: 1e9 }
  expect(withoutCosts(baseSchema.parse(elsewhere))).toEqual(withoutCosts(baseSchema.parse(record)))
  const longer = { ...record, epochs: [{ ...record.epochs[0], loss: 0.3 }] }
  expect(withoutCosts(baseSchema.parse(longer))).not.toEqual(withoutCosts(baseSchema.parse(record)))
})

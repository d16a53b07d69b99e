import { expect, test } from 'vitest'
import { chooseCheckpoints } from '../../src-main/influence/checkpoints.ts'

interface Example {
  name: string
  losses: number[]
  start?: number
  count: number
  chosen: number[]
}

const examples: Example[] = [
  {
    name: 'an even fall: every share has an epoch of its own',
    losses: [0.75, 0.5, 0.25, 0],
    count: 4,
    chosen: [1, 2, 3, 4]
  },
  {
    name: 'fewer checkpoints than epochs: the first epoch that reaches each share',
    // Shares of the drop of 0.9: 0.7, 0.4, 0.1.
    losses: [0.9, 0.8, 0.65, 0.5, 0.4, 0.3, 0.2, 0.1],
    count: 3,
    chosen: [3, 5, 8]
  },
  {
    name: 'one fast epoch reaches several shares, and counts once',
    losses: [0.3, 0.2, 0],
    count: 4,
    chosen: [1, 2, 3]
  },
  {
    name: 'a saturated tail counts for nothing but the lowest loss',
    losses: [0.5, 0.1, 0.004, 0.003, 0.002, 0.001, 0],
    count: 4,
    chosen: [1, 2, 7]
  },
  {
    name: 'a loss that stays at its lowest counts once, at its first epoch',
    losses: [0.5, 0, 0, 0, 0],
    count: 5,
    chosen: [1, 2]
  },
  {
    name: 'a rise on the way: no epoch of the rise is chosen',
    losses: [0.6, 0.9, 0.7, 0.2, 0.5],
    count: 2,
    // Shares of the drop of 0.8: 0.6, 0.2.
    chosen: [1, 4]
  },
  {
    name: 'a rise at the end: the lowest loss is the last share',
    losses: [0.7, 0.4, 0.1, 0.8],
    count: 3,
    chosen: [1, 2, 3]
  },
  {
    name: 'a rise above the start',
    losses: [1.4, 1.2, 0.5, 0.2],
    count: 2,
    chosen: [4],
    start: 0.7
  },
  { name: 'one epoch', losses: [0.5], count: 5, chosen: [1] },
  {
    name: 'one checkpoint: the epoch of the lowest loss',
    losses: [0.5, 0.2, 0.3],
    count: 1,
    chosen: [2]
  },
  {
    name: 'a loss that never falls below the start: the lowest of them',
    losses: [0.9, 0.8, 0.85],
    start: 0.7,
    count: 3,
    chosen: [2]
  },
  { name: 'no epochs', losses: [], count: 3, chosen: [] }
]

test.each(examples)('$name', ({ losses, start = 1, count, chosen }) => {
  const epochs = losses.map((loss, i) => ({ epoch: i + 1, loss }))
  expect(chooseCheckpoints(epochs, start, count)).toEqual(chosen)
})

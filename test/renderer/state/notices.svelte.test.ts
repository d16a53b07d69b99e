import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { notices } from '../../../src-renderer/state/notices.svelte.ts'

const messages = () => notices.list.map(({ message }) => message)

beforeEach(() => {
  vi.useFakeTimers()
  for (const { id } of notices.list) notices.close(id)
})
afterEach(() => vi.useRealTimers())

it('leaves a failure until it is closed, and a success for a while', () => {
  notices.fail({ message: 'The disk is full.' })
  notices.done('Deleted.')
  vi.advanceTimersByTime(7000)
  expect(messages()).toEqual(['The disk is full.', 'Deleted.'])
  vi.advanceTimersByTime(60_000)
  expect(messages()).toEqual(['The disk is full.'])
  notices.close(notices.list[0]!.id)
  expect(messages()).toEqual([])
})

it('shows the last four', () => {
  for (const n of [1, 2, 3, 4, 5]) notices.fail({ message: `Failure ${n}.` })
  expect(messages()).toEqual(['Failure 2.', 'Failure 3.', 'Failure 4.', 'Failure 5.'])
})

it('carries what undoes a success', () => {
  const undo = vi.fn()
  notices.done('Deleted.', undo)
  notices.list[0]!.undo?.()
  expect(undo).toHaveBeenCalledOnce()
})

import { afterEach, expect, it, vi } from 'vitest'
import { database } from '../../../src-renderer/db/database.ts'
import { keepDraft, keptDraft, markSeen, wasSeen } from '../../../src-renderer/db/kept.ts'
import { startingSelection } from '../../../src-renderer/state/bench-selection.ts'

afterEach(() => vi.restoreAllMocks())

const draft = (example: number) => ({
  ...{ project: 'films', example, selection: startingSelection(50) },
  ...{ rounds: 10, control: true }
})

it('keeps five hundred drafts, and lets the oldest go', async () => {
  const clock = vi.spyOn(Date, 'now')
  const old = Array.from({ length: 500 }, (_, n) => ({ ...draft(n), changedAt: 1000 + n }))
  await database.drafts.bulkPut(old)
  clock.mockReturnValue(5000)
  await keepDraft(draft(0))
  expect(await database.drafts.count(), 'the same draft again').toBe(500)
  await keepDraft(draft(777))
  expect(await database.drafts.count()).toBe(500)
  expect(await keptDraft('films', 0), 'changed since').toBeDefined()
  expect(await keptDraft('films', 1), 'the oldest').toBeUndefined()
  expect(await keptDraft('films', 777)).toMatchObject(draft(777))
})

it('shows once what is shown once', async () => {
  expect(await wasSeen('tour')).toBe(false)
  await markSeen('tour')
  expect(await wasSeen('tour')).toBe(true)
  expect(await wasSeen('another')).toBe(false)
})

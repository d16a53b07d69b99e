import { flushSync } from 'svelte'
import { beforeEach, expect, it, vi } from 'vitest'
import { database } from '../../../src-renderer/db/database.ts'
import { Live } from '../../../src-renderer/db/live.svelte.ts'

let stop: () => void
const nothing = () => undefined

/** A live query, followed as a view follows it. */
function follow<Of, T>(query: (of: Of) => Promise<T>, of: () => Of): Live<Of, T> {
  let live: Live<Of, T> | undefined
  stop = $effect.root(() => {
    live = new Live(of, query)
  })
  flushSync()
  return live!
}

beforeEach(() => database.seen.clear())

it('settles on an empty answer, and follows every change', async () => {
  const live = follow(() => database.seen.count(), nothing)
  expect(live.value).toBeUndefined()
  await vi.waitFor(() => expect(live.value).toBe(0))
  await database.seen.put({ what: 'tour' })
  await vi.waitFor(() => expect(live.value).toBe(1))
  stop()
})

it('asks anew when what it is about changes, also where Dexie asks later', async () => {
  await database.seen.bulkPut([{ what: 'tour' }, { what: 'help' }])
  let wanted = $state('tour')
  const live = follow(
    (what) => database.seen.where({ what }).toArray(),
    () => wanted
  )
  await vi.waitFor(() => expect(live.value).toEqual([{ what: 'tour' }]))
  wanted = 'help'
  flushSync()
  await vi.waitFor(() => expect(live.value).toEqual([{ what: 'help' }]))
  stop()
})

it('says in a sentence what to do when the database cannot answer', async () => {
  const live = follow(() => Promise.reject<number>(new Error('The disk is broken')), nothing)
  await vi.waitFor(() =>
    expect(live.error?.message).toBe(
      'The window’s own records cannot be used (The disk is broken). Reset them in Settings: your projects keep everything.'
    )
  )
  stop()
})

it('says so as well where Dexie keeps the error to itself', async () => {
  const closed = Object.assign(new Error('It is closed'), { name: 'DatabaseClosedError' })
  const live = follow(() => Promise.reject<number>(closed), nothing)
  await vi.waitFor(() => expect(live.error?.message).toContain('It is closed'))
  stop()
})

it('hears nothing any more when its view is gone', async () => {
  const asked = vi.fn(() => database.seen.count())
  const live = follow(asked, nothing)
  await vi.waitFor(() => expect(live.value).toBe(0))
  stop()
  await database.seen.put({ what: 'tour' })
  await database.seen.count()
  expect(asked).toHaveBeenCalledOnce()
})

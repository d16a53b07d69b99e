import { flushSync } from 'svelte'
import { expect, it, vi } from 'vitest'
import { Query } from '../../../src-renderer/state/query.svelte.ts'
import { later } from '../core.ts'

it('asks anew when the state that its question reads changes', async () => {
  let wanted = $state(1)
  let query: Query<number> | undefined
  const stop = $effect.root(() => {
    query = new Query(() => Promise.resolve(10 * wanted))
  })
  flushSync()
  await vi.waitFor(() => expect(query?.value).toBe(10))
  wanted = 2
  flushSync()
  await vi.waitFor(() => expect(query?.value).toBe(20))
  stop()
})

it('drops an older answer that comes late, and gives up its question', async () => {
  const [first, second] = [later<string>(), later<string>()]
  const signals: AbortSignal[] = []
  let query: Query<string> | undefined
  const stop = $effect.root(() => {
    query = new Query((signal) => [first, second][signals.push(signal) - 1]!.promise)
  })
  flushSync()
  const again = query!.refresh()
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
  second.come('new')
  await again
  first.come('old')
  await first.promise
  expect(query!.value).toBe('new')
  expect(query!.loading).toBe(false)
  stop()
  expect(signals[1]!.aborted).toBe(true)
})

it('keeps the last answer beside an error, and forgets the error at the next answer', async () => {
  let fails = false
  let query: Query<string> | undefined
  const stop = $effect.root(() => {
    query = new Query(() =>
      fails ? Promise.reject(new Error('No such fix.')) : Promise.resolve('a fix')
    )
  })
  flushSync()
  await vi.waitFor(() => expect(query!.loading).toBe(false))
  fails = true
  await query!.refresh()
  expect(query).toMatchObject({
    value: 'a fix',
    error: { code: 'internal', message: 'No such fix.' }
  })
  fails = false
  await query!.refresh()
  expect(query!.error).toBeUndefined()
  stop()
})

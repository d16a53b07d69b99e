import { flushSync } from 'svelte'
import { expect, it } from 'vitest'
import { Lasting } from '../../../src-renderer/state/lasting.svelte.ts'

class Counter {
  count = $state(1)
  readonly double = $derived(2 * this.count)
}

/** Reads within a view, which goes again. */
function inView<T>(read: () => T): T {
  let seen: T | undefined
  const leave = $effect.root(() => {
    const value = $derived(read())
    $effect(() => void (seen = value))
  })
  flushSync()
  leave()
  return seen!
}

it('goes on deriving when the view that asked for it first is gone', () => {
  const counters = new Lasting<Counter>(2)
  const read = () => counters.of('a', () => new Counter()).double
  expect(inView(read)).toBe(2)
  counters.of('a', () => new Counter()).count = 5
  expect(inView(read)).toBe(10)
  expect(read()).toBe(10)
})

it('lets go of what was used longest ago', () => {
  const counters = new Lasting<Counter>(2)
  const of = (key: string) => counters.of(key, () => new Counter())
  const [a, b] = [of('a'), of('b')]
  expect(of('a')).toBe(a)
  const c = of('c')
  expect(counters.all()).toEqual([a, c])
  expect(of('b')).not.toBe(b)
})

/**
 * State that outlives the view which asks for it first, by key. Svelte lets the derived state that a
 * view's reactions have made go stale with the view, so this is made outside of any reaction.
 */
export class Lasting<T> {
  readonly #most: number
  readonly #made = new Map<string, { state: T; end: () => void }>()

  /** Of more than `most`, those used longest ago are let go. */
  constructor(most: number) {
    this.#most = most
  }

  /** The state of a key, made when it is first asked for. */
  of(key: string, make: () => T): T {
    const made = this.#made.get(key) ?? outside(make)
    this.#made.delete(key)
    this.#made.set(key, made)
    for (const [oldest, { end }] of this.#made) {
      if (this.#made.size <= this.#most) break
      end()
      this.#made.delete(oldest)
    }
    return made.state
  }

  /** All that is kept. */
  all(): T[] {
    return Array.from(this.#made.values(), ({ state }) => state)
  }
}

function outside<T>(make: () => T): { state: T; end: () => void } {
  let state: T | undefined
  const end = $effect.root(() => void (state = make()))
  return { state: state!, end }
}

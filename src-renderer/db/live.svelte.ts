/** A query of the database as state: it runs again whenever a window changes what it has read. */
import { liveQuery } from 'dexie'

export class Live<T> {
  /** undefined until the first answer. */
  value = $state.raw<T | undefined>()
  /** Why the database cannot answer. */
  error = $state.raw<{ code: string; message: string } | undefined>()

  /** `query` is called in an effect: the reactive state that it reads at once is what it depends on. */
  constructor(query: () => Promise<T> | T) {
    $effect(() => {
      const subscription = liveQuery(query).subscribe({
        next: (value) => {
          this.value = value
          this.error = undefined
        },
        error: (error: unknown) => {
          const reason = error instanceof Error ? error.message : String(error)
          this.error = {
            code: 'internal',
            message: `The window’s own records cannot be read (${reason}). Reset them in Settings: your projects keep everything.`
          }
        }
      })
      return () => subscription.unsubscribe()
    })
  }
}

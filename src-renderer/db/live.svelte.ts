/** A query of the database as state: it runs again whenever a window changes what it has read. */
import { liveQuery } from 'dexie'
import { unusable } from './database.ts'

export class Live<Of, T> {
  /** undefined until the first answer. */
  value = $state.raw<T | undefined>()
  /** Why the database cannot answer. */
  error = $state.raw<{ code: string; message: string } | undefined>()

  /**
   * `of` is called in an effect and says what the query is about; when that changes, it is asked
   * anew. The query itself may be called later, where no state that it reads would be noticed.
   */
  constructor(of: () => Of, query: (of: Of) => Promise<T> | T) {
    $effect(() => {
      const wanted = of()
      // Dexie keeps some errors to itself, that of a database which cannot be opened among them.
      const asked = async () => {
        try {
          return { value: await query(wanted) }
        } catch (error) {
          return { error }
        }
      }
      const subscription = liveQuery(asked).subscribe((answer) => {
        if ('error' in answer) this.error = unusable(answer.error)
        else {
          this.value = answer.value
          this.error = undefined
        }
      })
      return () => subscription.unsubscribe()
    })
  }
}

/** What a long piece of work is given besides its arguments. */
import type { Progress } from '../jobs/progress.ts'

export interface Job {
  readonly signal?: AbortSignal | undefined
  /** Threads that work at the same time. */
  readonly threads: number
  onProgress?(progress: Progress): void
}

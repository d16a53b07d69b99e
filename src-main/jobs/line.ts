/** The line to a worker, whatever the worker runs in. */
import type { ErratumError } from '../errors.ts'

export interface Line {
  /** Sends what can be cloned; nobody hears it once the worker has ended. */
  post(message: unknown): void
  /** Ends the worker, in the middle of a step if need be. */
  end(): Promise<void>
}

/** What comes from the other end. */
export interface LineEvents {
  message(message: unknown): void
  /** The worker has ended, by itself or not; the error says with what. */
  ended(error: ErratumError): void
}

/** What a desktop window gets from its preload script, as `window.erratum`. */
import type { z } from 'zod'
import type { picked } from './contract/application.ts'

export interface Bridge {
  /** Opens the line to the core; `receive` gets each message. */
  connect(receive: (data: string) => void): void
  /** Sends a message to the core. */
  send(data: string): void
  /** Issues a token for a file that was dropped on the window. */
  dropped(file: File): Promise<z.infer<typeof picked>>
}

/** Names of the messages between a window and the main process. */
export const channels = {
  connect: 'erratum:connect',
  message: 'erratum:message',
  dropped: 'erratum:dropped'
} as const

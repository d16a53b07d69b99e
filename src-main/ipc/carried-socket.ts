/**
 * One window's end of the line, in the shape of a WebSocket of `ws`, so that tRPC's own WebSocket
 * protocol serves windows over whatever carries their messages: a real WebSocket, or Electron's
 * messages between processes.
 */
import { EventEmitter } from 'node:events'

const open = 1
const closed = 3

export class CarriedSocket extends EventEmitter {
  readyState = open
  readonly #send: (data: string) => void
  readonly #closed: () => void

  constructor({ send, closed }: { send: (data: string) => void; closed: () => void }) {
    super()
    this.#send = send
    this.#closed = closed
  }

  send(data: string): void {
    if (this.readyState === open) this.#send(data)
  }

  /** The window has said something. */
  receive(data: string): void {
    this.emit('message', Buffer.from(data), false)
  }

  /** The window is gone. */
  end(): void {
    if (this.readyState === closed) return
    this.readyState = closed
    this.emit('close', 1000)
  }

  close(): void {
    if (this.readyState === closed) return
    this.end()
    this.#closed()
  }

  terminate(): void {
    this.close()
  }
}

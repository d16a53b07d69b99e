/** A desktop window's line to the core in the shape of a WebSocket, for tRPC's client. */
import type { Bridge } from '../../src-preload/bridge.ts'

export function bridgeSocket(bridge: Bridge): typeof WebSocket {
  class BridgeSocket extends EventTarget {
    static readonly CONNECTING = 0
    static readonly OPEN = 1
    static readonly CLOSING = 2
    static readonly CLOSED = 3
    readonly OPEN = 1
    readyState: number = BridgeSocket.CONNECTING

    constructor() {
      super()
      bridge.connect((data) => this.dispatchEvent(new MessageEvent('message', { data })))
      // A task, not a microtask: whoever made the socket listens only some promises later.
      setTimeout(() => {
        this.readyState = BridgeSocket.OPEN
        this.dispatchEvent(new Event('open'))
      })
    }

    send(data: string): void {
      bridge.send(data)
    }

    close(): void {
      this.readyState = BridgeSocket.CLOSED
      this.dispatchEvent(new CloseEvent('close'))
    }
  }
  return BridgeSocket as unknown as typeof WebSocket
}

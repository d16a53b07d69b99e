/** What is measured in the page itself, where its clock and its frames are. */

/** The part of the page's world that is used here: the tests are compiled without the DOM. */
interface Element {
  readonly textContent: string | null
  readonly disabled?: boolean
  contains(other: Element | null): boolean
  getBoundingClientRect(): { x: number; y: number; width: number; height: number }
}
declare const document: {
  querySelectorAll(selector: string): Iterable<Element>
  elementFromPoint(x: number, y: number): Element | null
}
declare const MessageChannel: new () => {
  port1: { onmessage: () => void; close(): void }
  port2: { postMessage(message: unknown): void }
}
declare function requestAnimationFrame(callback: (now: number) => void): number
declare function cancelAnimationFrame(id: number): void
declare function addEventListener(
  type: 'click',
  listener: (event: { timeStamp: number }) => void,
  options: { capture: true; once: true }
): void

export interface PageSide {
  /** Whether something of this selector and text is drawn where a click would meet it. */
  canBeClicked(selector: string, text?: string): boolean
  /** Notes the time of each frame from now on. */
  startFrames(): void
  /** The times between the frames since then, in ms. */
  stopFrames(): number[]
  /** From the next click until something of the selector is painted, in ms. */
  clickUntil(selector: string): Promise<number>
}

declare global {
  var pageSide: PageSide
}

/** Run in every page before its own scripts. */
export function pageSide(): void {
  let frames: number[] = []
  let next = 0
  const note = (now: number): void => {
    frames.push(now)
    next = requestAnimationFrame(note)
  }
  globalThis.pageSide = {
    canBeClicked(selector, text) {
      for (const element of document.querySelectorAll(selector)) {
        if (text !== undefined && element.textContent?.trim() !== text) continue
        const { x, y, width, height } = element.getBoundingClientRect()
        const onTop = document.elementFromPoint(x + width / 2, y + height / 2)
        if (width > 0 && !element.disabled && element.contains(onTop)) return true
      }
      return false
    },
    startFrames() {
      frames = []
      next = requestAnimationFrame(note)
    },
    stopFrames() {
      cancelAnimationFrame(next)
      return frames.slice(1).map((time, n) => time - frames[n]!)
    },
    clickUntil: (selector) =>
      new Promise((resolve) => {
        addEventListener(
          'click',
          ({ timeStamp }) => {
            const look = (): void => {
              if (!globalThis.pageSide.canBeClicked(selector))
                return void requestAnimationFrame(look)
              // A message is handled after the frame under way is painted.
              const { port1, port2 } = new MessageChannel()
              port1.onmessage = () => {
                resolve(performance.now() - timeStamp)
                port1.close()
              }
              port2.postMessage(undefined)
            }
            requestAnimationFrame(look)
          },
          { capture: true, once: true }
        )
      })
  }
}

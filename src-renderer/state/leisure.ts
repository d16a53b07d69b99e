/**
 * Calls back when what the page was told to show is painted and it has nothing else to do, or half a
 * second after; returns how to call it off.
 */
export function atLeisure(call: () => void): () => void {
  let idle = 0
  // Between two frames a page can be idle before it has painted.
  const frame = requestAnimationFrame(() => {
    idle = requestIdleCallback(call, { timeout: 500 })
  })
  return () => {
    cancelAnimationFrame(frame)
    cancelIdleCallback(idle)
  }
}
